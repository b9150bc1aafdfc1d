"""One program, run to its end or to its time-out, with nothing of it left behind.

Rule: whatever happens (exit, time-out, cancellation) the process group is killed and reaped before `run` returns, and
so is every other descendant. On Linux this holds where this process is killed as well, or the program kills its parent.
"""

import asyncio
import contextlib
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgents.sandbox.awake import AwakeTimeout
from kgents.sandbox.launched import Launched, Unavailable
from kgents.sandbox.spawned import Spawned

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
    child = await _start(argv, env, cwd, stdin is not None, handed)
    out, err = _Drain(output_bytes), _Drain(min(output_bytes, 65536))
    pipes = asyncio.gather(out.read(child.stdout), err.read(child.stderr), _feed(child.stdin, stdin))
    limit = AwakeTimeout(seconds)
    try:
        in_time = await _wait(child.exited, limit) or await child.has_ended()
        if not in_time and grace_seconds:
            child.terminate()
            await _wait(child.exited, AwakeTimeout(grace_seconds))
    finally:
        await asyncio.shield(_clean_up(child, pipes))
        child.close()
    status = child.status if in_time else None
    return Ended(status, out.data, err.data, out.cut, limit.seconds, limit.stopped)


async def _start(
    argv: Sequence[str], env: Mapping[str, str], cwd: Path | None, fed: bool, handed: socket.socket | None
) -> Launched | Spawned:
    with contextlib.suppress(Unavailable):
        return await Launched.start(argv, env, cwd, fed, handed)
    return await Spawned.start(argv, env, cwd, fed, handed)


async def _wait(exited: asyncio.Event, limit: AwakeTimeout) -> bool:
    try:
        async with limit:
            return await exited.wait()
    except TimeoutError:
        return False


async def _feed(pipe: asyncio.StreamWriter | None, data: bytes | None) -> None:
    if pipe is None or data is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        pipe.write(data)
        await pipe.drain()
    pipe.close()


async def _clean_up(child: Launched | Spawned, pipes: "asyncio.Future[tuple[None, None, None]]") -> None:
    """Ends what is left of the program, and reads what is left in the pipes."""
    await child.clear()
    await asyncio.wait([pipes], timeout=_DRAIN_SECONDS)
    if not pipes.done():
        pipes.cancel()
    with contextlib.suppress(asyncio.CancelledError, OSError):
        await pipes
