"""The numbers of docs/statistics.md are what the code computes."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from kgents.stats import Design, Duel, Rule, boundary, characteristics, feasibility
from kgents.stats.boundary import Boundary

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "statistics.md").read_text()


def benchmark(name: str) -> ModuleType:
    """A benchmark as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cells(start: str) -> list[str]:
    """The cells of the last line of a table that starts with these words."""
    line = [line for line in PAGE.splitlines() if line.startswith(f"| {start} |")][-1]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_the_table_of_expected_trials() -> None:
    bench = benchmark("bench_stats")
    rules: dict[str, Boundary] = {
        "stop at P(θ > t) ≥ 0.95, success only, normal approximation": bench.original(0.5),
        "`posterior`": boundary(Design(Rule.POSTERIOR, futility=0.0)),
        "`anytime`": boundary(Design(Rule.ANYTIME, futility=0.0)),
        "`calibrated` without futility": boundary(Design(futility=0.0)),
        "`calibrated`": boundary(Design()),
    }
    for name, found in rules.items():
        *numbers, errors = cells(name)
        assert numbers == [f"{bench.walk(found, p)[2]:.1f}" for p in (0.2, 0.5, 0.7, 0.9, 0.99)], name
        up, down, _ = bench.walk(found, 0.5)
        assert errors == f"{up:.3f} / " + (f"{down:.3f}" if down else "–"), name
    fixed = cells("a fixed number with the same chance of the right verdict")
    powers = [bench.walk(rules["`calibrated`"], p)[p < 0.5] for p in (0.2, 0.7, 0.9, 0.99)]
    known = [bench.fixed(0.5, p, power) for p, power in zip((0.2, 0.7, 0.9, 0.99), powers, strict=True)]
    assert [int(cell) for cell in fixed if cell.isdigit()] == known


def test_what_futility_costs_and_saves() -> None:
    power = [characteristics(Design(futility=futility), [0.75])[0].supported for futility in (0.0, 0.02)]
    assert [f"{value:.3f}" for value in power] == ["0.999", "0.998"]
    assert "from 0.999 to 0.998" in PAGE
    assert feasibility(Design(target=0.9, max_trials=20)).cap_that_would_do == 29


@pytest.mark.parametrize(("target", "said"), [(0.5, "0.06"), (0.8, None), (0.9, "0.15")])
def test_the_table_of_coverage(target: float, said: str | None) -> None:
    bench = benchmark("bench_stats")
    design = Design(target=target, futility=0.0)
    least = dict.fromkeys(("Clopper-Pearson", "credible", "confidence sequence", "confidence (stage-wise)"), 1.0)
    bias = 0.0
    for p in bench.GRID:
        total = dict.fromkeys(least, 0.0)
        mean = unbiased = 0.0
        for n, s, mass in bench.stops(boundary(design), p):
            for name, interval in bench.intervals(design, n, s).items():
                total[name] += mass * (interval.low <= p <= interval.high)
            mean += mass * s / n
            unbiased += mass * bench.estimates(design, n, s)["unbiased"]
        least = {name: min(value, total[name]) for name, value in least.items()}
        bias = max(bias, abs(mean - p))
        assert unbiased == pytest.approx(p, abs=1e-12)
    assert [cell[:5] for cell in cells(f"{target:g}")] == [f"{value:.3f}" for value in least.values()]
    assert said in (None, f"{bias:.2f}")


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (0.5, 0.2)])
def test_the_table_of_comparisons(a: float, b: float) -> None:
    first, second, pairs = benchmark("bench_decisions").wins(Duel(0.05, 100), a, b)
    assert cells(f"{a} v {b}") == [f"{first:.3f}", f"{second:.3f}", f"{2 * pairs:.1f}"]


def test_the_replay_of_the_flaky_programs(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark("bench_decisions").replays()
    printed = capsys.readouterr().out
    assert re.search(r"0\.5 calibrated +26% +16 +19 +0\n", printed)
    assert re.search(r"0\.5 posterior +11% +22 +19 +1\n", printed)
    assert "decides 16 of them against 0.5 with\n26 % of the trials" in PAGE


def test_the_table_of_suites() -> None:
    bench = benchmark("bench_decisions")
    names = ("0.5, all of them", "0.05 or 0.95", "1, but one in ten never", "0.99, but one in ten 0.3")
    mixtures = [mixture for title, mixture in bench.SUITES if not title.startswith("hard")]
    for name, mixture in zip(names, mixtures, strict=True):
        known = [bench.coverage(mixture, tasks, n, k) for tasks, n, k in ((10, 1, 1), (30, 1, 1))]
        assert cells(name)[:2] == [f"{covered:.3f} ({width:.2f})" for covered, width in known]


def test_every_claim_has_a_test_that_is_there() -> None:
    """The files of the table of claims."""
    rows = PAGE.partition("| claim | test |")[2].partition("\n\n")[0].splitlines()[2:]
    files = [name for row in rows for name in re.findall(r"`((?:tests|scripts)/[^`]+)`", row)]
    assert len(rows) >= 15
    assert all((ROOT / name).is_file() for name in files)


def test_the_gates_of_the_critiques() -> None:
    """Three problems, and Wilson's limit: the numbers of docs/critiques.md are those of its program."""
    bench = benchmark("bench_gates")
    text = " ".join((ROOT / "docs" / "critiques.md").read_text(encoding="utf-8").split())
    three = [f"{bench.passes_three(rate):.3f}" for rate in (0.9, 0.5)]
    assert f"probability {three[0]}, by one that is right in half of them with {three[1]}" in text
    assert f"of exactly 0.9 passes with probability {bench.passes_wilson(25, 0.9):.3f}, not 0.05" in text
    assert feasibility(Design(target=0.9, max_trials=3)).cap_that_would_do == 29
    assert f"passes it with {characteristics(Design(target=0.9), (0.9,))[0].supported:.3f}" in text


def test_every_claim_names_tests_that_there_are() -> None:
    """Each row of the last table names one, and what the page calls by its path is there."""
    table = PAGE.partition("## Where it is tested")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| claim")]
    assert len(rows) >= 25
    assert all("`tests/" in row for row in rows)
    named = re.findall(r"`((?:tests|scripts|benchmarks)/[\w/.]+)`", PAGE)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_claim_has_a_fault_for_each_of_its_tests_that_can_still_be_planted() -> None:
    """Whether the tests notice says `scripts/faults`."""
    table = PAGE[PAGE.index("## Where it is tested") :]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if "`tests/" in line and line[0] == "|"
    ]
    named = {(claim, test) for claim, tests in rows for test in re.findall(r"`((?:tests|scripts)/[^`]+)`", tests)}
    faults = tomllib.loads((ROOT / "tests" / "faults.toml").read_text())["fault"]
    assert {(fault["claim"], fault["test"].partition("::")[0]) for fault in faults} == named
    for fault in faults:
        path, _, test = fault["test"].partition("::")
        assert f"def {test}(" in (ROOT / path).read_text() or not test, fault["test"]
        assert (ROOT / fault["file"]).read_text().count(fault["old"]) == 1, fault["old"]
        assert fault["old"] != fault["new"]
