"""The sandbox from outside: two zygotes, jobs in their children, and the level established by attack at start.

Rule: methods block; callers in an event loop use a thread. What a candidate does is in the result; only a fault of the
sandbox itself is raised (SandboxFault).
"""

import itertools
import json
import os
import secrets
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgents.errors import SandboxUnavailable
from kgents.verify import codec
from kgents.verify.recipes import ATTACKS, GUARANTEES, LADDER, MEANING, Recipe, level_of

PRELOAD = """
    math cmath re string itertools functools operator collections collections.abc heapq bisect copy typing random
    statistics decimal fractions datetime time json hashlib base64 textwrap enum dataclasses abc numbers array queue
    types unicodedata contextlib io os sys struct zlib calendar locale warnings traceback linecache signal
    encodings.idna
"""
CANDIDATE = {"cpu_s": 10, "as_mb": 1024, "fsize": 0, "nofile": 32, "nproc": 64}
ORACLE = {"cpu_s": 30, "as_mb": 2048, "fsize": 0, "nofile": 32}
WORKERS = 2  # candidates judged at once
_START = "import sys; sys.path.insert(0, {root!r}); from kgents.verify.zygote import main; main()"


class SandboxFault(Exception):
    """The sandbox failed, not the candidate."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job's process ended."""

    exit: int | None = None
    signal: int | None = None
    overdue: bool = False
    cpu_s: float = 0.0
    rss_kb: int = 0


@dataclass(slots=True)
class Batch:
    """Answers to calls, in order: {"value": …, "args": …} or {"raised": [name, bases, text]}; `load` where loading failed."""

    answers: list[Any] = field(default_factory=list)
    load: Any = None
    fault: str | None = None  # timeout, died, mismatch (the caller stopped it)
    ended: Ended = Ended()


class Zygote:
    """One confined fork server."""

    def __init__(
        self, mode: str, recipe: Recipe, limits: Mapping[str, int], hash_seed: str = "0", more: Sequence[str] = ()
    ) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.token = secrets.token_hex(8)  # in the command line of the zygote and of all its forks
        config = {
            "token": self.token,
            "mode": mode,
            "preload": [*PRELOAD.split(), *more],
            "fd": theirs.fileno(),
            "limits": dict(limits),
            "layers": list(recipe.layers),
            "readable": _readable(),
        }
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": hash_seed, "HOME": "/nonexistent",
                       "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
        root = str(Path(__file__).parents[2])
        command = [sys.executable, "-I", "-c", _START.format(root=root), json.dumps(config)]
        self._process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C on a terminal asks us to stop, not the sandbox
        )
        theirs.close()
        self._control = ours
        self._control.settimeout(20)
        self._lock = threading.Lock()
        self._jobs = itertools.count()
        try:
            reached = self._control.recv(65536)
        except TimeoutError:
            reached = b""
        if not reached:
            error = self.close()
            raise SandboxFault(f"a zygote did not start: {error or 'no reason given'}")
        self.layers: Mapping[str, Any] = json.loads(reached)

    def spawn(self, descriptors: Sequence[int], wall: float) -> tuple[int, int]:
        """Starts a job; (its number, a descriptor that tells how it ended). The descriptors are the job's."""
        status, told = os.pipe()
        number = next(self._jobs)
        try:
            with self._lock:
                socket.send_fds(
                    self._control, [json.dumps({"id": number, "wall": wall}).encode()], [told, *descriptors]
                )
        except OSError as wrong:
            os.close(status)
            raise SandboxFault(f"a zygote is gone: {wrong}") from wrong
        finally:
            os.close(told)
        return number, status

    def kill(self, number: int) -> None:
        """Ends a job and everything in it."""
        with self._lock:
            try:
                self._control.send(json.dumps({"kill": number}).encode())
            except OSError as wrong:
                raise SandboxFault(f"a zygote is gone: {wrong}") from wrong

    def close(self) -> str:
        """Ends the zygote and all its children; returns what it complained about."""
        self._control.close()
        if self._process.stderr is None or self._process.stderr.closed:
            return ""
        try:
            _, error = self._process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            _, error = self._process.communicate()
        return error.decode(errors="replace").strip()[-300:]


def _readable() -> list[str]:
    places = {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)}
    found = sorted({os.path.realpath(place) for place in places})
    libraries = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
    return found + [path for path in libraries if os.path.isdir(path)]


def _ended(status: int, patience: float, cpu_s: float) -> Ended:
    """Waits until every process of the job is gone; overdue if it used up its time, wall-clock or CPU."""
    try:
        ready, _, _ = select.select([status], [], [], patience)
        said = os.read(status, 4096) if ready else b""
    finally:
        os.close(status)
    if not said:
        raise SandboxFault("a zygote did not say how a job ended")
    ended = json.loads(said)
    if "failed" in ended:
        raise SandboxFault(f"a job could not be started: {ended['failed']}")
    return Ended(
        ended["exit"], ended["signal"], ended["overdue"] or ended["cpu_s"] >= cpu_s, ended["cpu_s"], ended["rss_kb"]
    )


class Sandbox:
    """A zygote for candidates and, when it is first needed, one for oracles."""

    def __init__(self, recipe: Recipe, limits: Mapping[str, int], candidates: Zygote) -> None:
        self.recipe = recipe
        self.limits = limits
        self.level = "L0"
        self.withstood: Mapping[str, bool] = {}
        self._candidates = candidates
        self._oracles: Zygote | None = None
        self._second: Zygote | None = None
        self._lock = threading.Lock()
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="verify")

    def close(self) -> None:
        """Ends every process and every thread; once is enough, twice does no harm."""
        self.pool.shutdown(wait=True, cancel_futures=True)
        self._end()

    def _end(self) -> None:
        for zygote in (self._candidates, self._oracles, self._second):
            if zygote is not None:
                zygote.close()

    def renew(self) -> None:
        """Fresh zygotes, after a fault."""
        with self._lock:
            self._end()
            self._oracles = self._second = None
            self._candidates = Zygote("candidate", self.recipe, self.limits)

    def describe(self) -> dict[str, Any]:
        """For the plan: no floats."""
        holes = [attack for attack in GUARANTEES["L4"] if self.withstood.get(attack) is not True]
        return {"level": self.level, "recipe": self.recipe.name, "meaning": MEANING[self.level], "holes": holes}

    def calls(
        self,
        source: str,
        entry: str,
        calls: Sequence[Any],
        wall: float,
        seconds: float = 0.0,
        enough: Callable[[int, Any], bool] | None = None,
        other_hashes: bool = False,
    ) -> Batch:
        """Loads a candidate and calls one of its functions with encoded arguments, one after another.

        wall     seconds for all of it; CPU is limited besides
        seconds  for one call, 0: no limit of its own
        enough   told (index, answer); True ends the batch
        """
        ours, theirs = socket.socketpair()
        zygote = self._other_hashes() if other_hashes else self._candidates
        try:
            number, status = zygote.spawn([theirs.fileno()], wall + 1)
        except SandboxFault:
            ours.close()
            raise
        finally:
            theirs.close()
        batch = Batch()
        channel = _Timed(ours, time.monotonic() + wall)
        try:
            channel.send({"source": source, "entry": entry, "calls": list(calls), "seconds": seconds})
            loaded = channel.receive()
            if not isinstance(loaded, dict) or loaded.get("ok") is not True:
                batch.load = loaded
            else:
                _read_answers(channel, batch, len(calls), enough)
        except TimeoutError:
            batch.fault = "timeout"
        except (OSError, EOFError, ValueError, RecursionError, KeyError) as wrong:
            batch.fault = f"died: {type(wrong).__name__}"
        finally:
            ours.close()
            zygote.kill(number)
            batch.ended = _ended(status, 10, self.limits["cpu_s"])
        return batch

    def check(self, source: str, job: Mapping[str, Any], wall: float) -> tuple[dict[str, Any], Ended]:
        """Runs tests in the oracle's process against the candidate in its own; what the tests said, how the candidate ended."""
        oracles = self._oracle_zygote()
        remote_ours, remote_theirs = socket.socketpair()
        job_ours, job_theirs = socket.socketpair()
        said: dict[str, Any] = {"passed": False}
        try:
            number, status = self._candidates.spawn([remote_theirs.fileno()], wall + 1)
        except SandboxFault:
            for end in (remote_ours, job_ours, job_theirs):
                end.close()
            raise
        finally:
            remote_theirs.close()
        judge: tuple[int, int] | None = None
        try:
            deadline = time.monotonic() + wall
            _Timed(remote_ours, deadline).send({"source": source, "calls": None})
            remote_ours.settimeout(None)
            judge = oracles.spawn([job_theirs.fileno(), remote_ours.fileno()], wall + 2)
            job_theirs.close()
            remote_ours.close()
            channel = _Timed(job_ours, deadline + 1)
            channel.send(job)
            told = channel.receive()
            said = told if isinstance(told, dict) else said
        except TimeoutError:
            said["timeout"] = True
        except (OSError, EOFError, ValueError, RecursionError) as wrong:
            said["error"] = f"the tests ended without a verdict: {type(wrong).__name__}"
        finally:
            for end in (job_ours, job_theirs, remote_ours):
                end.close()
            self._candidates.kill(number)
            if judge is not None:
                oracles.kill(judge[0])
                _ended(judge[1], 10, ORACLE["cpu_s"])
            ended = _ended(status, 10, self.limits["cpu_s"])
        return said, ended

    def _oracle_zygote(self) -> Zygote:
        with self._lock:
            if self._oracles is None:
                self._oracles = Zygote("oracle", self.recipe, ORACLE, more=("doctest", "unittest", "pytest"))
            return self._oracles

    def _other_hashes(self) -> Zygote:
        with self._lock:
            if self._second is None:
                self._second = Zygote("candidate", self.recipe, self.limits, hash_seed="4242")
            return self._second


def _read_answers(channel: "_Timed", batch: Batch, count: int, enough: Callable[[int, Any], bool] | None) -> None:
    for index in range(count):
        answer = channel.receive()
        batch.answers.append(answer)
        if enough is not None and enough(index, answer):
            batch.fault = "mismatch"
            return


class _Timed(codec.Channel):
    """A channel to an untrusted process: never waits beyond its deadline."""

    __slots__ = ("_buffer", "_deadline", "_socket")

    def __init__(self, end: socket.socket, deadline: float) -> None:
        super().__init__(end.fileno())
        self._socket = end
        self._deadline = deadline
        self._buffer = bytearray()

    def send(self, data: Any) -> None:
        """Writes one frame."""
        body = codec.dumps(data)
        self._socket.settimeout(max(0.01, self._deadline - time.monotonic()))
        self._socket.sendall(struct.pack("!I", len(body)) + body)

    def _read(self, length: int) -> bytes:
        while len(self._buffer) < length:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            part = self._socket.recv(1 << 18)
            if not part:
                raise EOFError
            self._buffer += part
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken


def open_sandbox(
    allow_weak: bool = False, ladder: Sequence[Recipe] = LADDER, cpu_s: int = CANDIDATE["cpu_s"]
) -> Sandbox:
    """The best sandbox this machine gives, its level established by attacking it.

    SandboxUnavailable below L3 unless weak ones are allowed, and where none starts at all.
    """
    reasons = []
    for recipe in ladder:
        try:
            sandbox = _attempt(recipe, {**CANDIDATE, "cpu_s": cpu_s})
        except (SandboxFault, OSError) as wrong:
            reasons.append(f"{recipe.name}: {wrong}")
            continue
        if sandbox.level >= "L3" or allow_weak:
            return sandbox
        sandbox.close()
        reasons.append(f"{recipe.name}: only {sandbox.level}")
    message = f"no sandbox of level L3 or better on this machine ({'; '.join(reasons)[:400]})"
    raise SandboxUnavailable(
        message, "--allow-weak-sandbox runs candidates all the same; do so only with code you trust"
    )


def _attempt(recipe: Recipe, limits: Mapping[str, int]) -> Sandbox:
    zygote = Zygote("candidate", recipe, limits)
    sandbox = Sandbox(recipe, limits, zygote)
    with tempfile.NamedTemporaryFile(prefix="kgents-canary-") as canary:
        canary.write(b"secret")
        canary.flush()
        batch = sandbox.calls(ATTACKS, "probe", [codec.encode([canary.name, os.getpid()])], 10)
    if not batch.answers or "value" not in batch.answers[0]:
        sandbox.close()
        raise SandboxFault(f"the attack did not run: {batch.load or batch.answers or batch.fault} {batch.ended}")
    withstood = codec.decode(batch.answers[0]["value"])
    sandbox.withstood, sandbox.level = withstood, level_of(withstood)
    return sandbox
