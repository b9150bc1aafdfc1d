"""Commands end to end against a model that is real, small, weak and slow: `make test-model`.

No answer of a model is asserted, only what holds for any: exit statuses, one verdict, a record that verifies, a bill.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from real_model import Told, serving

from conftest import clean_environment  # type: ignore[attr-defined]

if "KGENTS_TEST_MODEL" not in os.environ:
    pytest.skip("make test-model", allow_module_level=True)

Ask = Callable[..., dict[str, Any]]
NAME = "gemma-3-270m"
ADD = 'def add(a: int, b: int) -> int:\n    """Return the sum of a and b."""\n    return a + b\n'
LARGEST = (
    'def largest(numbers: list[int]) -> int:\n    """Return the largest of the numbers; 0 for an empty list."""\n'
    "    return max(numbers, default=0)\n"
)
VERDICTS = ("estimate", "supported", "refuted", "inconclusive")


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """The base URL of the model."""
    with serving() as (address, _):
        yield f"{address}/v1"


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """The table of what came back; it is written when the last test has ended."""
    told = Told()
    yield told
    told.write()


def run(words: list[str], folder: Path, **variables: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """A command as a new user would run it, and its seconds."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "kgents", *words],
        env={**clean_environment(folder), **variables}, cwd=folder, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    return done, time.monotonic() - begun


@pytest.fixture
def ask(tmp_path: Path, model: str, told: Told) -> Ask:
    """Runs a command against the model, checks what holds for any answer, and returns the document of the record."""
    (tmp_path / "add.py").write_text(ADD)
    (tmp_path / "largest.py").write_text(LARGEST)

    def asked(line: str, *, statuses: tuple[int, ...] = (0,), **variables: str) -> dict[str, Any]:
        words = ["experiment", *shlex.split(line), "--model", NAME, "--base-url", model]
        done, seconds = run([word for word in words if word != "--model=none"], tmp_path, **variables)
        told.add(line, done, seconds)
        assert done.returncode in statuses, done.stderr + done.stdout
        assert "Traceback" not in done.stderr + done.stdout
        shown, _ = run(["experiment", "show", "@latest", "--json"], tmp_path)
        document: dict[str, Any] = json.loads(shown.stdout)
        assert document["status"] in ("completed", "failed"), document["status"]
        verified, _ = run(["witness", "verify", "@latest", "--recheck"], tmp_path)
        assert verified.returncode == 0, verified.stdout + verified.stderr
        return document

    return asked


def paid(document: dict[str, Any]) -> None:
    """Every trial has an outcome, and its tokens are counted."""
    usage = document["usage"]
    assert usage["input_tokens"] > 0
    assert usage["output_tokens"] > 0
    assert usage["cost_usd"] is None  # nobody knows the price of such a server
    assert document["evidence"]["trials_finished"] == len(document["trials"])


def test_doctor_says_how_the_model_answers(model: str, told: Told, tmp_path: Path) -> None:
    """A base model does not end by itself; its answer is cut, and that is said."""
    line = ["doctor", "--model", NAME, "--base-url", model]
    done, seconds = run(line, tmp_path)
    told.add(f"(kg) doctor --model {NAME}", done, seconds)
    assert done.returncode == 0, done.stdout + done.stderr
    rows, _ = run([*line, "--json"], tmp_path)
    found = {row["what"].partition(" ")[0]: row["detail"] for row in json.loads(rows.stdout)}
    assert "tokens" in found["model"]
    assert found["concurrency"].startswith("--concurrency 4 (4 slots)")


def test_generate_goes_on_with_a_text(ask: Ask) -> None:
    """What a base model is for."""
    document = ask("generate --spec @add.py --prompt-style completion --n 4")
    paid(document)
    assert document["evidence"]["trials_total"] == 4


def test_generate_until_it_is_decided(ask: Ask) -> None:
    """Weak answers to a harder spec, with an end."""
    document = ask(
        "generate --spec @largest.py --prompt-style completion --max-output-tokens 60 --adaptive --target 0.5 --max-trials 20",
        statuses=(0, 10, 11),
    )
    paid(document)
    assert document["evidence"]["verdict"] in VERDICTS


def test_a_base_model_that_is_chatted_with(ask: Ask) -> None:
    """It has no template that means anything to it: the answers are cut, and the cause says so."""
    document = ask("generate --spec @add.py --max-output-tokens 40 --n 3")
    paid(document)
    causes = {trial["cause"] for trial in document["trials"]}
    assert causes & {"truncated", "chat_markers", "malformed_output", "wrong_output", "missing_definition", None}


def test_two_temperatures_are_compared(ask: Ask, model: str) -> None:
    """Pairs under the same seeds."""
    document = ask(
        f"compare --spec @largest.py --arm 'cold={NAME} temperature=0.2' --arm 'hot={NAME} temperature=1.5'"
        " --prompt-style completion --max-output-tokens 40 --max-trials 4 --model=none",
        statuses=(0, 10, 11),
    )
    paid(document)
    assert {trial["arm"] for trial in document["trials"]} == {"cold", "hot"}


def test_tasks_of_a_suite(ask: Ask) -> None:
    """Two tasks of HumanEval, twice each."""
    document = ask(
        "generate --suite humaneval --task HumanEval/53 --task HumanEval/35 --prompt-style completion"
        " --max-output-tokens 60 --n 2"
    )
    paid(document)
    assert len(document["trials"]) == 4


def test_laws_of_reasoning(ask: Ask) -> None:
    """The same problem, told differently."""
    document = ask(
        "laws --problem 'What is 17 + 25?' --transform label --max-output-tokens 16 --max-trials 3",
        statuses=(0, 10, 11),
    )
    assert document["usage"]["calls"] >= len(document["trials"])


def test_an_agent_in_the_void(ask: Ask) -> None:
    """The program sees nothing of this machine but the way to the model."""
    path = f"{Path(os.environ['KGENTS_TEST_LLM']).parent}{os.pathsep}{os.environ['PATH']}"
    document = ask("generate --spec @add.py --harness llm --timeout 600 --n 1", statuses=(0, 12), PATH=path)
    assert document["usage"]["calls"] >= 1


def test_a_limit_that_is_too_short(ask: Ask) -> None:
    """Three questions without an answer end the run, with the option to raise."""
    document = ask("generate --spec @add.py --timeout 0.2 --n 8", statuses=(12,))
    assert "--timeout" in document["error"]["message"]
    assert len(document["trials"]) == 3


def test_a_question_that_is_too_long(ask: Ask, tmp_path: Path) -> None:
    """What the server says of its context is what is shown."""
    (tmp_path / "long.py").write_text(ADD.replace("Return", "Return " + "the sum, which is " * 900))
    document = ask("generate --spec @long.py --prompt-style completion --n 3", statuses=(12,))
    assert {trial["cause"] for trial in document["trials"]} == {"context_length"}
    assert "context" in document["error"]["message"]


def test_one_trial_at_first_then_more(ask: Ask, tmp_path: Path) -> None:
    """Nobody says how many at once: the first two are alone."""
    ask("generate --spec @add.py --prompt-style completion --n 12")
    log, _ = run(["witness", "log", "@latest", "--json"], tmp_path)
    kinds = [json.loads(line)["kind"] for line in log.stdout.splitlines()]
    trials = [kind for kind in kinds if kind.startswith("trial.")]
    assert trials[:5] == ["trial.started", "trial.finished", "trial.started", "trial.finished", "trial.started"]


def test_ctrl_c_during_a_slow_answer(model: str, tmp_path: Path) -> None:
    """The question is given up at once, and asked again by resume."""
    (tmp_path / "add.py").write_text(ADD)
    words = ["experiment", "generate", "--spec", "@add.py", "--max-output-tokens", "120", "--n", "2", "--model", NAME,
             "--base-url", model]  # fmt: skip
    running = subprocess.Popen(
        [sys.executable, "-u", "-m", "kgents", *words],
        env=clean_environment(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stderr is not None
    while not running.stderr.readline().startswith("exp-"):
        assert running.poll() is None
    time.sleep(3)  # the question is on its way, its answer takes half a minute
    asked = time.monotonic()
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert out.startswith("interrupted before its first trial ended")
    assert time.monotonic() - asked < 10
    done, _ = run(["experiment", "resume", "@latest"], tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_server_that_goes_away(tmp_path: Path, told: Told) -> None:
    """After an answer: trials are asked again, are not counted, and the run ends with the cause."""
    (tmp_path / "add.py").write_text(ADD)
    with serving(1) as (address, server):
        line = "generate --spec @add.py --prompt-style completion --n 2 -q"
        words = ["experiment", *shlex.split(line), "--model", NAME, "--base-url", f"{address}/v1"]
        done, _ = run(words, tmp_path)
        assert done.returncode == 0, done.stderr
        server.kill()
        server.wait()
        done, seconds = run(words, tmp_path)
    told.add(f"{line} (the server was killed)", done, seconds)
    assert done.returncode == 12
    assert "connection refused" in done.stdout.splitlines()[0]
