"""The void: where an agent CLI runs, with nothing of the user's in reach.

An empty home and an empty directory that are gone afterwards; an environment made from nothing; where the kernel gives
them, a network with nothing but loopback, a /proc without other processes and a pid namespace that dies as a whole.
Rule: whatever a CLI may know has to be handed to it here.
"""

import asyncio
import json
import math
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from kgents.sandbox.owned import owned
from kgents.sandbox.process import Ended, run

_LAUNCHER = Path(__file__).with_name("void_launcher.py")
_START_SECONDS = 20.0
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ")


@dataclass(frozen=True, slots=True)
class Level:
    """How empty it is: whether namespaces were made, and if not, what the kernel said."""

    inside: bool
    refusal: str = ""

    def __str__(self) -> str:
        if self.inside:
            return "own home, environment, processes and network"
        return f"own home and environment; no namespaces ({self.refusal})"


class Void:
    """One use of the void: `enter`, then `run` once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {name: environment[name] for name in _KEPT if name in environment}
        self._folder = Path(tempfile.mkdtemp(prefix=owned("kg-void-")))
        self.home, self.work = self._folder / "home", self._folder / "work"
        self.level = Level(False, "not entered")
        self._control: socket.socket | None = None
        self._running: asyncio.Task[Ended] | None = None

    async def __aenter__(self) -> Self:
        for folder in (self.home, self.work, self._folder / "tmp"):
            folder.mkdir()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._control is not None:
            self._control.close()
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def enter(self, stdin: bytes, output_bytes: int) -> socket.socket:
        """Starts the launcher; returns a socket that listens in the void. Raises OSError."""
        ours, theirs = socket.socketpair()
        self._control = ours
        argv = (sys.executable, "-I", "-S", str(_LAUNCHER), str(theirs.fileno()))
        env = {name: value for name, value in self._environment.items() if name != "TZ"}
        self._running = asyncio.create_task(
            run(argv, stdin=stdin, env=env, cwd=self.work, seconds=math.inf, output_bytes=output_bytes,
                handed=theirs)
        )  # fmt: skip
        ours.settimeout(_START_SECONDS)
        message, files, _, _ = await asyncio.to_thread(socket.recv_fds, ours, 4096, 1)
        if not files:
            raise OSError("the launcher of the void did not start")
        self.level = Level(**json.loads(message))
        return socket.socket(fileno=files[0])

    def start(self, argv: Sequence[str], environment: Mapping[str, str]) -> "asyncio.Task[Ended]":
        """Has the launcher run the program; the task is done when nothing of it is left."""
        assert self._control is not None
        assert self._running is not None
        own = {"HOME": str(self.home), "TMPDIR": str(self._folder / "tmp"), "LANG": "C.UTF-8", "NO_COLOR": "1"}
        env = {**self._environment, **own, **environment}
        if not os.path.isabs(argv[0]):  # noqa: PTH117
            raise ValueError(f"{argv[0]} is not an absolute path")
        self._control.sendall(json.dumps({"argv": list(argv), "env": env}).encode() + b"\n")
        self._control.close()
        return self._running
