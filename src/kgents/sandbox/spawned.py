"""A program as a child of this process, where there is no launcher.

Rule: processes that outlive it are found by a token in their environment (Linux; elsewhere its group has to do).
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

TOKEN = "KGENTS_RUN_TOKEN"


class _Exit(asyncio.subprocess.SubprocessStreamProtocol):
    """Tells when the program itself has ended: `Process.wait` may wait for its pipes, which a stray can hold open."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=65536, loop=loop)
        self.exited = asyncio.Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.exited.set()


class Spawned:
    """One program, the leader of its own session."""

    def __init__(
        self, transport: asyncio.SubprocessTransport, protocol: _Exit, loop: asyncio.AbstractEventLoop, token: str
    ) -> None:
        process = asyncio.subprocess.Process(transport, protocol, loop)
        assert process.stdout is not None
        assert process.stderr is not None
        self.exited, self.stdout, self.stderr, self.stdin = (
            protocol.exited,
            process.stdout,
            process.stderr,
            process.stdin,
        )
        self._transport, self._pid, self._token = transport, process.pid, token

    @staticmethod
    async def start(
        argv: Sequence[str], env: Mapping[str, str], cwd: Path | None, fed: bool, handed: socket.socket | None = None
    ) -> "Spawned":
        """Starts it; raises OSError where it cannot be started. `handed` is inherited, and closed here."""
        loop, token = asyncio.get_running_loop(), secrets.token_hex(16)
        transport, protocol = await loop.subprocess_exec(
            lambda: _Exit(loop),
            *argv,
            stdin=asyncio.subprocess.PIPE if fed else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=cwd,
            env={**env, TOKEN: token},
            start_new_session=True,
            pass_fds=() if handed is None else (handed.fileno(),),
        )
        if handed is not None:
            handed.close()
        return Spawned(transport, protocol, loop, token)

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._transport.get_returncode()

    async def has_ended(self) -> bool:
        """Whether it has ended although the event loop has not heard of it: the real exit comes before any time-out."""
        return _has_ended(self._pid)

    def terminate(self) -> None:
        """SIGTERM for its group; a stopped one is continued, so that it hears it."""
        for number in (signal.SIGTERM, signal.SIGCONT):
            self._signal(number)

    async def clear(self) -> None:
        """Kills what is left of it, waits for its end, and kills what outlived it."""
        self._signal(signal.SIGKILL)
        await self.exited.wait()
        kill_strays(self._token)

    def close(self) -> None:
        """Lets go of its pipes."""
        self._transport.close()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, number)


def _has_ended(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def kill_strays(token: str) -> None:
    """Kills every process of ours that carries the token in its environment (Linux; elsewhere the group has to do)."""
    if sys.platform != "linux":
        return
    mark = f"{TOKEN}={token}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and mark in _environ(entry):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(entry.name), signal.SIGKILL)


def _environ(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""
