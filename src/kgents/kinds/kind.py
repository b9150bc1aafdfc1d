"""What a kind of experiment is: one interface for running it, resuming it, checking it again and showing it.

Rule: nothing outside `kgents.kinds` asks which kind it has in hand; it calls the kind's methods. A kind of another package
is a subclass of ExperimentKind, an instance of which is named by the entry point group `kgents.kinds`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from kgents.domain.outcome import Tier
from kgents.domain.plan import Budget, DecidedBy, Errors, Layout, Plan
from kgents.domain.ports import Store, Trial, TrialRunner
from kgents.domain.summary import Summary
from kgents.harness.ledger import Ledger
from kgents.harness.limiter import Limiters
from kgents.kinds.fields import Fields
from kgents.stats import Design

if TYPE_CHECKING:
    from kgents.engine.decider import Decider
    from kgents.kinds.figure import Figure

Config = Mapping[str, object]  # as the record has it: a kind reads it in the shape in which it was written
Evidence = Mapping[str, object]  # what a kind adds to `evidence` of the JSON document
Rows = Sequence[tuple[str, str]]


def _no_project() -> Mapping[str, object]:
    return {}


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a kind may use of the process it runs in.

    environment  variables, as they were when the command started
    project      reads `[tool.kgents]` of the nearest pyproject.toml, keys with underscores
    ledger       what the coders of this run may still spend; a run that begins sets it
    limiters     limits per key, shared by the coders of this run
    meanwhile    does what will be needed later, while this process would wait
    """

    environment: Mapping[str, str]
    project: Callable[[], Mapping[str, object]] = _no_project
    ledger: Ledger = field(default_factory=Ledger)
    limiters: Limiters = field(default_factory=Limiters)
    meanwhile: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True)
class Request:
    """An experiment as it is asked for.

    config  JSON data: all that the kind needs to run a trial
    decider  what decides; None: what the layout says
    capped_by_default  whether nobody named a cap: then one that the budget cannot pay for is refused
    with_user  whether user and host are recorded
    series  the series of decisions of whose error it takes the next share; the confidence of the design is that of the series
    opened  what preparing the request has opened already (sandboxes, coders); `ExperimentKind.build` takes it over and closes it
    """

    kind: str
    config: Config
    design: Design
    seed: int
    arms: tuple[str, ...] = ("",)
    layout: Layout = Layout.INDEPENDENT
    name: str | None = None
    tags: tuple[str, ...] = ()
    errors: Errors = Errors.EXCLUDE
    budget: Budget = Budget()
    max_errors: int | None = None
    tier: Tier = Tier.EMPIRICAL
    oracle: str | None = None
    model: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    decider: DecidedBy | None = None
    boundary_digest: str | None = None
    with_user: bool = True
    capped_by_default: bool = False
    series: str | None = None
    opened: Any = None


class EvidenceAccumulator(Protocol):
    """Takes the trials of an experiment one by one, in the order (index, arm), and says what they add up to."""

    def add(self, trial: Trial) -> None:
        """Counts a trial."""

    def evidence(self) -> Evidence:
        """What the kind adds to `evidence`."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What judging the recorded trials again came to.

    problems   what is wrong with the record, whoever judges
    different  one sentence for each trial that is judged otherwise now, by (number of the arm, index)
    unjudged   how many trials could not be judged again, because their texts were erased
    """

    problems: tuple[str, ...] = ()
    different: Mapping[tuple[int, int], str] = field(default_factory=dict)
    unjudged: int = 0


class ExperimentKind(ABC):
    """A kind of experiment. Subclasses set the attributes and override what they need.

    name                 of the kind, as records have it
    subject              what the rate is a rate of, in a sentence: "the rate of … is above 0.5"
    among                on what a comparison tells arms apart, where that is not any input: "the tasks of this suite"
    default_concurrency  trials in flight where nobody says how many
    needs_trials         whether `evidence` wants the trials
    needs_texts          whether it wants them with texts, checks and metadata
    most_arms            with more arms than this there is no line for each
    is_told              whether somebody else runs its trials, who asks for them and tells what they came to
    """

    name: str
    subject: str = "the rate of success"
    among: str = ""
    default_concurrency: int = 1
    needs_trials: bool = False
    needs_texts: bool = True
    most_arms: int = 1000
    is_told: bool = False

    def subject_of(self, plan: Plan) -> str:
        """What the rate of this very experiment is a rate of."""
        return self.subject

    def fields(self) -> Fields | None:
        """What the kind's own fields of the JSON document mean; None: it does not say, and any may be there."""
        return None

    @abstractmethod
    def headline(self, config: Config) -> str:
        """One line for history: what was tried."""

    @abstractmethod
    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """What runs the trials of a recorded configuration; `opened` is taken over and closed with it.

        UsageError where the machine no longer has what the configuration names.
        """

    def decider(self, plan: Plan) -> "Decider":
        """What decides an experiment of this kind: that which the plan names, unless the kind has one of its own.

        It is a function of the plan: with it the record is replayed, resumed and checked.
        """
        from kgents.engine.deciders import decider_of

        return decider_of(plan)

    def opened_elsewhere(self, config: Config) -> Any:
        """What `build` takes over as `opened` in another process than the one that began the experiment.

        UsageError where it cannot be had there.
        """
        return None

    def evidence(self, config: Config, summary: Summary, trials: Sequence[Trial]) -> Evidence:
        """What the kind adds to `evidence` in the JSON document."""
        return {}

    def accumulator(self, config: Config, summary: Summary) -> EvidenceAccumulator | None:
        """What trials are streamed into instead, for kinds of very many trials."""
        return None

    def input_of(self, config: Config, trial: Trial) -> str | None:
        """What a trial was given."""
        text = trial.metadata.get("input", config.get("prompt"))
        return None if text is None else str(text)

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """Further lines for people, each (label, text)."""
        return ()

    def sentence(self, summary: Summary) -> str | None:
        """What the experiment came to, where the rate alone does not say it."""
        return None

    def figures(self, config: Config, evidence: Evidence) -> "Sequence[Figure]":
        """Matrices, interval bars, curves and tables of the HTML page, beside those that every experiment has.

        Where a kind has any, the lines of `table` are left out there.
        """
        return ()

    def programs(self, config: Config, evidence: Evidence) -> Rows:
        """Programs that can be pasted and run, each (title, program): printed without indentation."""
        return ()

    async def recheck(self, store: Store, config: Config, summary: Summary, context: RunContext) -> Rechecked:
        """Judges what the record keeps of every trial again, by today's judge."""
        return Rechecked()
