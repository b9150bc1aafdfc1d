"""The headline names the cause of what went wrong, also with -q; JSON and JUnit have it too."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from kgents.testing.loopback import FAULTS, Answer, Loopback

Kg = Callable[..., subprocess.CompletedProcess[str]]
GENERATE = ("experiment", "generate", "--spec", "def add(a, b): return a + b", "--model", "openai:x", "-q")
REFUSED = "no answer from http://127.0.0.1:1/v1: connection refused. Is the server running? (--base-url)"


def test_a_server_that_is_not_there(kg: Kg, tmp_path: Path) -> None:
    """Text, JSON and JUnit say one sentence, and the run ends at the first question."""
    done = kg(*GENERATE, "--n", "5", "--concurrency", "4", "--base-url", "http://127.0.0.1:1/v1", "-o", "x.junit.xml")
    assert done.returncode == 12
    assert done.stdout.splitlines()[0] == f"failed: {REFUSED}"
    assert REFUSED in (tmp_path / "x.junit.xml").read_text()
    document = json.loads(kg("experiment", "show", "@latest", "--json").stdout)
    assert document["error"] == {
        "kind": "unreachable",
        "message": REFUSED,
        "hint": "Is the server running? (--base-url)",
    }
    assert document["evidence"]["causes"] == [
        {"cause": "unreachable", "trials": 1, "counted": 0, "example": REFUSED, "hint": document["error"]["hint"]}
    ]


def test_answers_that_a_setting_spoils_are_in_the_headline(kg: Kg, model_server: Loopback) -> None:
    """Failures that count, but that another cap or template would mend."""
    for fault, words in (
        ("truncated", "in 2 of 2 failures: answer cut at 56 tokens (--max-output-tokens)"),
        ("chat markers", "in 2 of 2 failures: chat markers in the answer (<|im_start|>assistant): wrong template?"),
    ):
        model_server.play(FAULTS[fault])
        done = kg(*GENERATE, "--n", "2", "--base-url", f"{model_server.url}/v1")
        assert words in done.stdout.splitlines()[0]


def test_a_cut_that_nobody_asked_for_is_the_servers(kg: Kg, model_server: Loopback) -> None:
    """Where no cap was given the server had one of its own: its default, or the end of its context."""
    model_server.play(FAULTS["truncated"])
    asked = (*GENERATE, "--n", "1", "--base-url", f"{model_server.url}/v1")
    told = "answer cut at 56 tokens (--max-output-tokens)"
    assert f"{told}, the server's own limit: " in kg(*asked).stdout
    assert f"{told}: " in kg(*asked, "--max-output-tokens", "56").stdout


def test_answers_to_several_questions_a_trial_are_no_retries(kg: Kg, model_server: Loopback) -> None:
    """The bill says in how many trials a model answered, and what it was asked for them."""
    model_server.play(Answer(text="The answer is 42."))
    done = kg(
        "experiment", "laws", "--problem", "What is 17 + 25?", "--transform", "label", "--max-trials", "2", "--model",
        "x", "--base-url", f"{model_server.url}/v1",
    )  # fmt: skip
    assert f"answers in 2 trials, {len(model_server.calls)} calls, " in done.stdout, done.stdout + done.stderr
    assert len(model_server.calls) > 2
