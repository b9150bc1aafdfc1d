"""What the reference oracle costs, and how much it tells apart, on the everyday specs of tests/oracle/everyday.

`python benchmarks/bench_oracle.py [NAMES]` derives every spec (or those whose names hold one of the words) anew, in this
process and unconfined, since the specs are ours; then judges the right and wrong programs that stand beside it. Printed are
CPU seconds of deriving, mutants told apart, wrong programs that passed and right ones that failed; `refused` stands where the
product would refuse the spec, or call it WEAK.
"""

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "oracle"))
from everyday_specs import Everyday, everyday_specs

from kgents.verify.reference.derive import FEW, LEAST
from kgents.verify.reference.inside.deriving import Derivation
from kgents.verify.reference.inside.folder import WorkingFolder
from kgents.verify.reference.inside.matching import differs, sharing_differs
from kgents.verify.reference.inside.observing import Program, seen_of
from kgents.verify.reference.inside.recipes import unpacked
from kgents.verify.spec import read_spec

Told = dict[str, dict[str, Any]]


def derived(text: str) -> tuple[float, Told]:
    """(CPU seconds, what is said of each target)."""
    begun = time.process_time()
    told = {target: Derivation({"source": text, "given": None}).target(target) for target in read_spec(text).targets}
    return time.process_time() - begun, told


def passes(program: str, told: Told) -> bool:
    """Whether a program does as the spec did on every row."""
    for target, answer in told.items():
        wants = [seen_of(row[1]) for row in answer["rows"]]
        try:
            loaded = Program(program, target, _place(answer), answer["shown"])
        except Exception:  # noqa: BLE001 - whatever a wrong program does when it is loaded
            return False
        got = [loaded.call(tuple(map(unpacked, row[0])), 1.0) for row in answer["rows"]]
        prints = any(want.printed for want in wants)
        for want, seen in zip(wants, got, strict=True):
            seen.printed = seen.printed if prints else ""
            if differs(want, seen):
                return False
        if sharing_differs(wants, got):
            return False
    return True


def _place(answer: dict[str, Any]) -> WorkingFolder | None:
    """A folder for calls that are given files, or leave some."""
    files = any(row[1][6] or "['path'" in str(row[0]) or "['folder'" in str(row[0]) for row in answer["rows"])
    return WorkingFolder() if files else None


def accepted(told: Told) -> tuple[bool, int, int]:
    """(whether it would judge without being WEAK, mutants told apart, of how many)."""
    killed = {place for answer in told.values() for place in answer["killed"]}
    alive = {mutant[0] for answer in told.values() for mutant in answer["alive"]} - killed
    count = len(killed) + len(alive)
    enough = len(alive) <= 2 if count < FEW else len(killed) / count >= LEAST
    answers = list(told.values())
    return enough and bool(answers[-1]["returned"]) and not answers[-1]["passing"], len(killed), count


def line(spec: Everyday) -> tuple[float, int, int, int, int, bool]:
    """CPU seconds, mutants killed, of how many, wrong programs that passed, right ones that failed, whether it judges."""
    seconds, told = derived(spec.spec)
    judges, killed, count = accepted(told)
    passed = sum(passes(program, told) for program in spec.wrong) if judges else 0
    failed = sum(not passes(program, told) for program in spec.right) if judges else 0
    print(
        f"{spec.name:24} {seconds:6.2f} s  {killed:3} of {count:3} mutants  {len(spec.wrong)} wrong, {passed} passed; "
        f"{len(spec.right)} right, {failed} failed{'' if judges else '  refused'}",
        flush=True,
    )
    return seconds, killed, count, passed, failed, judges


def main() -> None:
    """A line for each spec, and all of them together."""
    words = sys.argv[1:]
    specs = [spec for spec in everyday_specs() if not words or any(word in spec.name for word in words)]
    specs = [spec for spec in specs if "open(" not in spec.spec and "Path" not in spec.spec]  # they write files here
    lines = [line(spec) for spec in specs]
    seconds = sorted(each[0] for each in lines)
    wrong, right = sum(len(spec.wrong) for spec in specs), sum(len(spec.right) for spec in specs)
    print(
        f"{len(specs)} specs: median {seconds[len(seconds) // 2]:.2f} s, p90 {seconds[int(len(seconds) * 0.9)]:.2f} s of CPU; "
        f"mutants {sum(each[1] for each in lines)} of {sum(each[2] for each in lines)}; wrong {wrong}, passed "
        f"{sum(each[3] for each in lines)}; right {right}, failed {sum(each[4] for each in lines)}; "
        f"refused {sum(not each[5] for each in lines)}"
    )


if __name__ == "__main__":
    main()
