"""What a run may take where nobody names a cap: said, refused where it is much, bounded by what a budget pays for."""

import json
import subprocess
from collections.abc import Callable

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_a_demanding_target_gets_a_cap_that_can_support_it(kg: Kg) -> None:
    """The plan line says the cap and what it is good for; an explicit cap is obeyed with its warning."""
    done = kg("experiment", "run", "--adaptive", "--target", "0.99", "--", "false")
    assert "at most 525 trials (a rate of 0.999 is supported with probability 0.91)" in done.stderr
    done = kg("experiment", "run", "--adaptive", "--target", "0.99", "--max-trials", "100", "--json", "--", "false")
    assert "SUPPORTED cannot occur within 100 trials" in done.stderr
    assert json.loads(done.stdout)["config"]["max_trials"] == 100


def test_a_very_demanding_one_is_refused_with_what_to_type(kg: Kg) -> None:
    done = kg("experiment", "run", "--adaptive", "--target", "0.995", "--json", "--", "true")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert "--target 0.995 --confidence 0.95 takes up to 1051 trials" in error["message"]
    assert error["hint"] == "if you mean it, add --max-trials 1051"


def test_a_budget_that_ends_before_a_verdict_is_refused(kg: Kg) -> None:
    """With the price of the list; what the budget pays for is named as a cap to type."""
    words = ("--spec", "def add(a, b): return a + b", "--model", "anthropic:claude-sonnet-5-5", "--adaptive")
    key = {"ANTHROPIC_API_KEY": "sk-planted-0123456789abcdef", "ANTHROPIC_BASE_URL": "http://127.0.0.1:1"}
    done = kg("experiment", "generate", *words, "--target", "0.9", "--budget-usd", "0.05", "--json", **key)
    assert done.returncode == 2, done.stderr
    error = json.loads(done.stdout)["error"]
    assert "--budget-usd 0.05 pays for about" in error["message"]
    assert "--max-trials" in error["hint"]
    assert json.loads(kg("experiment", "history", "--json").stdout) == []
