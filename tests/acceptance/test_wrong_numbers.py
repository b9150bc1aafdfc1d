"""Numbers out of range are refused before anything is opened, with a remedy for this very option."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("--adaptive", "--target", "90"), "--target 90: between 0 and 1, both excluded", "did you mean 0.9?"),
        (("--adaptive", "--target", "0"), "--target 0: between 0 and 1, both excluded", "such as --target 0.9"),
        (("--adaptive", "--confidence", "95"), "--confidence 95: between 0.5 and 1", "did you mean 0.95?"),
        (("--n", "0"), "--n 0: from 1 to 10000000", "such as --n 10"),
        (("--adaptive", "--max-trials", "0"), "--max-trials 0: from 1 to 100000", "such as --max-trials 100"),
        (("--timeout", "-1"), "--timeout -1: seconds above 0", "such as --timeout 60"),
        (("--concurrency", "0"), "--concurrency 0: at least 1", "such as --concurrency 4"),
        (("--budget-seconds", "0"), "--budget-seconds 0.0: a budget is above 0", "such as --budget-seconds 600"),
    ],
)
def test_a_number_out_of_range(kg: Kg, tmp_path: Path, words: tuple[str, ...], message: str, hint: str) -> None:
    """Exit 2; no database is made."""
    done = kg("experiment", "run", "--json", *words, "--", "true")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["hint"]) == (2, hint)
    assert message in error["message"]
    assert not (tmp_path / "data").exists()


def test_help_and_version(kg: Kg) -> None:
    """Two words that people type first."""
    assert kg("help", "experiment", "show").stdout.startswith("Usage: kg experiment show")
    assert kg("help").stdout.index("  experiment ") < kg("help").stdout.index("  witness ")
    assert kg("-V").stdout.startswith("kgents, version ")
    assert kg("help", "nosuch").returncode == 2


def test_history_is_searched_by_what_people_call_things(kg: Kg) -> None:
    """Kinds by their command, a part of a name, and how many there are beyond what is listed."""
    for name in ("nightly-1", "nightly-2", "other"):
        kg("experiment", "run", "-q", "--n", "1", "--name", name, "--", "true")
    listed = kg("experiment", "history", "--kind", "run", "--search", "nightly", "--limit", "1").stdout.splitlines()
    assert listed[0].split() == ["id", "created", "kind", "result", "trials", "took", "model", "what"]
    assert listed[1].endswith("nightly-2")
    assert listed[2] == "1 of 2 (--limit 0 shows all)"
    refused = kg("experiment", "history", "--kind", "flakey", "--json")
    assert refused.returncode == 2
    assert "pytest" in json.loads(refused.stdout)["error"]["hint"]
