"""Ask and tell: the loop of an experiment whose trials somebody else runs, in any order and from any process.

Rule: between calls nothing is held but the record. Every call replays what is new, writes one transaction, and lets go.
A trial that was asked for with a lease is void when the lease is over: it is asked anew, with its seed, by the next call
that asks; the outcome of a void attempt is refused.
"""

import asyncio
import math
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kgents.domain.fact import Fact, Finished, Planned, Started, StopReason, Voided
from kgents.domain.ids import experiment_id
from kgents.domain.json import canonical
from kgents.domain.mark import Entry, digest
from kgents.domain.outcome import Cause, Outcome, Usage, dollars, whole_tokens
from kgents.domain.ports import Slot, Store
from kgents.engine.run import Record, Run, Start
from kgents.errors import Busy, UsageError
from kgents.harness.secret import Secrets
from kgents.kinds.callable.answer import is_numpy_bool, text_of
from kgents.kinds.kind import Request, RunContext
from kgents.kinds.registry import decider_by, kind_of
from kgents.runner.begin import announce_impossible, plan_of, refuse
from kgents.runner.clock import SystemClock
from kgents.runner.finish import finished

Key = tuple[int, int]
NO_LIMIT = 2**31
BUSY_ATTEMPTS, BUSY_SECONDS = 200, 0.05  # another caller holds an experiment for some milliseconds


@dataclass(frozen=True, slots=True)
class Asked:
    """One trial to run: `attempt` counts from 1 how often it was asked for; `expires` is when its lease is over."""

    index: int
    seed: int
    attempt: int
    expires: datetime | None


@dataclass(slots=True)
class _Attempt:
    """A trial that was begun, and until when its lease holds."""

    number: int
    at: datetime
    lease_ms: int | None

    @property
    def expires(self) -> datetime | None:
        return None if self.lease_ms is None else self.at + timedelta(milliseconds=self.lease_ms)


@dataclass(slots=True)
class _State:
    """What the record says: the run, the trials in flight, how often each was asked for, and what was told."""

    run: Run = field(default_factory=lambda: Run(NO_LIMIT, decider_by))
    flying: dict[Key, _Attempt] = field(default_factory=dict)
    attempts: dict[Key, int] = field(default_factory=dict)
    told: dict[Key, bool | None] = field(default_factory=dict)

    def receive(self, entry: Entry) -> None:
        """Takes the next fact."""
        self.run.receive(entry)
        match entry.fact:
            case Started(arm, index, lease_ms):
                number = self.attempts[arm, index] = self.attempts.get((arm, index), 0) + 1
                self.flying[arm, index] = _Attempt(number, entry.at, lease_ms)
            case Finished(arm=arm, index=index, success=success):
                self.flying.pop((arm, index), None)
                self.told[arm, index] = success
            case Voided(arm, index):
                self.flying.pop((arm, index), None)
            case _:
                pass


class Asking:
    """An experiment that is open for asking and telling."""

    def __init__(self, store: Store, context: RunContext, experiment: str) -> None:
        self._store = store
        self._redact = Secrets(context.environment).redact
        self._clock = SystemClock()
        self.experiment = experiment

    async def ask(self, count: int, lease: float | None = None) -> tuple[list[Asked], bool]:
        """At most `count` trials that are needed whatever those in flight come to, and whether the experiment is over.

        lease  seconds until a trial is void if nothing is told of it
        """
        async with self._held() as (state, writer):
            for key, attempt in list(state.flying.items()):
                if attempt.expires is not None and attempt.expires <= self._clock.now():
                    writer.add(Voided(*key))
            asked: list[Asked] = []
            while len(asked) < count:
                match state.run.next():
                    case Start(slot):
                        writer.add(Started(slot.arm, slot.index, None if lease is None else round(lease * 1000)))
                        attempt = state.flying[slot.arm, slot.index]
                        asked.append(Asked(slot.index, slot.seed, attempt.number, attempt.expires))
                    case Record(fact):
                        writer.add(fact)
                    case _:
                        break
            return asked, over(state.run)

    async def tell(self, index: int, outcome: Outcome | None, attempt: int | None = None) -> bool:
        """Takes the outcome of a trial; None: it is void, and asked anew. Whether the experiment is over now.

        Telling the outcome that was told is no change. UsageError for another outcome, for a trial that nobody asked
        for, and for an attempt that is void.
        """
        async with self._held() as (state, writer):
            if not self._repeated(state, index, outcome):
                self._tell(state, writer, index, outcome, attempt)
                while isinstance(command := state.run.next(), Record):
                    writer.add(command.fact)
            return over(state.run)

    async def is_over(self) -> bool:
        """Whether no further trial is needed."""
        summary = await self._store.summary(self.experiment)
        return summary.decision is not None or summary.stop is not None

    def _repeated(self, state: _State, index: int, outcome: Outcome | None) -> bool:
        key = (0, index)
        if key not in state.told or outcome is None:
            return False
        if state.told[key] != outcome.success:
            before = {True: "pass", False: "fail", None: "error"}[state.told[key]]
            raise UsageError(f"trial {index} was told before, as {before}", "an outcome cannot be changed")
        return True

    def _tell(self, state: _State, writer: "_Writer", index: int, outcome: Outcome | None, attempt: int | None) -> None:
        now, flying = self._clock.now(), state.flying.get((0, index))
        if flying is None:
            asked = (0, index) in state.attempts
            message = (
                f"trial {index} is void: its lease was over or it was given up"
                if asked
                else f"nobody asked for trial {index}"
            )
            raise UsageError(message, "ask for trials first, and tell each within its lease")
        if flying.expires is not None and flying.expires <= now:
            raise UsageError(
                f"trial {index} is void: its lease was over at {flying.expires.isoformat(timespec='seconds')}",
                "it will be asked for anew; a longer lease gives more time",
            )
        if attempt is not None and attempt != flying.number:
            raise UsageError(
                f"attempt {attempt} of trial {index} is void; attempt {flying.number} is under way", "tell that one"
            )
        if outcome is None:
            writer.add(Voided(0, index))
            return
        seconds = (now - flying.at).total_seconds() if outcome.seconds is None else outcome.seconds
        fact, blobs, _ = finished(Slot(0, index, 0), outcome, max(0.0, seconds), self._redact)
        writer.blobs.extend(blobs)
        writer.add(fact)

    @asynccontextmanager
    async def _held(self) -> "AsyncIterator[tuple[_State, _Writer]]":
        """The state of the record, held until what is added to it is written."""
        async with locked(self._store, self.experiment):
            state = _State()
            async for mark in self._store.marks(self.experiment):
                state.receive(mark.entry)
            writer = _Writer(state, self._clock)
            if state.run.stopped is not None and state.run.stopped.reason is StopReason.ERRORS:
                raise UsageError(f"{self.experiment} gave up: {state.run.stopped.text}", "begin a new experiment")
            yield state, writer
            if writer.entries:
                await self._store.append(self.experiment, writer.entries, writer.blobs)


def over(run: Run) -> bool:
    """Whether no further trial is needed."""
    return run.decided is not None or run.stopped is not None


class _Writer:
    """Facts of one call, in the order in which they are to be written."""

    def __init__(self, state: _State, clock: SystemClock) -> None:
        self._state = state
        self._clock = clock
        self.entries: list[Entry] = []
        self.blobs: list[bytes] = []

    def add(self, fact: Fact) -> None:
        """Adds a fact to the state and to what will be written."""
        entry = Entry(self._clock.now(), fact)
        self._state.receive(entry)
        self.entries.append(entry)


@asynccontextmanager
async def locked(store: Store, experiment: str) -> AsyncIterator[None]:
    """The right to write; another caller has it for some milliseconds only, so it is waited for. Busy in the end."""
    for attempt in range(BUSY_ATTEMPTS):
        lock = store.lock(experiment)
        try:
            await lock.__aenter__()
            break
        except Busy:
            if attempt + 1 == BUSY_ATTEMPTS:
                raise
            await asyncio.sleep(BUSY_SECONDS)
    try:
        yield
    finally:
        await lock.__aexit__(None, None, None)


async def open_told(request: Request, store: Store, context: RunContext) -> str:
    """Writes the plan of a new experiment whose trials will be told; its id."""
    refuse(request, Secrets(context.environment).redact)
    now = SystemClock().now()
    config = canonical(dict(request.config))
    plan = plan_of(request, experiment_id(now, secrets.randbits(30)), digest(config))
    announce_impossible(plan)
    await store.append(plan.experiment, [Entry(now, Planned(plan))], [config])
    return plan.experiment


async def attached(reference: str, store: Store, context: RunContext) -> Asking:
    """An experiment that was opened before. UsageError where its trials are not told."""
    experiment = await store.resolve(reference)
    kind = (await store.summary(experiment)).plan.kind
    if not kind_of(kind).is_told:
        raise UsageError(f"{experiment} runs its own trials (kind {kind})", "open one: kg experiment open --target 0.9")
    return Asking(store, context, experiment)


def told(
    success: object,
    output: Any = "",
    error: str | None = None,
    usd: float | str | Decimal | None = None,
    tokens: int = 0,
    seconds: float | None = None,
) -> Outcome | None:
    """The outcome that is told; None for a void trial. UsageError for what no outcome can be, by its name.

    output  text, or anything else, which is kept as JSON
    """
    if success is None:
        return None
    if not (isinstance(success, bool) or is_numpy_bool(success)):
        raise UsageError(f"success = {success!r}: True, False, or None for a void trial", "such as tell(t.index, True)")
    if error is not None and not isinstance(error, str):
        raise UsageError(f"error = {error!r}: one line of text is needed", 'such as error="no answer"')
    if seconds is not None and not _is_duration(seconds):
        raise UsageError(f"seconds = {seconds!r}: a finite number of 0 or more", "None: since it was asked for")
    usage, text = _usage(usd, tokens), text_of(output)
    if success:
        return Outcome.passed(text, usage=usage, seconds=seconds)
    return Outcome.failed(Cause.WRONG_OUTPUT, error or "told: fail", text, usage=usage, seconds=seconds)


def _usage(usd: Any, tokens: Any) -> Usage:
    try:
        count = whole_tokens(tokens)
    except ValueError:
        raise UsageError(f"tokens = {tokens!r}: a whole number of 0 or more", "such as tokens=900") from None
    try:
        cost = dollars(usd) if usd is not None else None if count else Decimal(0)
    except ValueError:
        raise UsageError(f"usd = {usd!r} is not an amount", "give dollars of 0 or more, such as 0.002") from None
    return Usage(output_tokens=count, cost_usd=cost, calls=1 if usd is not None or count else 0)


def _is_duration(seconds: Any) -> bool:
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return number and math.isfinite(seconds) and seconds >= 0
