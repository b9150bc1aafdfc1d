"""One check of --confidence, in every command, before anything is read, run or paid."""

import json
import subprocess
from collections.abc import Callable

import pytest

COMMANDS = [
    ("laws", "--problem", "What is 2+2?"),
    ("laws", "--target", "collections:Counter"),
    ("compare", "true", "false"),
    ("verify", "--suite", "humaneval", "--samples", "/dev/null"),
    ("run", "--adaptive", "true"),
    ("plan",),
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("confidence", ["0.3", "0.5", "1", "nan"])
def test_a_confidence_that_decides_nothing_is_refused(
    kg: Callable[..., subprocess.CompletedProcess[str]], command: tuple[str, ...], confidence: str
) -> None:
    """Exit 2, a line that names the option and the range, and nothing on record."""
    head, *rest = command
    done = kg("experiment", head, "--confidence", confidence, *rest)
    assert (done.returncode, f"--confidence {confidence}" in done.stderr) == (2, True), done.stderr
    assert "between 0.5 and 1" in done.stderr
    assert json.loads(kg("experiment", "history", "--json").stdout) == []
