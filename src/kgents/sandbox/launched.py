"""A program as the child of a launcher, which ends it when this process is killed: see `launcher`.

Rule: the server that forks launchers is started once per process, when it is first needed; where it cannot be had (no
Linux, no memory), `Unavailable` is raised and nothing was started.
"""

import asyncio
import atexit
import contextlib
import json
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL

_SCRIPT = Path(__file__).with_name("launcher.py")
_KEPT = ("PATH", "LD_LIBRARY_PATH", "LD_PRELOAD")
_ATTEMPTS = 8
_TURNS, _TURN = 10, 0.02  # looks, with seconds between them, in which the end of a program that has ended is heard
_ENDING = 5.0  # seconds in which a launcher that is let go of ends
_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Unavailable(Exception):
    """There are no launchers here."""


class Launched:
    """One program, the leader of its own session."""

    def __init__(self, launcher: socket.socket, control: _Streams, pipes: "_Pipes") -> None:
        self.stdout, self.stderr, self.stdin = pipes.stdout, pipes.stderr, pipes.stdin
        self.exited = asyncio.Event()
        self.status: int | None = None
        self._launcher, self._pipes = launcher, pipes
        self._reader, self._writer = control
        self._reusable, self._ordered = False, False
        self._listening = asyncio.ensure_future(self._listen())

    @staticmethod
    async def start(
        argv: Sequence[str], env: Mapping[str, str], cwd: Path | None, fed: bool, handed: socket.socket | None = None
    ) -> "Launched":
        """Starts it; raises OSError where it cannot be started, Unavailable where there are no launchers. `handed` is
        inherited under its number, and closed here once it was.
        """
        request = json.dumps(
            {
                "argv": [_text(word) for word in argv],
                "env": {_text(name): _text(value) for name, value in env.items()},
                "cwd": _text(_folder(cwd)),
                "number": None if handed is None else handed.fileno(),
            }
        ).encode()
        pipes, theirs = await _open_pipes(fed)
        try:
            extra = [] if handed is None else [handed.fileno()]
            launcher = _take(struct.pack("!I", len(request)), [*theirs, *extra])
        except BaseException:
            pipes.close()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        control = await asyncio.open_connection(sock=launcher.dup())
        try:
            await _ask(control, request, argv[0])
        except BaseException:
            await _abandoned(launcher, control[0])
            pipes.close()
            control[1].close()
            launcher.close()
            raise
        if handed is not None:
            handed.close()
        return Launched(launcher, control, pipes)

    async def has_ended(self) -> bool:
        """Whether its launcher has said its end, although nobody has heard it yet."""
        for _ in range(_TURNS):  # by turns and not by the clock, which may just have jumped
            if self.exited.is_set():
                break
            await asyncio.to_thread(time.sleep, _TURN)
        return self.exited.is_set()

    def terminate(self) -> None:
        """SIGTERM for its group; a stopped one is continued, so that it hears it."""
        self._order(b"T")

    async def clear(self) -> None:
        """Kills what is left of it, and returns when nothing of it runs any more."""
        if not self.exited.is_set():
            self._order(b"K")
        await self._listening

    def close(self) -> None:
        """Lets go of its pipes; its launcher serves another program, unless an order may still be on its way to it."""
        self._pipes.close()
        self._writer.close()
        if self._reusable and not self._ordered:
            _give_back(self._launcher)
        else:
            self._launcher.close()

    def _order(self, order: bytes) -> None:
        self._ordered = True
        self._writer.write(order)

    async def _listen(self) -> None:
        """Reads what the launcher says until it is done; one that ended before was killed, and the program with it."""
        with contextlib.suppress(OSError):
            while line := await self._reader.readline():
                if line == b"done\n":
                    self._reusable = True
                    break
                self.status = int(line.split()[1])
                self.exited.set()
        if self.status is None:
            self.status = -SIGKILL
        self.exited.set()


async def _abandoned(launcher: socket.socket, reader: asyncio.StreamReader) -> None:
    """Ends a launcher whose program nobody waits for any more, and returns when it and its program are gone."""
    with contextlib.suppress(OSError, TimeoutError):
        launcher.shutdown(socket.SHUT_WR)
        async with asyncio.timeout(_ENDING):
            await reader.read()


@dataclass(frozen=True, slots=True)
class _Pipes:
    """Our ends of the pipes of a program."""

    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    stdin: asyncio.StreamWriter | None
    transports: tuple[asyncio.BaseTransport, ...]

    def close(self) -> None:
        for transport in self.transports:
            transport.close()


async def _open_pipes(fed: bool) -> tuple[_Pipes, list[int]]:
    """Our ends, and the program's as descriptors."""
    with contextlib.ExitStack() as opened:

        def pipe() -> tuple[int, int]:
            both = os.pipe()
            for descriptor in both:
                opened.callback(os.close, descriptor)
            return both

        outputs = [pipe(), pipe()]
        inputs = pipe() if fed else (os.open(os.devnull, os.O_RDONLY), -1)
        opened.pop_all()
    out, err = [await _reader(read) for read, _ in outputs]
    stdin = await _writer(inputs[1]) if fed else None
    transports = (out[1], err[1], *([stdin.transport] if stdin else []))
    return _Pipes(out[0], err[0], stdin, transports), [inputs[0], outputs[0][1], outputs[1][1]]


async def _reader(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.BaseTransport]:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", 0)
    )
    return reader, transport


async def _writer(descriptor: int) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    protocol = asyncio.streams.FlowControlMixin(loop=loop)
    transport, _ = await loop.connect_write_pipe(lambda: protocol, os.fdopen(descriptor, "wb", 0))
    return asyncio.StreamWriter(transport, protocol, None, loop)


async def _ask(control: _Streams, request: bytes, program: str) -> None:
    """Says what to start, and waits until it has started: a launcher that is gone by then was killed by the program."""
    reader, writer = control
    writer.write(request)
    if await _line(reader) != b"starting\n":
        raise Unavailable
    answer = await _line(reader)
    if answer.startswith(b"error"):
        number = int(answer.split()[1])
        raise OSError(number, os.strerror(number), program)


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ConnectionError:
        return b""


def _folder(cwd: Path | None) -> str:
    try:
        return os.getcwd() if cwd is None else str(cwd)
    except FileNotFoundError:
        return "."


def _text(text: str) -> str:
    return os.fsencode(text).decode("latin-1")


class _Pool:
    """The server of this process, and the launchers that wait for work."""

    def __init__(self) -> None:
        self.server = _start_server()
        self.idle: list[socket.socket] = []

    def close(self) -> None:
        for connection in (self.server, *self.idle):
            connection.close()


_lock = threading.Lock()
_pools: dict[int, _Pool] = {}  # by the process that started it: a fork of ours needs its own


def _take(header: bytes, files: list[int]) -> socket.socket:
    """A launcher that has been given a header and descriptors; one that has died is passed over."""
    with _lock:
        for _ in range(_ATTEMPTS):
            pool = _pools.get(os.getpid()) or _pools.setdefault(os.getpid(), _Pool())
            try:
                launcher = pool.idle.pop() if pool.idle else _new_launcher(pool.server)
            except ConnectionError:
                _pools.pop(os.getpid()).close()
                continue
            try:
                socket.send_fds(launcher, [header], files)
            except ConnectionError:
                launcher.close()
            else:
                return launcher
    raise Unavailable


def _give_back(launcher: socket.socket) -> None:
    with _lock:
        pool = _pools.get(os.getpid())
        if pool is None:
            launcher.close()
        else:
            pool.idle.append(launcher)


def _new_launcher(server: socket.socket) -> socket.socket:
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            socket.send_fds(server, [b"\0"], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
    return ours


def _start_server() -> socket.socket:
    if sys.platform != "linux":
        raise Unavailable
    ours, theirs = socket.socketpair()
    with theirs:
        os.set_inheritable(theirs.fileno(), True)
        nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
        argv = [sys.executable, "-I", "-S", str(_SCRIPT), str(theirs.fileno())]
        env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        os.posix_spawn(sys.executable, argv, env, file_actions=nowhere)
    return ours


@atexit.register
def _close() -> None:
    """The end of the connections ends the server and its launchers."""
    pool = _pools.pop(os.getpid(), None)
    if pool is not None:
        pool.close()
