"""A suite of 200 tests of which 13 are flaky: what `kg experiment pytest --runs 60` finds, what it promises, and what peers do.

The chances are exact (a walk over the states of each test); the false discovery rate is that of suites drawn from these exact
laws at a fixed seed, judged by the product's own rule. Then a suite is written and really run, by kgents, by pytest-repeat
(`--count 100`) and by pytest-rerunfailures (`--reruns 2`). The peers are taken from an environment of their own:

    python -m venv build/peers && build/peers/bin/pip install -r benchmarks/requirements-pytest.txt

run: python benchmarks/bench_flaky.py [--no-run] [--seed N] [--peers build/peers]
"""

import argparse
import json
import math
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from kgents.kinds.flaky.run import TRIED_AGAIN
from kgents.stats import Control, Design, Rule, boundary, p_values, rejected, share
from kgents.stats.boundary import Side

TESTS, RUNS, TARGET, CONFIDENCE = 200, 60, 0.99, 0.95
DICE = (0.01, 0.02, 0.03, 0.04, 0.05, 0.08, 0.12, 0.2, 0.3, 0.4)  # fail so often whatever ran before
ORDERS = {
    "after_both": 1 / 3,
    "when_first": 1 / 5,
    "after_other": 1 / 2,
}  # fail by their place among the tests of a module
SUITES = 4000
DESIGN = share(Design(Rule.CALIBRATED, TARGET, CONFIDENCE, RUNS, futility=0.0), TESTS)


@cache
def law(failing: float) -> Mapping[tuple[int, int], float]:
    """The probability of every state (runs, passes) in which a test that fails so often is decided, or at its cap."""
    rule, going, ends = boundary(DESIGN), {0: 1.0}, Counter[tuple[int, int]]()
    for n in range(1, RUNS + 1):
        after: Counter[int] = Counter()
        for s, weight in going.items():
            after[s] += weight * failing
            after[s + 1] += weight * (1 - failing)
        over = {s for s in after if n == RUNS or rule.decide(n, s) is not None}
        ends.update({(n, s): after[s] for s in over})
        going = {s: weight for s, weight in after.items() if s not in over}
    return ends


def chances(failing: float) -> tuple[float, float, float, float]:
    """(failed at least once, called flaky, refuted by its own boundary, expected runs).

    The run that finds the tests counts as seen, and so do those in which what failed there is run again.
    """
    ends = law(failing)
    never = (1 - failing) * math.fsum(p for (n, s), p in ends.items() if s == n)
    always = failing ** (1 + TRIED_AGAIN) * math.fsum(p for (_, s), p in ends.items() if s == 0)
    refuted = math.fsum(p for (n, s), p in ends.items() if boundary(DESIGN).decide(n, s) is Side.REFUTED)
    return 1 - never, 1 - never - always, refuted, math.fsum(n * p for (n, _), p in ends.items())


def discoveries(rates: Sequence[float], suites: int, seed: int) -> tuple[float, float, float]:
    """(false discovery rate, its standard error, refuted tests a suite) where tests fail so often, by the product's rule."""
    source, alpha = random.Random(seed), 1 - CONFIDENCE
    drawn = [source.choices(list(law(rate)), list(law(rate).values()), k=suites) for rate in rates]
    shares, refuted = [], 0
    for states in zip(*drawn, strict=True):
        found = rejected([p_values(DESIGN, *state).below for state in states], alpha, Control.FDR)
        named = [rate for rate, level in zip(rates, found, strict=True) if level is not None]
        refuted += len(named)
        shares.append(sum(1 - rate > TARGET for rate in named) / len(named) if named else 0.0)
    mean = math.fsum(shares) / suites
    spread = math.sqrt(math.fsum((each - mean) ** 2 for each in shares) / (suites - 1) / suites)
    return mean, spread, refuted / suites


def write_suite(folder: Path) -> dict[str, float]:
    """A suite of TESTS tests in modules of 10; how often each flaky one fails, by its id."""
    rates: dict[str, float] = {}
    places = [(module, test) for module in range(TESTS // 10) for test in range(10)]
    lines = {module: ["import os, random", "SEED = os.environ.get('KGENTS_SEED')", "ran = []"] for module, _ in places}
    for module, test in places:
        name, body = f"test_{test}", "pass"
        if module < len(DICE) and test == 3:
            body = f"assert random.Random(f'{{SEED}}:{module}' if SEED else None).random() >= {DICE[module]}, 'dice'"
            rates[f"test_m{module:02}.py::{name}"] = DICE[module]
        elif module == 10 and test == 5:
            body, rates[f"test_m{module:02}.py::{name}"] = "assert not {1, 2} <= set(ran), 'after both'", 1 / 3
        elif module == 11 and test == 5:
            body, rates[f"test_m{module:02}.py::{name}"] = "assert {1, 2, 3, 4} & set(ran), 'when first'", 1 / 5
        elif module == 12 and test == 5:
            body, rates[f"test_m{module:02}.py::{name}"] = "assert 7 not in ran, 'after another'", 1 / 2
        lines[module].append(f"def {name}():\n    ran.append({test})\n    {body}")
    for module, text in lines.items():
        (folder / f"test_m{module:02}.py").write_text("\n".join(text) + "\n")
    return rates


def ran(words: Sequence[str], folder: Path) -> tuple[str, float]:
    """(standard output, seconds of CPU) of a command in the folder of the suite."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "KGENTS"))}
    environment |= {"KGENTS_DATABASE_URL": f"sqlite:///{folder}/record.db"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_kgents(folder: Path, rates: Mapping[str, float], seed: int) -> None:
    """Prints what the command finds in the suite."""
    words = [sys.executable, "-m", "kgents", "experiment", "pytest", "--runs", str(RUNS), "--seed", str(seed)]
    text, cpu = ran([*words, "--python", sys.executable, "--json", "--", "-q", "-p", "no:cacheprovider"], folder)
    evidence = json.loads(text)["evidence"]
    found, tests = set(evidence["flaky"]) | set(evidence["failing"]), {test["name"]: test for test in evidence["tests"]}
    often = {name for name, rate in rates.items() if rate >= 0.05}
    refuted = {name for name, test in tests.items() if test["verdict"] == "refuted"}
    wrong = [
        name
        for name, test in tests.items()
        if not test["interval"]["low"] <= 1 - rates[name] <= test["interval"]["high"]
    ]
    executed = TESTS + TESTS * RUNS - sum(RUNS - test["runs"] for test in tests.values())
    print(
        f"kg experiment pytest --runs {RUNS}: {len(found & set(rates))} of {len(rates)} flaky tests seen, "
        f"{len(found & often)} of the {len(often)} that fail in 5 % or more, {len(evidence['flaky'])} called flaky, "
        f"{len(found - set(rates))} others; {cpu:.0f} s of CPU"
    )
    print(
        f"  {len(refuted)} refuted against {TARGET}; {len(wrong)} intervals miss the rate; {executed} executions of tests; "
        f"the rest: each fails in less than {evidence['clean']['failure_rate_below']:.3f}"
    )
    for test in tests.values():
        if test["order"] is not None:
            print(f"  {test['name']} fails {test['order']['fails']}: {test['order']['test']}")


def by_peers(folder: Path, rates: Mapping[str, float], peers: Path) -> None:
    """Prints what a fixed number of repeats and a policy of re-runs find in the suite."""
    python = peers / "bin" / "python"
    if not python.is_file():
        print(f"no peers in {peers}: see the first lines of this file")
        return
    base = [str(python.absolute()), "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rA", "--tb=no"]
    text, cpu = ran([*base, "-p", "no:rerunfailures", "--count", "100"], folder)
    seen = Counter(re.findall(r"^(PASSED|FAILED) (test_m\d+\.py::test_\d+)", text, re.MULTILINE))
    both = {name for _, name in seen if seen["PASSED", name] and seen["FAILED", name]}
    print(f"pytest --count 100: {len(both & set(rates))} of {len(rates)} seen to fail and to pass; "
          f"{sum(seen.values())} executions of tests in one process and one order; {cpu:.0f} s of CPU")  # fmt: skip
    text, cpu = ran([*base, "-p", "no:repeat", "--reruns", "2"], folder)
    again = set(re.findall(r"^RERUN (test_m\d+\.py::test_\d+)", text, re.MULTILINE))
    failed = set(re.findall(r"^FAILED (test_m\d+\.py::test_\d+)", text, re.MULTILINE))
    print(f"pytest --reruns 2, one run: {len(again & set(rates))} of {len(rates)} failed at first, "
          f"{len(failed)} in all three attempts; {cpu:.0f} s of CPU")  # fmt: skip


def main() -> None:
    """Prints the chances, the false discovery rate, and what a real suite comes to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-run", action="store_true")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--peers", type=Path, default=Path(__file__).parents[1] / "build" / "peers")
    options = parser.parse_args()
    print(f"{TESTS} tests, {RUNS} runs; seen, called flaky, refuted at its share of the error; expected runs")
    for rate in (*DICE, *ORDERS.values()):
        seen, flaky, refuted, runs = chances(rate)
        peers = f"--count 100: {1 - (1 - rate) ** 100 - rate**100:.4f}; one run with --reruns: {rate:.3f}"
        print(f"  fails in {rate:.3f}: {seen:.4f} {flaky:.4f} {refuted:.4f} {runs:5.1f}   {peers}")
    others = TESTS - len(DICE) - len(ORDERS)
    for words, rate in (("never fail", 0.0), ("fail in 0.99 %", 0.0099)):
        rates = [*DICE, *ORDERS.values(), *[rate] * others]
        fdr, error, named = discoveries(rates, SUITES, options.seed)
        print(
            f"false discovery rate of {SUITES} suites, the other {others} {words}: {fdr:.4f} ± {error:.4f}, "
            f"promised {1 - CONFIDENCE:.2f}; {named:.1f} refuted a suite"
        )
    if not options.no_run:
        with tempfile.TemporaryDirectory() as name:
            rates_by_test = write_suite(Path(name))
            by_kgents(Path(name), rates_by_test, options.seed)
            by_peers(Path(name), rates_by_test, options.peers)


if __name__ == "__main__":
    main()
