"""`--budget-seconds`: a trial that does not end does not hold the run; it is void, and nothing that counts."""

import json
import subprocess
from collections.abc import Callable
from datetime import datetime

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
ENDLESS = '{"code": "def f():\\n    while True: pass\\n"}\n'


def lasted(document: dict[str, str]) -> float:
    """Seconds from the plan to the last mark."""
    return (
        datetime.fromisoformat(document["updated_at"]) - datetime.fromisoformat(document["created_at"])
    ).total_seconds()


@pytest.mark.parametrize("kind", ["run", "generate"])
def test_what_is_in_flight_at_the_end_of_the_budget_is_void(kg: Kg, kind: str, tmp_path: object) -> None:
    """A command and a candidate that would go on for a minute: stopped, without a trial that counts, resumable."""
    if kind == "run":
        done = kg("experiment", "run", "--n", "2", "--budget-seconds", "1", "--json", "--", "sleep", "60")
    else:
        (tmp_path / "endless.jsonl").write_text(ENDLESS)  # type: ignore[operator]
        (tmp_path / "test_f.py").write_text("def test_f():\n    assert f() == 1\n")  # type: ignore[operator]
        more = ("--harness", "replay", "--candidates", "endless.jsonl", "--tests", "test_f.py", "--n", "1")
        done = kg("experiment", "generate", "--spec", "def f():", *more, "--budget-seconds", "1", "--json")
    document = json.loads(done.stdout)
    assert document["stopped"]["reason"] == "budget-seconds", done.stderr
    assert (document["trials"], document["evidence"]["trials_finished"]) == ([], 0)
    assert lasted(document) < 30  # of the 60 s; how near to the budget it is depends on the machine
