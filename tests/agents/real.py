"""A real agent CLI, installed into a cache where it is not there, and asked through its harness."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from kgents.domain.outcome import Cause
from kgents.domain.ports import Harness
from kgents.harness.registry import make
from kgents.harness.settings import Settings
from kgents.harness.void import Void
from kgents.testing.harness_contract import AgentContract
from kgents.testing.loopback_formats import Answer

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


class SlowAgent(RealAgent):
    """A program that takes seconds to start: all of its faults with KGENTS_TEST_AGENTS=all, else two."""

    faults: ClassVar[Mapping[Cause, Answer]] = {
        cause: answer
        for cause, answer in AgentContract.faults.items()
        if os.environ.get("KGENTS_TEST_AGENTS") == "all" or cause in (Cause.AUTH, Cause.RATE_LIMIT)
    }
