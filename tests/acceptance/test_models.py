"""Models by their API, through the real client libraries, against a server on loopback that speaks their protocols."""

import json
import subprocess
from collections.abc import Callable

import pytest

from kgents.testing.loopback import Answer, Loopback

Kg = Callable[..., subprocess.CompletedProcess[str]]
KEY = "sk-planted-0123456789abcdef"
SPEC = "def add(a, b): return a + b"


def test_a_model_behind_an_openai_compatible_server(kg: Kg) -> None:
    wrong = Answer(text="```python\ndef add(a, b):\n    return a - b\n```")
    with Loopback([Answer(), wrong, Answer(text="I cannot help with that.", stop="refusal")]) as server:
        done = kg(
            "experiment", "generate", "--spec", SPEC, "--n", "3", "--model", "openai:some-model", "--concurrency", "1",
            "--base-url", f"{server.url}/v1", "--json", OPENAI_API_KEY=KEY,
        )  # fmt: skip
        assert done.returncode == 0, done
        asked = server.calls[0].body.decode()
    document = json.loads(done.stdout)
    assert [trial["success"] for trial in document["trials"]] == [True, False, False]
    assert [trial["cause"] for trial in document["trials"]][1:] == ["wrong_output", "refusal"]
    assert document["evidence"]["evidence_tier"] == "EMPIRICAL"
    assert document["usage"]["calls"] == 3
    assert "Reply with one Python code block" in asked
    assert KEY not in done.stdout + done.stderr


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_wrong_key_ends_the_run_after_one_trial_and_never_shows(kg: Kg, at_once: int) -> None:
    """Of several at once the first to fail ends the others, which say nothing."""
    script = [Answer(status=401, message=f"invalid key {KEY}"), Answer(latency=60)]
    with Loopback(script) as server:
        done = kg(
            "experiment", "generate", "--spec", SPEC, "--n", "5", "--model", "anthropic:claude-sonnet-5-5", "--json",
            "--concurrency", str(at_once), ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=server.url,
        )  # fmt: skip
    document = json.loads(done.stdout)
    assert done.returncode == 12
    assert [trial["cause"] for trial in document["trials"]] == ["auth"]
    assert document["status"] == "failed"
    assert KEY not in done.stdout + done.stderr


def test_a_token_budget_stops_and_is_resumable(kg: Kg) -> None:
    with Loopback([Answer()]) as server:
        more = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{server.url}/v1"}
        done = kg(
            "experiment", "generate", "--spec", SPEC, "--n", "6", "--model", "openai:gpt-6.1-terra", "--json",
            "--budget-tokens", "40", "--concurrency", "1", **more,
        )  # fmt: skip
        assert (done.returncode, json.loads(done.stdout)["stopped"]["reason"]) == (11, "budget-tokens"), done
        done = kg("experiment", "resume", "--budget-tokens", "1000", "--json", **more)
    document = json.loads(done.stdout)
    assert (done.returncode, document["evidence"]["trials_success"]) == (0, 6)


def test_without_a_key_the_variable_is_named(kg: Kg) -> None:
    done = kg("experiment", "generate", "--spec", SPEC, "--model", "anthropic:claude-sonnet-5-5", "--json")
    assert done.returncode in (1, 2)
    error = json.loads(done.stdout)["error"]
    assert "ANTHROPIC_API_KEY" in error["message"] + str(error["hint"])


def test_a_failure_that_was_cut_off_is_truncated_and_a_right_answer_is_right(kg: Kg) -> None:
    """The cap on tokens is named only where the answer that it cut off is not right."""
    half = Answer(text="```python\ndef add(a, b):\n    return (a +", stop="length")
    whole = Answer(text="```python\ndef add(a, b):\n    return a + b\n```", stop="length")
    with Loopback([half, whole]) as server:
        done = kg(
            "experiment", "generate", "--spec", SPEC, "--n", "2", "--model", "openai:some-model", "--concurrency", "1",
            "--base-url", f"{server.url}/v1", "--json", OPENAI_API_KEY=KEY,
        )  # fmt: skip
    first, second = json.loads(done.stdout)["trials"]
    assert (first["success"], first["cause"], second["success"]) == (False, "truncated", True)
    assert "--max-output-tokens" in first["error"]


def test_a_refused_setting_ends_the_run_after_one_trial(kg: Kg) -> None:
    """What every further trial would meet is met once, and the option is named."""
    refusal = Answer(status=400, message="Unsupported value: 'temperature' does not support 0.2 with this model.")
    with Loopback([refusal]) as server:
        done = kg(
            "experiment", "generate", "--spec", SPEC, "--n", "5", "--model", "openai:some-model", "--concurrency", "1",
            "--base-url", f"{server.url}/v1", "--temperature", "0.2", "--json", OPENAI_API_KEY=KEY,
        )  # fmt: skip
        assert len(server.calls) == 1
    document = json.loads(done.stdout)
    assert done.returncode == 12
    assert [trial["cause"] for trial in document["trials"]] == ["option_refused"]
    assert "--temperature is refused" in document["trials"][0]["error"]


def test_answers_that_were_cut_off_are_left_out_and_both_bounds_are_said(kg: Kg) -> None:
    """With --exclude truncated a cut answer has no verdict, right or wrong; the rate says what they could have meant."""
    half = Answer(text="```python\ndef add(a, b):\n    return (a +", stop="length")
    cut_but_right = Answer(text="```python\ndef add(a, b):\n    return a + b\n```", stop="length")
    with Loopback([half, Answer(), cut_but_right, Answer()]) as server:
        command = (
            "experiment", "generate", "--spec", SPEC, "--n", "4", "--model", "openai:some-model", "--concurrency", "1",
            "--base-url", f"{server.url}/v1", "--exclude", "truncated",
        )  # fmt: skip
        done = kg(*command, "--json", OPENAI_API_KEY=KEY)
    document = json.loads(done.stdout)
    assert [(trial["counted"], trial["success"]) for trial in document["trials"]] == [(False, False), (True, True)] * 2
    assert {trial["cause"] for trial in document["trials"]} == {"truncated", None}
    excluded = document["evidence"]["excluded"]
    assert (excluded["trials"], excluded["low"], excluded["high"], excluded["causes"]) == (2, 0.5, 1.0, ["truncated"])
    assert document["evidence"]["trials_success"] == 2
    shown = kg("experiment", "show", "@latest").stdout
    assert "the rate would be 0.500 had all failed, 1.000 had all succeeded, with truncated left out" in " ".join(
        shown.split()
    )


def test_a_budget_of_tokens_that_cannot_be_kept_is_said(kg: Kg) -> None:
    """A server that does not count tokens: the number is unknown, not zero, and the warning is on record."""
    uncounted = Answer(input_tokens=0, output_tokens=0)
    with Loopback([uncounted, uncounted]) as server:
        done = kg(
            "experiment", "generate", "--spec", SPEC, "--n", "2", "--model", "openai:some-model", "--concurrency", "1",
            "--base-url", f"{server.url}/v1", "--budget-tokens", "1000", OPENAI_API_KEY=KEY,
        )  # fmt: skip
    assert done.returncode == 0
    assert "--budget-tokens cannot be kept" in done.stdout + done.stderr
    assert "--budget-tokens cannot be kept" in kg("experiment", "show", "@latest").stdout


@pytest.mark.parametrize(("more", "most"), [((), [1, 1, 1, 2]), (("--concurrency", "3"), [1, 2, 3])])
def test_a_server_of_ones_own_is_asked_one_question_at_first(kg: Kg, more: tuple[str, ...], most: list[int]) -> None:
    """Without --concurrency the second trial begins when the first has ended, and two begin when two have."""
    with Loopback([Answer()]) as server:
        done = kg(
            "experiment", "generate", "--spec", SPEC, "--n", "6", "--model", "some-model", "--base-url",
            f"{server.url}/v1", "-q", *more,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    flying, numbers = 0, []
    for line in kg("witness", "log", "@latest", "--json").stdout.splitlines():
        kind = json.loads(line)["kind"]
        flying += {"trial.started": 1, "trial.finished": -1}.get(kind, 0)
        if kind == "trial.started":
            numbers.append(flying)
    assert numbers[: len(most)] == most
    assert max(numbers) <= 3
