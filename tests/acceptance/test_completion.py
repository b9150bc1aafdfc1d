"""Base models: the text up to the body is sent without instruction or chat, and what follows is the body."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kgents.testing.loopback import Answer, Loopback

Kg = Callable[..., subprocess.CompletedProcess[str]]
SPEC = 'import math\n\ndef area(r: float) -> float:\n    """Of a circle."""\n    return math.pi * r * r\n'
OPENING = 'import math\n\n\ndef area(r: float) -> float:\n    """Of a circle."""\n'
RIGHT = Answer(text="    return math.pi * r ** 2\n")
RAMBLING = Answer(
    text="    return 3 * r\n\n# tests\nassert area(1) == 3\nassert area(2) ==", stop="length", output_tokens=60
)
BROKEN_OFF = Answer(text="    total = math.pi * (r *", stop="length", output_tokens=60)


def arguments(server: Loopback, *more: str) -> tuple[str, ...]:
    return (
        "experiment", "generate", "--model", "base", "--base-url", f"{server.url}/v1", "--prompt-style", "completion",
        "--concurrency", "1", "--json", *more,
    )  # fmt: skip


def test_the_text_up_to_the_body_is_sent_and_what_follows_is_the_body(kg: Kg, tmp_path: Path) -> None:
    """No message, no instruction; judged is the whole function, and the record can be judged again and gone on with."""
    (tmp_path / "spec.py").write_text(SPEC)
    with Loopback([RIGHT, RAMBLING, BROKEN_OFF]) as server:
        done = kg(*arguments(server, "--spec", "@spec.py", "--n", "3", "--temperature", "0.5"))
        assert done.returncode == 0, done.stderr
        sent = server.calls[0]
    assert (sent.path, sent.data["prompt"]) == ("/v1/completions", OPENING)
    assert {name: sent.data[name] for name in ("model", "max_tokens", "temperature")} == {
        "model": "base",
        "max_tokens": 512,
        "temperature": 0.5,
    }
    assert sent.data["stop"] == ["\nclass ", "\ndef ", "\nif ", "\nprint("]
    assert "messages" not in sent.data
    first, second, third = json.loads(done.stdout)["trials"]
    assert (first["success"], first.get("repairs", [])) == (True, [])
    assert (second["success"], second["cause"]) == (False, "wrong_output")  # the body was there before the cut
    assert (third["success"], third["cause"]) == (False, "truncated")
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0


def test_tasks_of_a_suite_are_gone_on_with(kg: Kg) -> None:
    """HumanEval's prompts are openings as they stand."""
    body = Answer(text="    return x + y\n")
    with Loopback([body]) as server:
        done = kg(*arguments(server, "--suite", "humaneval", "--task", "HumanEval/53", "--n", "1"))
        prompt = server.calls[0].data["prompt"]
    assert prompt.endswith(
        '    """Add two numbers x and y\n    >>> add(2, 3)\n    5\n    >>> add(5, 7)\n    12\n    """\n'
    )
    assert json.loads(done.stdout)["trials"][0]["success"] is True, done.stderr


def test_completions_are_compared(kg: Kg) -> None:
    """The style is that of all arms; what an arm says for itself stays its own."""
    with Loopback([RIGHT]) as server:
        done = kg(
            "experiment", "compare", "--spec", SPEC, "--arm", "a=base temperature=0.2", "--arm", "b=base",
            "--base-url", f"{server.url}/v1", "--prompt-style", "completion", "--max-trials", "1", "--json",
        )  # fmt: skip
        assert done.returncode == 11, done.stderr
        assert {call.path for call in server.calls} == {"/v1/completions"}
        assert sorted(str(call.data.get("temperature")) for call in server.calls) == ["0.2", "None"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--system", "be brief"), "a base model has no system prompt"),
        (("--show-body",), "--show-body and --prompt-style completion contradict each other"),
        (("--harness", "llm"), "--prompt-style completion: llm chats"),
        (("--model", "anthropic:claude-sonnet-5-5"), "anthropic only chats"),
        (("--spec", "class A:\n    def x(self): return 1"), "the spec has A()"),
        (("--spec", "def a(): return 1\ndef b(): return 2"), "--entry-point NAME"),
    ],
)
def test_what_no_base_model_takes_is_refused_before_anything_is_sent(kg: Kg, more: tuple[str, ...], words: str) -> None:
    """One line, exit status 2."""
    with Loopback() as server:
        spec = () if "--spec" in more else ("--spec", SPEC)
        url = () if "anthropic" in more[-1] else ("--base-url", f"{server.url}/v1")
        done = kg(
            "experiment", "generate", *spec, "--model", "base", *url, "--prompt-style", "completion", *more,
            ANTHROPIC_API_KEY="sk-x", OPENAI_API_KEY="sk-y",
        )  # fmt: skip
        assert done.returncode == 2, done
        assert words in done.stderr
        assert not server.requests


def test_a_suite_in_words_has_nothing_to_go_on_with(kg: Kg, tmp_path: Path) -> None:
    """The first task without code is named."""
    task = {
        "task_id": 2,
        "text": "Write add.",
        "code": "def add(a, b): return a + b",
        "test_list": ["assert add(1, 2) == 3"],
    }
    (tmp_path / "mbpp.jsonl").write_text(json.dumps(task) + "\n")
    with Loopback() as server:
        done = kg(*arguments(server, "--suite", "mbpp.jsonl", "--n", "1"))
    assert done.returncode == 2
    assert "asks in words" in json.loads(done.stdout)["error"]["message"]
