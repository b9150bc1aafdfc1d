"""A real agent CLI, installed into a cache where it is not there, and asked through its harness."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))
from examples import MODELS, examples, run_example

from kgents.domain.outcome import Cause
from kgents.domain.ports import Harness
from kgents.harness.agents import agent
from kgents.harness.formats import Answer
from kgents.harness.registry import make
from kgents.harness.settings import Settings
from kgents.harness.void import Void
from kgents.harness.void_harness import version_of
from kgents.testing.harness_contract import AgentContract

SCRIPT = Path(__file__).parents[2] / "scripts" / "agents"
INSTALL_SECONDS = 150


def installed(name: str) -> str:
    """The path of the CLI. Skips where it cannot be had: no npm, no way out, or KGENTS_TEST_AGENTS=no."""
    if os.environ.get("KGENTS_TEST_AGENTS") == "no":
        pytest.skip("KGENTS_TEST_AGENTS=no")
    if name != "llm" and not (shutil.which("npm") and shutil.which("node")):
        pytest.skip(f"{name} is tried where node and npm are there to install it")
    if not asyncio.run(confined()):
        pytest.skip("real CLIs are tried where a network namespace keeps in what they report to their makers")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kgents" / "agents"
    installing = subprocess.Popen(
        [str(SCRIPT), str(cache), name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )  # fmt: skip
    try:
        path, said = installing.communicate(timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(installing.pid, signal.SIGKILL)
        installing.communicate()
        pytest.skip(f"{name} was not installed within {INSTALL_SECONDS} s")
    if installing.returncode:
        pytest.skip(f"{name} cannot be installed here: {said.strip()[-300:]}")
    if not asyncio.run(version_of(path.strip(), os.environ)):
        pytest.skip(f"{name} was installed, and does not start here")
    return path.strip()


async def confined() -> bool:
    """Whether the void has a network of its own."""
    async with Void(os.environ) as void:
        (await void.enter(b"", 0)).close()
        return void.level.inside


class RealAgent(AgentContract):
    """The contract, with a real program."""

    name: ClassVar[str]
    path: ClassVar[str]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def cli(cls) -> None:
        """Installs it."""
        cls.path = installed(cls.name)

    def harness(self, settings: Settings) -> Harness:
        return make(self.name, replace(settings, executables={self.name: self.path}))

    def test_the_example_of_the_documentation(self, tmp_path: Path) -> None:
        """As it is printed, with the CLI on the PATH; the key is in nothing that is printed or written."""
        line = next(line for line in examples(MODELS) if f"--harness {self.name} " in line)
        done, server = run_example(line, tmp_path, path=str(Path(self.path).parent))
        assert done.stdout.startswith("estimate: the rate of correct candidates was 1 of 1"), done.stderr + done.stdout
        assert "warning" not in done.stderr, done.stderr
        assert "expected bill: " in done.stderr
        assert len(server.calls) == 1

    def test_the_pinned_version_is_the_one_that_is_said_to_have_passed(self) -> None:
        assert re.search(r"-([\d.]+)/", self.path)[1] in agent(self.name).proven  # type: ignore[index]


ALL = os.environ.get("KGENTS_TEST_AGENTS") == "all"


class SlowAgent(RealAgent):
    """A program that takes seconds to start: less of it, unless KGENTS_TEST_AGENTS=all."""

    faults: ClassVar[Mapping[Cause, Answer]] = {
        cause: answer
        for cause, answer in AgentContract.faults.items()
        if ALL or cause in (Cause.AUTH, Cause.RATE_LIMIT)
    }

    @pytest.mark.skipif(not ALL, reason="KGENTS_TEST_AGENTS is not all; the next test asks the same once more")
    def test_answers_are_independent_draws_with_their_price(self) -> None:
        super().test_answers_are_independent_draws_with_their_price()
