"""What is alike for every agent CLI: answers over the limit, the time that a CLI needs to start, versions."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kgents.domain.ports import Limits
from kgents.harness.agents import agent
from kgents.harness.choice import AGENTS
from kgents.harness.extraction.search import LONGEST
from kgents.harness.registry import make
from kgents.harness.settings import Settings
from kgents.harness.void_harness import VoidHarness, doubt
from kgents.testing.loopback import Loopback

ASKS = """#!{python}
import json, os, pathlib, sys, time, urllib.request
if "--version" in sys.argv:
    print({version!r}); sys.exit()
while not os.path.exists({ready!r}):
    time.sleep(0.01)
folder = pathlib.Path(os.environ["LLM_USER_PATH"])
model = json.loads((folder / "extra-openai-models.yaml").read_text())[0]
key = json.loads((folder / "keys.json").read_text())["void"]
question = {{"model": model["model_name"], "messages": [{{"role": "user", "content": sys.stdin.read() + {more}}}]}}
request = urllib.request.Request(model["api_base"] + "/chat/completions", json.dumps(question).encode(),
    {{"Authorization": "Bearer " + key, "Content-Type": "application/json"}})
answer = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open(request))
print(answer["choices"][0]["message"]["content"] * {times}, end="")
"""


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """While this is missing the CLI has not started."""
    return tmp_path / "ready"


def settings(
    server: Loopback, folder: Path, ready: Path, times: int = 1, version: str = "0.36", more: str = "''"
) -> Settings:
    """Settings with a program of ours in the place of `llm`, which asks that server. `more`: what it adds, in Python."""
    program = folder / "llm"
    program.write_text(ASKS.format(python=sys.executable, ready=str(ready), times=times, version=version, more=more))
    program.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "OPENAI_API_KEY": "sk-planted-0123",
        "OPENAI_BASE_URL": f"{server.url}/v1",
    }
    return Settings(environment=environment, executables={"llm": str(program)}, model="openai-chat:m")


def test_an_answer_over_the_limit_is_malformed_whatever_format_the_cli_writes(tmp_path: Path, ready: Path) -> None:
    """It is cut, and still says how long it is; it is no crash of the CLI."""
    ready.touch()
    with Loopback() as server:
        harness = make("llm", settings(server, tmp_path, ready, times=100_000))

        async def ask() -> str:
            reply = await harness.generate("add", 1, Limits(60, output_bytes=LONGEST + 500_000))
            await harness.aclose()
            return reply.text

        assert len(asyncio.run(ask())) > LONGEST


def test_the_start_of_a_cli_is_not_the_models_time(
    tmp_path: Path, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CLI that begins to ask only after the time-out of a trial would be over is still answered."""
    with Loopback() as server:
        harness = make("llm", settings(server, tmp_path, ready))

        async def ask() -> str:
            await harness.version()  # type: ignore[attr-defined]
            asyncio.get_running_loop().call_later(2.5, ready.touch)
            reply = await harness.generate("add", 1, Limits(2))
            await harness.aclose()
            return reply.text

        assert "def add" in asyncio.run(ask())


@pytest.mark.parametrize("name", sorted(AGENTS))
def test_versions_are_told_apart(name: str) -> None:
    tested = agent(name)
    (newest,) = tested.proven
    first, *rest = newest.split(".")
    newer, older = ".".join([str(int(first) + 1), *rest]), "0.0.1"
    assert doubt(tested, newest) is None
    assert f"{newer} is newer than {newest}" in str(doubt(tested, newer))
    assert f"{older} is older than {newest}" in str(doubt(tested, older))
    assert "says no version" in str(doubt(tested, ""))


def _of_version(folder: Path, ready: Path, version: str, **more: Any) -> tuple[str | None, Mapping[str, Any], int]:
    """What is doubted of a CLI of this version, how it describes itself, and how often the run's own server was asked."""
    ready.touch()
    with Loopback() as server:
        harness = make("llm", settings(server, folder, ready, version=version, **more))
        assert isinstance(harness, VoidHarness)

        async def begun() -> tuple[str | None, Mapping[str, Any]]:
            await harness.honoured()
            told = harness.doubt(), harness.describe()
            await harness.aclose()
            return told

        return *asyncio.run(begun()), len(server.calls)


def test_a_newer_version_that_keeps_the_contract_is_told_from_one_that_does_not(tmp_path: Path, ready: Path) -> None:
    """It is tried without the run's server: one that keeps the contract is recorded as that, and nothing is doubted."""
    doubted, described, asked = _of_version(tmp_path, ready, "99.1")
    assert doubted is None
    assert (described["version"], described["contract"], asked) == ("99.1", "kept here", 0)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"times": 2}, "gave another answer than the model"),
        ({"more": "sys.argv[0]"}, "told the model of this machine"),
    ],
)
def test_a_newer_version_that_breaks_the_contract_is_named_with_what_it_did(
    tmp_path: Path, ready: Path, more: dict[str, Any], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doubt says which promise was broken."""
    monkeypatch.chdir(tmp_path)
    doubted, described, _ = _of_version(tmp_path, ready, "99.1", **more)
    assert doubted is not None
    assert doubted.startswith("llm 99.1 is newer than 0.36, with which its isolation was tested, and it ")
    assert fault in doubted
    assert "contract" not in described


def test_a_version_of_which_nothing_is_known_is_tried_too(tmp_path: Path, ready: Path) -> None:
    """A CLI that says no version and keeps the contract is no reason for a warning."""
    doubted, described, _ = _of_version(tmp_path, ready, "soon")
    assert doubted is None
    assert described["contract"] == "kept here"


def test_the_doctor_tells_what_it_tried(
    tmp_path: Path, ready: Path, kg: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """A newer CLI that kept the contract is ok, and the line says on what grounds."""
    ready.touch()
    with Loopback() as server:
        settings(server, tmp_path, ready, version="99.1")
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    findings = {finding["what"]: finding for finding in json.loads(kg("doctor", "--json", PATH=path).stdout)}
    assert findings["agent llm"]["state"] == "ok"
    assert "99.1 is newer than 0.36" in findings["agent llm"]["detail"]
    assert "it kept the contract here" in findings["agent llm"]["detail"]
