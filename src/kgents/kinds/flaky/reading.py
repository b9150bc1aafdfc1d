"""What one run of a suite says of its tests: read from pytest's own reports, or from the JUnit file of any runner."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kgents.errors import UsageError
from kgents.verify.test_reports import TestCase, junit_cases

FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Ran:
    """One test in one run: passed True or False, None where it was skipped or never ended.

    error  one line
    place  in the order in which tests began, from 0; None where no order is known
    """

    passed: bool | None
    seconds: float = 0.0
    error: str = ""
    text: str = ""
    begun: bool = False
    position: int | None = None


def read_reports(path: Path) -> dict[str, Ran]:
    """The tests of a run by id; a failed set-up or tear-down is a failure. A line that was cut off is left out.

    Under FOREIGN stand the modules of the repository that were imported instead of those of a commit, where there are any.
    """
    tests: dict[str, Ran] = {}
    for line in path.read_text(encoding="utf-8").split("\n") if path.is_file() else []:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if row["when"] == FOREIGN:
            tests[FOREIGN] = Ran(None, text=", ".join(row["modules"]))
        elif row["when"] == "start":
            tests[row["test"]] = Ran(None, begun=True, position=len(tests))
        else:
            tests[row["test"]] = _merged(tests.get(row["test"], Ran(None)), row)
    return tests


def _merged(before: Ran, row: Mapping[str, str]) -> Ran:
    seconds = before.seconds + float(row["seconds"])
    if row["outcome"] == "failed":
        where = "" if row["when"] == "call" else f"{row['when']}: "
        first = (row.get("line") or row.get("text") or "failed").strip().splitlines()
        error = f"{where}{first[0] if first else 'failed'}"
        return Ran(False, seconds, error, row.get("text", ""), position=before.position)
    if before.passed is False:
        return replace(before, seconds=seconds)
    passed = True if row["when"] == "call" and row["outcome"] == "passed" else before.passed
    begun = before.begun and row["when"] == "setup" and row["outcome"] == "passed"
    return Ran(passed, seconds, begun=begun, position=before.position)


def read_junit(path: Path) -> dict[str, Ran]:
    """The test cases of a JUnit file by `classname::name`. UsageError where there is none, or it is no such file."""
    try:
        cases = junit_cases(path.read_bytes())
    except OSError as wrong:
        raise UsageError(f"--junit {path}: {wrong.strerror}", "the command has to write it in every run") from wrong
    except ValueError as wrong:
        raise UsageError(
            f"--junit {path} is no XML of JUnit: {wrong}", "name the file that the runner writes"
        ) from wrong
    return {case.name: _ran(case) for case in cases}


def _ran(case: TestCase) -> Ran:
    if case.passed is not False:
        return Ran(case.passed, case.seconds)
    return Ran(False, case.seconds, case.message[:300] or "failed", case.text[-4000:])
