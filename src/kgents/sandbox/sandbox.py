"""The sandbox from outside: processes for candidates and for programs of ours, and the level established by attack.

Rule: methods block; callers in an event loop use a thread. What a candidate does is in the result; only a fault of the
sandbox itself is raised (SandboxFault).
"""

import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from kgents.errors import SandboxUnavailable, UsageError
from kgents.sandbox import facts, forkserver
from kgents.sandbox.attacks import ATTACKS
from kgents.sandbox.backend import Backend, Process
from kgents.sandbox.batch import Batch, ask
from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.environment import Environment
from kgents.sandbox.facts import Facts, Readings
from kgents.sandbox.forkserver import AGAIN, SandboxFault
from kgents.sandbox.inside import values
from kgents.sandbox.inside.messages import Confinement
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.levels import GUARANTEES, LADDER, MEANING, Recipe, level_of
from kgents.sandbox.local import LocalBackend
from kgents.sandbox.program import CANDIDATE, Limits, Program

__all__ = ["Batch", "Ended", "Program", "Sandbox", "SandboxFault", "open_sandbox"]

LIFETIME = 3600.0  # seconds that a process may wait for its job
LEAVING = 4  # processes of candidates that have been judged and may still be on their way out
WEAK = "--allow-weak-sandbox runs candidates all the same; do so only with code you trust"
WORKERS = 3
_HIDDEN = "import os\ndef probe(paths): return [path for path in paths if not os.access(path, os.R_OK)]"

T = TypeVar("T")


class Sandbox:
    """Processes of one backend, for candidates of one environment and for programs that talk to us.

    guest   a program of ours that runs untrusted code itself, in the confinement of a candidate
    served  programs, besides, whose processes are forked by the same server as candidates: where they were not named, each
            starts a server of its own
    """

    def __init__(
        self,
        name: str,
        backend: Backend,
        limits: Limits,
        environment: Environment,
        guest: Program | None = None,
        served: Sequence[Program] = (),
    ) -> None:
        self.name = name
        self.backend = backend
        self.environment = environment
        readers = (facts.program(environment), facts.reading(environment))
        own = [guest] if guest else []
        self.candidate = Program(limits=limits, environment=environment).serving([*readers, *own, *served])
        self.level = "L0"
        self.withstood: Mapping[str, bool] = {}
        self.notes: tuple[str, ...] = ()  # why the level is not higher
        self.ending: list[Callable[[], None]] = []  # what else has to end before the processes do
        self.widen: Callable[[str], Sandbox] | None = None  # opens one in which a package can be imported besides
        self._wider: dict[str, Sandbox | None] = {}
        self._widening = threading.Lock()
        self._guest = guest
        self._leaving: deque[Process] = deque()
        self._closing = False
        self._lock = threading.Lock()
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="verify")

    def close(self) -> None:
        """Ends every process and every thread; once is enough, twice does no harm."""
        self._closing = True
        self.pool.shutdown(wait=False, cancel_futures=True)
        with self._widening:
            for wider in filter(None, self._wider.values()):
                wider.close()
        self.backend.close()  # whoever waits for a candidate is told that it is gone
        self.pool.shutdown(wait=True)
        self._forget()

    def renew(self) -> None:
        """Starts afresh, after a fault."""
        if self._closing:
            raise SandboxFault("the sandbox is closed")
        with self._lock:
            self.backend.renew()
            self._forget()

    def _forget(self) -> None:
        for end in self.ending:
            end()
        for process in self._leaving:
            with suppress(SandboxFault):
                _gone(process, 0.0)
        self._leaving.clear()

    def with_package(self, name: str) -> "Sandbox | None":
        """One as strong as this in which a package can be imported besides; it ends with this one. None where there is none."""
        with self._widening:
            if name not in self._wider and self.widen is not None and not self._closing:
                try:
                    wider = self.widen(name)
                except (UsageError, SandboxUnavailable):
                    self._wider[name] = None
                else:
                    self._wider[name] = wider if wider.level >= self.level else None
                    if self._wider[name] is None:
                        wider.close()
            return self._wider.get(name)

    async def in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        """Does work that blocks in a thread. SandboxFault where none can be started."""
        import asyncio

        try:
            doing = asyncio.get_running_loop().run_in_executor(self.pool, work, *arguments)
        except RuntimeError as wrong:
            raise SandboxFault(f"no work can be done: {wrong}") from wrong
        return await doing

    def describe(self) -> Confinement:
        """For the plan: no floats."""
        holes = [attack for attack in GUARANTEES["L4"] if self.withstood.get(attack) is not True]
        told: Confinement = {"level": self.level, "recipe": self.name, "meaning": MEANING[self.level], "holes": holes}
        if self.notes:
            told["notes"] = list(self.notes)
        return told

    def start(self, program: Program, wall: float) -> Process:
        """A fresh process that runs a program of ours; it is ended when `wall` seconds are over."""
        return self.backend.start(program, wall)

    def program(self, main: str, **parts: Any) -> Program:
        """A program in the environment of the candidates."""
        return Program(main, **{"environment": self.environment, **parts})

    def calls(
        self,
        source: str,
        entry: str,
        calls: Sequence[Any],
        wall: float,
        seconds: float = 0.0,
        defined: Sequence[str] = (),
    ) -> Batch:
        """Loads a candidate and calls one of its functions with encoded arguments, one after another.

        wall     seconds for all of it; CPU is limited besides
        seconds  for one call, 0: no limit of its own
        defined  names that the candidate has to define; those it lacks are in the batch, and it is not run
        """
        process = self.backend.start(self.candidate, wall + 1)
        batch = Batch()
        try:
            channel = TimedChannel(process.socket, time.monotonic() + wall)
            ask(channel, batch, source, entry, calls, seconds, defined)
        finally:
            batch.ended = self.left(process, wait=len(batch.answers) < len(calls) or batch.fault is not None)
        return batch

    def left(self, process: Process, wait: bool) -> Ended:
        """Ends a process and says how it ended; without `wait` a later call sees to it that it is gone."""
        process.kill()
        if wait:
            return _gone(process)
        with self._lock:
            self._leaving.append(process)
            oldest = self._leaving.popleft() if len(self._leaving) > LEAVING else None
        if oldest is not None:
            _gone(oldest)
        return Ended()

    def exchange(self, job: Mapping[str, object], wall: float) -> tuple[Any, Ended]:
        """Hands the guest a job in a process of its own; (its answer or None, how it ended)."""
        return self.ask(self._guest or self.candidate, job, wall)

    def ask(self, program: Program, job: Mapping[str, object], wall: float) -> tuple[Any, Ended]:
        """Hands a job to a fresh process; (its answer, which may be forged, or None; how it ended)."""
        process = self.backend.start(program, wall + 1)
        answer: Any = None
        overdue = False
        try:
            channel = TimedChannel(process.socket, time.monotonic() + wall)
            channel.send(dict(job))
            answer = channel.receive()
        except TimeoutError:
            overdue = True
        except (OSError, EOFError, ValueError, RecursionError):
            pass
        finally:
            ended = self.left(process, wait=True)
        return answer, replace(ended, overdue=ended.overdue or overdue)

    def facts(self, source: str, wall: float = 10.0) -> Facts:
        """What a program is (its error, names, signatures, imports), told by a child: reading it costs nobody else.

        A program that ends the child, or takes it too long, has the error ResourceError.
        """
        large = facts.too_large(source)
        if large is not None:
            return large
        answer, ended = self.ask(facts.program(self.environment), {"source": source}, wall)
        try:
            return facts.read(answer)
        except ValueError:
            how = f"signal {ended.signal}" if ended.signal else f"exit {ended.exit}"
            how = "too long" if ended.overdue else how
            return Facts(facts.SourceError("ResourceError", f"reading it needs more than is allowed ({how})"))

    def readings(self, blocks: Sequence[str], text: str | None = None, stem: str = "", wall: float = 20.0) -> Readings:
        """Facts of blocks, the programs in a text, and what continues a stem, told by a child.

        Where the child does not live through it, nothing is known of any part.
        """
        job = {"blocks": list(blocks), "text": text, "stem": stem}
        answer, _ = self.ask(facts.reading(self.environment), job, wall)
        try:
            return facts.read_all(answer)
        except ValueError:
            lost = Facts(facts.SourceError("ResourceError", "reading it needs more than is allowed"))
            return Readings(tuple(lost for _ in blocks))


def _gone(process: Process, patience: float = 10.0) -> Ended:
    """How a process ended that was killed; its line is closed after it, so that it need not be told."""
    try:
        return process.ended(patience)
    finally:
        process.socket.close()


def open_sandbox(
    allow_weak: bool = False,
    ladder: Sequence[Recipe] = LADDER,
    cpu_s: int = CANDIDATE.cpu_s,
    guest: Program | None = None,
    environment: Environment | None = None,
    served: Sequence[Program] = (),
    meanwhile: Callable[[], None] | None = None,
) -> Sandbox:
    """The best sandbox this machine gives, its level established by attacking it; for `served` see Sandbox. `meanwhile` is done
    while the first one that is tried starts.

    SandboxUnavailable below L3 unless weak ones are allowed, and where none starts at all.
    """
    reasons: dict[str, list[str]] = {}  # why, and the recipes that failed so
    started = False
    candidate = guest or Program()
    limits = candidate.limits if guest else replace(candidate.limits, cpu_s=cpu_s)
    environment = environment or candidate.environment
    for recipe in LADDER[-1:] if forkserver.PLAIN else ladder:
        backend = LocalBackend(recipe)
        sandbox = Sandbox(recipe.name, backend, limits, environment, guest, served)
        try:
            if meanwhile is not None:
                backend.zygote(sandbox.candidate)
                meanwhile()
                meanwhile = None
            _attempt(sandbox, guest)
        except (SandboxFault, OSError) as wrong:
            sandbox.close()
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


def _attempt(sandbox: Sandbox, guest: Program | None) -> None:
    try:
        attacked(sandbox)
        hidden = probed(sandbox, _HIDDEN, [list(guest.environment.folders)]) if guest else []
        if hidden:
            raise SandboxFault(f"{hidden[0]} cannot be read in it")
    except BaseException:
        sandbox.close()
        raise


def attacked(sandbox: Sandbox) -> None:
    """Attacks it from within, and sets its level to what it withstood. SandboxFault where no attack can be run."""
    with tempfile.NamedTemporaryFile(prefix="kgents-canary-") as canary:
        canary.write(b"secret")
        canary.flush()
        os.chmod(canary.name, 0o666)  # so that it is the sandbox that has to keep it, not the owner's rights
        sandbox.withstood = probed(sandbox, ATTACKS, [canary.name, os.getpid()])
    sandbox.level = level_of(sandbox.withstood)


def probed(sandbox: Sandbox, source: str, arguments: Sequence[Any]) -> Any:
    """What `probe` of a source says in a candidate's place."""
    batch = sandbox.calls(source, "probe", [values.encode(list(arguments))], 10)
    if not batch.answers or "value" not in batch.answers[0]:
        raise SandboxFault(f"the attack did not run: {_reason(batch)}")
    return values.decode(batch.answers[0]["value"])


def _reason(batch: Batch) -> str:
    """Why a program of ours gave no answer, in one line."""
    answer = batch.load or next(iter(batch.answers), None)
    if answer is not None and "raised" in answer:
        name, _, text = values.exception_of(answer["raised"])
        return f"{name}: {text}"
    return f"{batch.fault or 'no answer'} (exit {batch.ended.exit}, signal {batch.ended.signal})"
