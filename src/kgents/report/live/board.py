"""What there is to see of a run that goes on: kept from the marks, asked for when something is drawn."""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kgents.domain.fact import Finished, Planned, Resumed, Started, Voided
from kgents.domain.mark import Mark
from kgents.domain.prefix import counted
from kgents.engine.independent import Independent
from kgents.engine.run import Run

TRAIL = 200  # outcomes that are kept of each arm
Clock = Callable[[], float]


@dataclass(slots=True)
class Trail:
    """The outcomes of one arm in launch order, the last so many: True, False, None for no evidence."""

    outcomes: deque[bool | None] = field(default_factory=lambda: deque(maxlen=TRAIL))
    _waiting: "OrderedDict[int, tuple[bool | None] | None]" = field(default_factory=OrderedDict)

    def launch(self, index: int) -> None:
        """A trial begins; one that is launched again keeps its turn."""
        self._waiting.setdefault(index, None)

    def finish(self, index: int, success: bool | None) -> None:
        """A trial ends: it is shown when all that were launched before it are."""
        self._waiting[index] = (success,)
        while self._waiting and (outcome := next(iter(self._waiting.values()))) is not None:
            self.outcomes.append(outcome[0])
            self._waiting.popitem(last=False)


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One arm as it stands: its counted trials and successes, its trials in flight, and its verdict once it has one."""

    name: str
    trials: int
    successes: int
    flying: int
    verdict: str
    trail: Trail


@dataclass(frozen=True, slots=True)
class CauseRow:
    """Trials that did not succeed for one cause, and whether they count."""

    cause: str
    trials: int
    counted: bool
    example: str


class Board:
    """The state of one run, as people follow it.

    title    the command, known before anything is read
    subject  what is asked of whom, known once that is prepared
    """

    def __init__(self, title: str, clock: Clock) -> None:
        self.title = title
        self.subject = ""
        self.run: Run | None = None
        self._clock = clock
        self._begun = clock()
        self._trails: defaultdict[int, Trail] = defaultdict(Trail)
        self._causes: Counter[tuple[bool, str]] = Counter()
        self._examples: dict[tuple[bool, str], str] = {}
        self._flying: Counter[int] = Counter()

    @property
    def elapsed(self) -> float:
        """Seconds since the command began."""
        return self._clock() - self._begun

    def observe(self, mark: Mark, run: Run) -> None:
        """Takes a mark that is durable."""
        self.run = run
        match mark.entry.fact:
            case Planned() | Resumed():
                self._flying.clear()
            case Started(arm, index):
                self._flying[arm] += 1
                self.trail(arm).launch(index)
            case Voided(arm, _, _):
                self._flying[arm] -= 1
            case Finished() as trial:
                self._flying[trial.arm] -= 1
                success = counted(trial.success, trial.cause, run.plan.errors)
                self.trail(trial.arm).finish(trial.index, success)
                if success is not True and trial.cause is not None:
                    self._blame((success is None, trial.cause.value), str(mark.data.get("error") or ""))
            case _:
                pass

    def _blame(self, key: tuple[bool, str], error: str) -> None:
        self._causes[key] += 1
        self._examples.setdefault(key, error)

    def trail(self, arm: int) -> Trail:
        """The outcomes of an arm."""
        return self._trails[arm]

    @property
    def counts(self) -> tuple[int, int]:
        """(trials, successes) that count, of all arms: those of the complete prefix of the launch order."""
        tallies = self.run.counted.tallies if self.run else ()
        return sum(tally.trials for tally in tallies), sum(tally.successes for tally in tallies)

    def arms(self) -> Iterator[ArmRow]:
        """Every arm, in the order of the plan."""
        if self.run is None:
            return
        verdicts = _verdicts(self.run)
        for number, (name, tally) in enumerate(zip(self.run.plan.arms, self.run.counted.tallies, strict=True)):
            verdict = verdicts[number] if verdicts else ""
            flying = max(0, self._flying[number])
            yield ArmRow(name, tally.trials, tally.successes, flying, verdict, self.trail(number))

    def causes(self) -> list[CauseRow]:
        """Why trials did not succeed, the most frequent first; those that do not count come last."""
        rows = sorted(self._causes.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
        return [CauseRow(cause, count, not void, self._examples[void, cause]) for (void, cause), count in rows]


def _verdicts(run: Run) -> list[str]:
    """The verdict of every arm that has one of its own, empty where it has none yet; no list where arms have none."""
    if not isinstance(run.decider, Independent) or len(run.plan.arms) < 2:
        return []
    return [verdict.value if verdict else "" for verdict, _ in run.decider.verdicts()]
