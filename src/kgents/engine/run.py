"""The loop of an experiment as a state machine: it is told what was witnessed, and says what to do next.

  receive(entry)   a fact, in the order in which it is (or is about to be) recorded
  next()           Start(slot): launch this trial and witness Started · Record(fact): witness this fact
                   Wait(): nothing to do until a trial ends · Done(): nothing more will happen

The rules:
- State is the fold of the entries. Replaying a record gives the identical state; `interrupt` and `exhaust` alone are not
  recorded, because they become a Stopped fact.
- Outcomes are consumed in the order in which their trials were launched. An outcome that came early waits for its turn.
- No trial is launched that could turn out to be needless: the decider says how many may be in flight.
- A trial that was launched and has no outcome (a crash, a cancellation) is launched again with the same seed.
"""

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from kgents.domain.fact import (
    Decided,
    Fact,
    Finished,
    Planned,
    Resumed,
    Sealed,
    Started,
    Stopped,
    StopReason,
    Voided,
    Warned,
)
from kgents.domain.mark import Entry
from kgents.domain.outcome import Usage
from kgents.domain.plan import Budget, Plan
from kgents.domain.ports import Slot
from kgents.domain.prefix import Totals, counted
from kgents.engine.decider import Decider
from kgents.engine.deciders import decider_of
from kgents.engine.watch import Watch


@dataclass(frozen=True, slots=True)
class Start:
    """Launch this trial."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class Record:
    """Witness this fact."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Wait:
    """Trials are in flight; nothing to do until one ends."""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more will happen."""


Command = Start | Record | Wait | Done
STUBBORN = 3  # trials in a row that end a run
FIXED = "fixed"  # the reason of a decision that comes when all trials of a fixed number have ended
_Key = tuple[int, int]


class Run:
    """One experiment in progress.

    deciding  what decides by a plan; None: `decider_of`
    """

    def __init__(self, concurrency: int = 1, deciding: Callable[[Plan], Decider] | None = None) -> None:
        self.concurrency, self._deciding = concurrency, deciding or decider_of
        self.decided: Decided | None = None
        self.stopped: Stopped | None = None
        self.sealed = False
        self.usage = Usage()
        self.elapsed = timedelta()
        self.counted = Totals([])
        self._plan: Plan | None = None
        self._decider: Decider | None = None
        self._budget = Budget()
        self._watch = Watch()
        self._queue: deque[_Key] = deque()
        self._pending: list[int] = []
        self._arrived: dict[_Key, Finished] = {}
        self._flying: set[_Key] = set()
        self._lost: list[_Key] = []
        self._stubborn = 0  # trials in a row whose cause ends a run
        self._errors = 0
        self._last_error = ""
        self._fatal: Finished | None = None
        self._interrupted = False
        self._exhausted = False
        self._halted = ""
        self.known_usd = Decimal(0)
        self._last: datetime | None = None
        self._measured = 0  # microseconds since the experiment was taken up, at the last entry

    @property
    def plan(self) -> Plan:
        """The plan; a run without one cannot be asked anything."""
        if self._plan is None:
            raise RuntimeError("a run begins with Planned")
        return self._plan

    @property
    def decider(self) -> Decider:
        """What decides."""
        if self._decider is None:
            raise RuntimeError("a run begins with Planned")
        return self._decider

    @property
    def finished(self) -> int:
        """How many trials have an outcome, also those that wait for one that was launched earlier."""
        return self.counted.finished + len(self._arrived)

    @property
    def in_flight(self) -> int:
        """How many trials are running."""
        return len(self._flying)

    @property
    def doomed(self) -> bool:
        """Whether every further trial would meet the wall that one has met."""
        return self._fatal is not None or bool(self._halted)

    def state(self) -> Hashable:
        """All that the record determines: equal for equal records."""
        return (
            (self._plan, self._budget, self.decided, self.stopped, self.sealed, self.usage, self.elapsed),
            (tuple(self._queue), tuple(sorted(self._arrived)), tuple(sorted(self._flying)), tuple(self._lost)),
            (self._errors, self._fatal, tuple(self._pending), self._watch.state()),
            self._decider and self._decider.state(),
        )

    # what was witnessed

    def receive(self, entry: Entry) -> None:
        """Takes the next fact of the record."""
        self._pass(entry)
        match entry.fact:
            case Planned(plan):
                self._plan, self._budget, self._decider = plan, plan.budget, self._deciding(plan)
                self._pending = [0] * len(plan.arms)
                self.counted = Totals.of(len(plan.arms))
                self._watch.plan(plan)
            case Started(arm, index):
                self._start((arm, index))
            case Finished() as trial:
                self._finish(trial)
            case Voided(arm, index, usage):
                self._lose((arm, index))
                self._pay(usage)
            case Decided() as decision:
                self.decided = decision
            case Sealed():
                self.sealed = True
            case other:
                self._turn(other)

    def _pass(self, entry: Entry) -> None:
        """Adds the time since the entry before: never less than nothing, whatever was done to the clock of the day."""
        if isinstance(entry.fact, Planned | Resumed):
            self._measured = 0
        elif entry.elapsed_us is not None:
            self.elapsed += timedelta(microseconds=max(0, entry.elapsed_us - self._measured))
            self._measured = max(self._measured, entry.elapsed_us)
        elif self._last is not None:  # from before it was measured
            self.elapsed += max(timedelta(), entry.at - self._last)
        self._last = entry.at
        self._watch.pass_(entry.at)

    @property
    def seconds_left(self) -> float | None:
        """Of the budget of seconds, at the last fact; None without a budget."""
        return None if self._budget.seconds is None else self._budget.seconds - self.elapsed.total_seconds()

    def interrupt(self) -> None:
        """Somebody asked to stop: nothing new is launched."""
        self._interrupted = True

    def exhaust(self) -> None:
        """A trial could not pay for what it needed: nothing new is launched."""
        self._exhausted = True

    def halt(self, why: str) -> None:
        """What runs the trials is gone: nothing new is launched."""
        self._halted = self._halted or why

    def _pay(self, usage: Usage) -> None:
        self.usage += usage
        self.known_usd += usage.cost_usd or Decimal(0)

    def _turn(self, fact: Fact) -> None:
        match fact:
            case Warned() as warning:
                self._watch.record(warning)
            case Stopped() as stop:
                self.stopped = stop
            case Resumed(budget):
                self.stopped, self._budget = None, budget
                self._interrupted, self._exhausted, self._halted = False, False, ""
                self._fatal, self._errors = None, 0
                for key in [key for key in self._queue if key in self._flying]:
                    self._lose(key)
                self.decider.forgive()
            case _:
                pass

    def _start(self, key: _Key) -> None:
        self._flying.add(key)
        if key in self._lost:
            self._lost.remove(key)
            return
        self._queue.append(key)
        self._pending[key[0]] += 1
        self.decider.launch(*key)

    def _lose(self, key: _Key) -> None:
        self._flying.discard(key)
        self._lost.append(key)

    def _finish(self, trial: Finished) -> None:
        key = (trial.arm, trial.index)
        self._flying.discard(key)
        self._arrived[key] = trial
        self._pay(trial.usage)
        if trial.cause is not None and trial.cause.fatal and trial.success is None:
            self._fatal = self._fatal or trial
        while self._queue and self._queue[0] in self._arrived:
            self._consume(self._arrived.pop(self._queue.popleft()))

    def _consume(self, trial: Finished) -> None:
        self._pending[trial.arm] -= 1
        success = counted(trial.success, trial.cause, self.plan.errors)
        if success is None:
            self._errors += 1
            self._last_error = trial.error or str(trial.cause)
        self._stubborn = self._stubborn + 1 if trial.cause is not None and trial.cause.stubborn else 0
        if self._stubborn >= STUBBORN:
            self._fatal = self._fatal or trial
        if self.decided is None:
            self.counted.add(trial, self.plan.errors)
            self._watch.see(trial, success)
            self.decider.consume(trial.arm, trial.index, success, trial.score)

    # what to do next

    def next(self) -> Command:
        """The next command."""
        if self.sealed or self.stopped:
            return Done()
        if self.decided:
            return Wait() if self._flying else Record(Sealed())
        decision = self.decider.decision()
        if decision is not None and not (decision.reason == FIXED and self._errors >= self.plan.max_errors):
            return Record(self._watch.warning(self.plan) or decision)
        stop = self._stop()
        if stop is not None:
            return Wait() if self._flying else Record(self._watch.warning(self.plan) or stop)
        return self._launch()

    def _launch(self) -> Command:
        if len(self._flying) >= self.concurrency:
            return Wait()
        key = self._lost[0] if self._lost else self.decider.propose(self._pending)
        if key is None:
            return Wait()
        return Start(Slot(*key, self.plan.seed_of(*key)))

    def _stop(self) -> Stopped | None:
        if self._fatal is not None:
            return Stopped(StopReason.FATAL, self._fatal.error or str(self._fatal.cause))
        if self._halted:
            return Stopped(StopReason.FATAL, self._halted)
        if self._errors >= self.plan.max_errors or self.decider.exhausted():
            last = f", the last time: {self._last_error}" if self._last_error else ""
            return Stopped(StopReason.ERRORS, f"{self._errors} trials gave no evidence{last}")
        if self._interrupted:
            return Stopped(StopReason.INTERRUPTED)
        return self._over_budget() or self._unpaid()

    def _unpaid(self) -> Stopped | None:
        if not self._exhausted:
            return None
        caps = {
            StopReason.BUDGET_TOKENS: self._budget.tokens,
            StopReason.BUDGET_USD: self._budget.usd,
            StopReason.BUDGET_SECONDS: self._budget.seconds,
        }
        reason = next((reason for reason, cap in caps.items() if cap is not None), StopReason.INTERRUPTED)
        return Stopped(reason, "what is left of the budget pays for no further attempt")

    def _over_budget(self) -> Stopped | None:
        budget = self._budget
        tokens = self.usage.input_tokens + self.usage.output_tokens
        if budget.seconds is not None and self.elapsed.total_seconds() >= budget.seconds:
            return Stopped(StopReason.BUDGET_SECONDS, f"{self.elapsed.total_seconds():.1f} s of {budget.seconds:g} s")
        if budget.tokens is not None and tokens >= budget.tokens:
            return Stopped(StopReason.BUDGET_TOKENS, f"{tokens} tokens of {budget.tokens}")
        if budget.usd is not None and self.known_usd >= budget.usd:
            return Stopped(StopReason.BUDGET_USD, f"{self.known_usd} USD of {budget.usd}")
        return None
