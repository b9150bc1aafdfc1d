"""The sandbox from outside: zygotes, jobs in their children, and the level established by attack at start.

Rule: methods block; callers in an event loop use a thread. What a candidate does is in the result; only a fault of the
sandbox itself is raised (SandboxFault).
"""

import itertools
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from kgents.errors import SandboxUnavailable
from kgents.sandbox import forkserver
from kgents.sandbox.attacks import ATTACKS
from kgents.sandbox.batch import Batch
from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.forkserver import AGAIN, Job, SandboxFault, Zygote, ended_of
from kgents.sandbox.guest import Guest
from kgents.sandbox.inside import values as codec
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.levels import GUARANTEES, LADDER, MEANING, Recipe, level_of
from kgents.sandbox.program import UNREADABLE, compiled

__all__ = ["Batch", "Ended", "Guest", "Sandbox", "SandboxFault", "open_sandbox"]

CANDIDATE = {"cpu_s": 10, "as_mb": 1024, "fsize": 0, "nofile": 32, "nproc": 64}
MAIN = "kgents.sandbox.inside.candidate:main"
LIFETIME = 3600.0  # seconds that a process may wait for its job
LEAVING = 4  # processes of candidates that have been judged and may still be on their way out
WEAK = "--allow-weak-sandbox runs candidates all the same; do so only with code you trust"
WORKERS = 2  # candidates judged at once
_HIDDEN = "import os\ndef probe(paths): return [path for path in paths if not os.access(path, os.R_OK)]"

T = TypeVar("T")


class Sandbox:
    """A zygote for candidates and, when they are first needed, others."""

    def __init__(
        self, recipe: Recipe, limits: Mapping[str, int], candidates: Zygote | None, guest: Guest | None = None
    ) -> None:
        self.recipe = recipe
        self._guest = guest
        self.limits = limits
        self.level = "L0"
        self.withstood: Mapping[str, bool] = {}
        self.notes: tuple[str, ...] = ()  # why the level is not higher
        self._given = candidates
        self._others: dict[tuple[str, ...], Zygote] = {}  # by mode, hash seed, and what else is imported before
        self.ending: list[Callable[[], None]] = []  # what else has to end before the zygotes do
        self._spare: deque[Job] = deque()
        self._leaving: deque[int] = deque()
        self._closing = False
        self._lock = threading.Lock()
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="verify")

    def close(self) -> None:
        """Ends every process and every thread; once is enough, twice does no harm."""
        self._closing = True
        self.pool.shutdown(wait=False, cancel_futures=True)
        for zygote in (self._given, *self._others.values()):  # whoever waits for a candidate is told that it is gone
            if zygote is not None:
                zygote.close()
        self.pool.shutdown(wait=True)
        self._end()

    def _end(self) -> None:
        for end in self.ending:
            end()
        while self._leaving:
            os.close(self._leaving.popleft())
        for ours, _, status in self._spare:
            ours.close()
            os.close(status)
        self._spare.clear()
        for zygote in (self._given, *self._others.values()):
            if zygote is not None:
                zygote.close()
        self._others = {}

    @property
    def candidates(self) -> Zygote:
        if self._given is None:
            raise SandboxFault("there is no zygote")
        return self._given

    async def aside(self, work: Callable[..., T], *arguments: Any) -> T:
        """Does work that blocks in a thread. SandboxFault where none can be started."""
        import asyncio

        try:
            doing = asyncio.get_running_loop().run_in_executor(self.pool, work, *arguments)
        except RuntimeError as wrong:
            raise SandboxFault(f"no work can be done: {wrong}") from wrong
        return await doing

    def renew(self) -> None:
        """Fresh zygotes, after a fault. SandboxFault once it is being closed."""
        if self._closing:
            raise SandboxFault("it is closed")
        with self._lock:
            self._end()
            self._given = _zygote(self.recipe, self.limits, self._guest)

    def describe(self) -> dict[str, Any]:
        """For the plan: no floats."""
        holes = [attack for attack in GUARANTEES["L4"] if self.withstood.get(attack) is not True]
        told = {"level": self.level, "recipe": self.recipe.name, "meaning": MEANING[self.level], "holes": holes}
        return {**told, "notes": list(self.notes)} if self.notes else told

    def calls(
        self,
        source: str,
        entry: str,
        calls: Sequence[Any],
        wall: float,
        seconds: float = 0.0,
        enough: Callable[[int, Any], bool] | None = None,
        other_hashes: bool = False,
        pauses: Sequence[int] = (),
    ) -> Batch:
        """Loads a candidate and calls one of its functions with encoded arguments, one after another.

        wall     seconds for all of it; CPU is limited besides
        seconds  for one call, 0: no limit of its own
        enough   told (index, answer); True ends the batch
        pauses   places of calls that are not to be seen before all those before them are answered
        """
        zygote = self.zygote(MAIN, hash_seed="4242") if other_hashes else self.candidates
        ours, number, status = zygote.spawn(wall + 1) if other_hashes else self.fresh()
        batch = Batch()
        channel = TimedChannel(ours, time.monotonic() + wall)
        waves = [
            [[entry, arguments, None] for arguments in calls[begin:end]]
            for begin, end in itertools.pairwise((0, *pauses, len(calls)))
        ]
        try:
            channel.write(frames(source, seconds, codec.dumps(waves[0])))
            loaded = _answer(channel)
            if not isinstance(loaded, dict) or loaded.get("ok") is not True:
                batch.load = loaded
            else:
                _read_answers(channel, batch, waves, enough)
        except TimeoutError:
            batch.fault = "timeout"
        except (OSError, EOFError, ValueError, RecursionError, KeyError) as wrong:
            batch.fault = f"died: {type(wrong).__name__}"
        finally:
            ours.close()
            zygote.kill(number)
            whole = len(batch.answers) == len(calls) and batch.fault is None
            batch.ended = self.left(status, wait=not whole)
        return batch

    def fresh(self) -> Job:
        """A candidate's process that waits for its program; others are ordered, to be ready when they are wanted."""
        with self._lock:
            while len(self._spare) < (1 if self._guest else WORKERS + 1):
                self._spare.append(self.candidates.spawn(LIFETIME))
            return self._spare.popleft()

    def left(self, status: int, wait: bool) -> Ended:
        """How a job that was told to end has ended; without `wait` a later call sees to it that it is gone."""
        if wait:
            return ended_of(status, 10, self.limits["cpu_s"])
        with self._lock:
            self._leaving.append(status)
            oldest = self._leaving.popleft() if len(self._leaving) > LEAVING else None
        if oldest is not None:
            ended_of(oldest, 10, self.limits["cpu_s"])
        return Ended()

    def converse(self, job: Mapping[str, Any], wall: float) -> tuple[Any, Ended]:
        """Hands the guest a job in a process of its own; (its answer or None, how it ended)."""
        return self._conversation(self.candidates, job, wall, guest=True)

    def ask(self, zygote: Zygote, job: Mapping[str, Any], wall: float) -> tuple[Any, Ended]:
        """Hands a job to a process that is forked for it; (its answer, which may be forged, or None; how it ended)."""
        return self._conversation(zygote, job, wall)

    def _conversation(
        self, zygote: Zygote, job: Mapping[str, Any], wall: float, guest: bool = False
    ) -> tuple[Any, Ended]:
        ours, number, status = zygote.spawn(wall + 1, guest)
        said: Any = None
        overdue = False
        channel = TimedChannel(ours, time.monotonic() + wall)
        try:
            channel.send(dict(job))
            said = channel.receive()
        except TimeoutError:
            overdue = True
        except (OSError, EOFError, ValueError, RecursionError):
            pass
        finally:
            ours.close()
            zygote.kill(number)
            ended = ended_of(status, 10, self.limits["cpu_s"])
        return said, replace(ended, overdue=ended.overdue or overdue)

    def zygote(
        self, main: str, limits: Mapping[str, int] | None = None, hash_seed: str = "0", preload: Sequence[str] = ()
    ) -> Zygote:
        """The fork server whose children run `main`, started when it is first asked for.

        main     MODULE:FUNCTION, called with the descriptor of its channel
        limits   those of a candidate unless others are named
        preload  modules that are imported before the doors close
        """
        with self._lock:
            key = (main, hash_seed, *preload)
            if key not in self._others:
                self._others[key] = Zygote(main, self.recipe, limits or self.limits, hash_seed, preload)
            return self._others[key]


def frames(source: str, seconds: float, calls: bytes) -> bytes:
    """What a candidate's process is told first: its program, compiled where it can be, and calls."""
    try:
        job = codec.job({"program": compiled(source), "seconds": seconds})
    except UNREADABLE:
        job = codec.job({"source": source, "seconds": seconds})
    return codec.frame(job) + (codec.frame(calls) if calls else b"")


def _answer(channel: TimedChannel) -> Any:
    """What is answered next; ValueError where it is told in another form than ours."""
    answer = channel.receive()
    if not isinstance(answer, dict):
        raise ValueError("no answer")
    if "raised" in answer:
        codec.exception_of(answer["raised"])
    return answer


def _read_answers(
    channel: TimedChannel, batch: Batch, waves: Sequence[Sequence[Any]], enough: Callable[[int, Any], bool] | None
) -> None:
    for place, wave in enumerate(waves):
        if place:
            channel.send(wave)
        for _ in wave:
            answer = _answer(channel)
            batch.answers.append(answer)
            if enough is not None and enough(len(batch.answers) - 1, answer):
                batch.fault = "mismatch"
                return


def open_sandbox(
    allow_weak: bool = False,
    ladder: Sequence[Recipe] = LADDER,
    cpu_s: int = CANDIDATE["cpu_s"],
    guest: Guest | None = None,
) -> Sandbox:
    """The best sandbox this machine gives, its level established by attacking it.

    SandboxUnavailable below L3 unless weak ones are allowed, and where none starts at all.
    """
    reasons: dict[str, list[str]] = {}  # why, and the recipes that failed so
    started = False
    for recipe in LADDER[-1:] if forkserver.PLAIN else ladder:
        try:
            sandbox = _attempt(recipe, {**CANDIDATE, "cpu_s": cpu_s, **(guest.limits if guest else {})}, guest)
        except (SandboxFault, OSError) as wrong:
            reasons.setdefault(str(wrong)[:200], []).append(recipe.name)
            continue
        if sandbox.level >= "L3" or allow_weak:
            sandbox.notes = _notes(reasons) if sandbox.level < "L4" else ()
            return sandbox
        sandbox.close()
        reasons.setdefault(f"only {sandbox.level}", []).append(recipe.name)
        started = True
    message = f"no sandbox of level L3 or better on this machine ({'; '.join(reversed(_notes(reasons)))})"
    raise SandboxUnavailable(message, WEAK if started else AGAIN)


def _notes(reasons: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Why better recipes failed, in the order in which they were tried."""
    return tuple(f"{' / '.join(recipes)}: {reason}" for reason, recipes in reasons.items())


def _zygote(recipe: Recipe, limits: Mapping[str, int], guest: Guest | None) -> Zygote:
    return Zygote(MAIN, recipe, limits, more=guest.preload if guest else (), guest=guest)


def _attempt(recipe: Recipe, limits: Mapping[str, int], guest: Guest | None) -> Sandbox:
    sandbox = Sandbox(recipe, limits, _zygote(recipe, limits, guest), guest)
    try:
        attacked(sandbox)
        hidden = _inside(sandbox, _HIDDEN, [list(guest.readable)]) if guest else []
        if hidden:
            raise SandboxFault(f"{hidden[0]} cannot be read in it")
    except BaseException:
        sandbox.close()
        raise
    return sandbox


def attacked(sandbox: Sandbox) -> None:
    """Attacks it from within, and sets its level to what it withstood. SandboxFault where no attack can be run."""
    with tempfile.NamedTemporaryFile(prefix="kgents-canary-") as canary:
        canary.write(b"secret")
        canary.flush()
        os.chmod(canary.name, 0o666)  # so that it is the sandbox that has to keep it, not the owner's rights
        sandbox.withstood = _inside(sandbox, ATTACKS, [canary.name, os.getpid()])
    sandbox.level = level_of(sandbox.withstood)


def _inside(sandbox: Sandbox, source: str, arguments: Sequence[Any]) -> Any:
    """What `probe` of a source says in a candidate's place."""
    batch = sandbox.calls(source, "probe", [codec.encode(list(arguments))], 10)
    if not batch.answers or "value" not in batch.answers[0]:
        raise SandboxFault(f"the attack did not run: {_reason(batch)}")
    return codec.decode(batch.answers[0]["value"])


def _reason(batch: Batch) -> str:
    """Why a program of ours gave no answer, in one line."""
    answer = batch.load or (batch.answers or [None])[0]
    if isinstance(answer, dict) and "raised" in answer:
        name, _, text = codec.exception_of(answer["raised"])
        return f"{name}: {text}"
    return f"{batch.fault or 'no answer'} (exit {batch.ended.exit}, signal {batch.ended.signal})"
