"""One program, run to its end or to its time-out, with nothing of it left behind.

Rule: whatever happens (exit, time-out, cancellation) the process group is killed and reaped before `run` returns, and
so is every process that carries the run's token in its environment, even one that left the group.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgents.sandbox.awake import AwakeTimeout

TOKEN = "KGENTS_RUN_TOKEN"
_DRAIN_SECONDS = 1.0  # for a pipe that an escaped child holds open


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    status   None on a time-out, negative for a signal
    cut      output was left out
    seconds  how long it ran, without the time in which this process was stopped
    stopped  seconds in which this process was stopped: the machine's time
    """

    status: int | None
    stdout: bytes
    stderr: bytes
    cut: bool = False
    seconds: float = 0.0
    stopped: float = 0.0


class _Drain:
    """Reads a stream to its end; keeps its first quarter of `limit` bytes and its last three, the gap marked."""

    def __init__(self, limit: int) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._head_limit, self._tail_limit = limit // 4, limit - limit // 4
        self._dropped = 0

    async def read(self, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.read(65536):
            room = self._head_limit - len(self._head)
            self._head += chunk[:room]
            self._tail += chunk[room:]
            excess = len(self._tail) - self._tail_limit
            if excess > self._tail_limit:
                self._drop(excess)
        self._drop(max(0, len(self._tail) - self._tail_limit))

    def _drop(self, excess: int) -> None:
        del self._tail[:excess]
        self._dropped += excess

    @property
    def cut(self) -> bool:
        """Whether bytes were left out."""
        return self._dropped > 0 or len(self._tail) > self._tail_limit

    @property
    def data(self) -> bytes:
        """What was kept."""
        self._drop(max(0, len(self._tail) - self._tail_limit))
        gap = f"\n[… {self._dropped} bytes left out …]\n".encode() if self._dropped else b""
        return bytes(self._head) + gap + bytes(self._tail)


class _Exit(asyncio.subprocess.SubprocessStreamProtocol):
    """Tells when the program itself has ended: `Process.wait` may wait for its pipes, which a stray can hold open."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=65536, loop=loop)
        self.exited = asyncio.Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.exited.set()


async def run(
    argv: Sequence[str],
    *,
    stdin: bytes | None = None,
    env: Mapping[str, str],
    cwd: Path | None = None,
    seconds: float,
    output_bytes: int,
    grace_seconds: float = 0.0,
    handed: socket.socket | None = None,
) -> Ended:
    """Runs a program in its own process group; raises OSError where it cannot be started.

    grace_seconds  after the time-out its group gets SIGTERM, and SIGKILL so much later
    handed         a socket that the program inherits under the same number; it is closed here
    """
    loop, token = asyncio.get_running_loop(), secrets.token_hex(16)
    transport, protocol = await loop.subprocess_exec(
        lambda: _Exit(loop),
        *argv,
        stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=cwd,
        env={**env, TOKEN: token},
        start_new_session=True,
        pass_fds=() if handed is None else (handed.fileno(),),
    )
    if handed is not None:
        handed.close()
    process = asyncio.subprocess.Process(transport, protocol, loop)
    out, err = _Drain(output_bytes), _Drain(min(output_bytes, 65536))
    assert process.stdout is not None
    assert process.stderr is not None
    pipes = asyncio.gather(out.read(process.stdout), err.read(process.stderr), _feed(process, stdin))
    limit = AwakeTimeout(seconds)
    try:
        in_time = await _wait(protocol.exited, limit) or _has_ended(process.pid)
        if not in_time and grace_seconds:
            _signal_group(process.pid, signal.SIGTERM)
            _signal_group(process.pid, signal.SIGCONT)  # a stopped group would not hear it
            await _wait(protocol.exited, AwakeTimeout(grace_seconds))
    finally:
        _signal_group(process.pid, signal.SIGKILL)
        await asyncio.shield(_clean_up(protocol.exited, pipes, token))
        transport.close()
    status = transport.get_returncode() if in_time else None
    return Ended(status, out.data, err.data, out.cut, limit.seconds, limit.stopped)


async def _wait(exited: asyncio.Event, limit: AwakeTimeout) -> bool:
    try:
        async with limit:
            return await exited.wait()
    except TimeoutError:
        return False


def _has_ended(pid: int) -> bool:
    """Whether a child has ended although the event loop has not heard of it: its real exit comes before any time-out."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


async def _feed(process: asyncio.subprocess.Process, data: bytes | None) -> None:
    if process.stdin is None or data is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _clean_up(exited: asyncio.Event, pipes: "asyncio.Future[tuple[None, None, None]]", token: str) -> None:
    """Waits for the end of the program, kills what outlived it, and reads what is left in the pipes."""
    await exited.wait()
    kill_strays(token)
    await asyncio.wait([pipes], timeout=_DRAIN_SECONDS)
    if not pipes.done():
        pipes.cancel()
    with contextlib.suppress(asyncio.CancelledError, OSError):
        await pipes


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


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
