"""`kg doctor --model` asks one question and says what a run should be told; completion offers what is there."""

import json
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kgents.runner.model_probe import slots_of, suggested_timeout
from kgents.testing.loopback import Answer, Loopback

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_one_question_says_how_a_model_answers(kg: Kg) -> None:
    """Exactly one request is made; what came back, and what to set for this server."""
    with Loopback([Answer(text="ready")]) as server:
        done = kg("doctor", "--model", "some-model", "--base-url", f"{server.url}/v1", "--json")
        assert len(server.calls) == 1
    rows = {row["what"].partition(" ")[0]: row for row in json.loads(done.stdout)}
    assert done.returncode == 0, done.stderr
    assert "answered 'ready' after" in rows["model"]["detail"]
    assert rows["concurrency"]["detail"].startswith("--concurrency 1 ")
    assert rows["time-out"]["detail"].startswith("--timeout ")


def test_a_model_that_does_not_answer_is_said_with_its_cause(kg: Kg) -> None:
    """Exit status 1, and the sentence that a run would end with."""
    done = kg("doctor", "--model", "some-model", "--base-url", "http://127.0.0.1:1/v1")
    assert done.returncode == 1
    assert "connection refused" in done.stdout
    assert "127.0.0.1:1" in done.stdout


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(text="ready ready ready", stop="length", output_tokens=64), "cut at 64 tokens"),
        (Answer(text="", stop="length", output_tokens=64), "answered nothing yet (cut at 64 tokens: it thinks"),
        (Answer(text="ready<|im_end|>"), "a base model? --prompt-style completion"),
    ],
)
def test_a_model_that_does_not_end_answers_too(kg: Kg, answer: Answer, words: str) -> None:
    """The question has a cap: what a base model, or one that thinks, has said by then is an answer."""
    with Loopback([answer]) as server:
        done = kg("doctor", "--model", "some-model", "--base-url", f"{server.url}/v1", "--json")
        sent = server.calls[0].data
    assert (done.returncode, sent.get("max_completion_tokens") or sent.get("max_tokens")) == (0, 64), done.stderr
    assert any(words in row["detail"] for row in json.loads(done.stdout))


@pytest.mark.parametrize(
    ("body", "slots"), [(b'{"total_slots": 3}', 3), (b"[]", None), (b"<html>", None), (b'{"total_slots": -1}', None)]
)
def test_slots_are_those_that_a_server_says(body: bytes, slots: int | None) -> None:
    """As llama.cpp says them; anything else is no answer."""

    class Props(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    with HTTPServer(("127.0.0.1", 0), Props) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert slots_of(f"http://127.0.0.1:{server.server_port}/v1") == slots
        thread.join()
    assert slots_of("https://api.example.com/v1") is None
    assert slots_of(None) is None


def test_a_time_out_is_rounded_and_bounded() -> None:
    """Twenty times the answer, in tens, from half a minute to an hour."""
    assert [suggested_timeout(taken) for taken in (0.01, 1.6, 60.0, 1e6)] == [30, 40, 1200, 3600]


def test_completion_offers_what_is_there(kg: Kg) -> None:
    """Ids, names, kinds and models; nothing, and no error, where the record cannot be read."""
    kg("experiment", "run", "--n", "1", "--name", "alpha", "true")

    def words(line: str, **variables: str) -> list[str]:
        typed = line.split(" ")
        done = kg(_KG_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(typed) - 1), **variables)
        return [row.partition(",")[2] for row in done.stdout.splitlines()]

    assert words("kg experiment show al") == ["alpha"]
    assert words("kg experiment show @") == ["@latest"]
    assert words("kg experiment history --kind r") == ["reasoning", "run"]
    assert "simulated" in words("kg experiment generate --model s")
    assert not any(words("kg experiment show al", KGENTS_DATABASE_URL="nonsense"))
