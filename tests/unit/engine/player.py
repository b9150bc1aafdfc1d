"""Plays a run without a world: outcomes come from a function of the slot, in an order that the test chooses."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from kgents.domain.fact import Fact, Finished, Planned, Resumed, Started
from kgents.domain.mark import Entry
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import Budget, Errors, Layout, Plan
from kgents.engine.run import Done, Record, Run, Start, Wait
from kgents.stats import Design

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
Answer = Callable[[int, int], bool | Cause]


def plan(design: Design, arms: int = 1, **more: object) -> Plan:
    """A plan of the null kind."""
    names = tuple(f"arm{number}" for number in range(arms)) if arms > 1 else ("",)
    fields: dict[str, object] = {"layout": Layout.INDEPENDENT, "errors": Errors.EXCLUDE, "budget": Budget(), **more}
    return Plan("exp-test", "null", "0" * 64, design, "digest", 7, names, **fields)  # type: ignore[arg-type]


@dataclass
class Player:
    """Drives one run; `entries` is its record."""

    answer: Answer
    run: Run
    random: Random
    entries: list[Entry] = field(default_factory=list)
    flying: list[tuple[int, int]] = field(default_factory=list)
    started: list[tuple[int, int]] = field(default_factory=list)
    most_in_flight: int = 0
    usage: Usage = Usage()

    def witness(self, fact: Fact) -> None:
        """Records a fact one second after the last."""
        entry = Entry(EPOCH + timedelta(seconds=len(self.entries)), fact)
        self.entries.append(entry)
        self.run.receive(entry)

    def begin(self, planned: Plan) -> "Player":
        """Plays a new run to its end."""
        self.witness(Planned(planned))
        return self.play()

    def play(self, steps: int | None = None) -> "Player":
        """Plays until the run is done, or for a number of commands."""
        while steps is None or steps > 0:
            steps = None if steps is None else steps - 1
            match self.run.next():
                case Start(slot):
                    self.flying.append((slot.arm, slot.index))
                    self.started.append((slot.arm, slot.index))
                    self.most_in_flight = max(self.most_in_flight, len(self.flying))
                    self.witness(Started(slot.arm, slot.index))
                case Record(fact):
                    self.witness(fact)
                case Wait():
                    self.land()
                case Done():
                    break
        return self

    def land(self) -> None:
        """One trial in flight ends: any of them."""
        arm, index = self.flying.pop(self.random.randrange(len(self.flying)))
        said = self.answer(arm, index)
        if isinstance(said, Cause):
            success = False if said.fault == "program" else None
            self.witness(Finished(arm, index, success, said, said.value, usage=self.usage))
        else:
            self.witness(Finished(arm, index, said, None if said else Cause.WRONG_OUTPUT, usage=self.usage))


def play(design: Design, answer: Answer, concurrency: int = 1, seed: int = 0, arms: int = 1, **more: object) -> Player:
    """A whole run."""
    return Player(answer, Run(concurrency), Random(seed)).begin(plan(design, arms, **more))


def survive(entries: list[Entry], answer: Answer, concurrency: int, seed: int) -> Player:
    """What becomes of a run whose process was killed after these entries: replay, resume, play on."""
    player = Player(answer, Run(concurrency), Random(seed), list(entries))
    for entry in entries:
        player.run.receive(entry)
    if not player.run.sealed:
        player.witness(Resumed(player.run.plan.budget))
        player.play()
    return player
