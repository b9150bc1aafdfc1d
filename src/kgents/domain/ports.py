"""The ports: what the core asks of the world. Protocols have the plain noun; implementations say how.

Rule: a port raises only what its docstring names; everything else is a bug of the implementation.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from kgents.domain.fact import Finished
from kgents.domain.json import JsonObject
from kgents.domain.ledger_fact import Opened
from kgents.domain.mark import Entry, Mark
from kgents.domain.outcome import Cause, Check, Outcome, Tier, Usage
from kgents.domain.summary import Summary
from kgents.errors import KgentsError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question to a model may take."""

    seconds: float = 120.0
    output_bytes: int = 4_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, and what it consumed. `stop` is the provider's reason, in its words."""

    text: str
    usage: Usage = Usage()
    model: str = ""
    stop: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


class HarnessError(KgentsError):
    """A question that got no usable answer: the cause, and what all attempts consumed."""

    kind = "harness"

    def __init__(self, cause: Cause, message: str, usage: Usage = Usage(), output: str = "") -> None:
        super().__init__(message)
        self.cause = cause
        self.usage = usage
        self.output = output


class Harness(Protocol):
    """Something that can be asked: a model behind an API, an agent CLI, a simulation."""

    @property
    def tier(self) -> Tier:
        """SIMULATED, or EMPIRICAL for everything that is really asked."""

    def describe(self) -> JsonObject:
        """Name, model and parameters as canonical JSON data (no floats, no secrets): what the plan records."""

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        """One independent draw. Raises HarnessError and nothing else (but for cancellation).

        `trial` is the index of the trial, from 0; only coders that replay something recorded look at it.
        """

    async def aclose(self) -> None:
        """Lets go of connections and children."""


@runtime_checkable
class KeepsLimit(Protocol):
    """A coder that gives up each attempt in time by itself: it may wait besides, for its turn or for a pause."""

    @property
    def keeps_limit(self) -> bool:
        """True."""


UNLOADED = "cannot be loaded"  # how the error of a candidate begins that raised while it was loaded


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a verifier says of one candidate.

    success    None where the sandbox failed, not the candidate (cause SANDBOX)
    cases      how many cases were judged, `passed` how many of them held
    integrity  how the verdict was kept out of the candidate's reach, by name
    """

    success: bool | None
    cause: Cause | None
    error: str | None
    checks: tuple[Check, ...] = ()
    cases: int = 0
    passed: int = 0
    integrity: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unloaded(self) -> bool:
        """Whether the candidate raised before anything was asked of it."""
        return (self.error or "").startswith(UNLOADED)


class Verifier(Protocol):
    """Judges candidates, all of them against one and the same frozen oracle."""

    def describe(self) -> Mapping[str, object]:
        """Oracle, digest of its corpus, sandbox level, limits: canonical JSON data for the plan."""

    async def verify(self, candidate: str, draw: int = 0) -> Judgement:
        """Judges one candidate; whatever the candidate does becomes a Judgement.

        draw  what is left to chance in a trial, such as the order in which a candidate is asked, is drawn from it
        """

    async def aclose(self) -> None:
        """Stops every process."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One trial to run: its arm (index into the plan's arms), its index from 0, its seed."""

    arm: int
    index: int
    seed: int


class Halted(KgentsError):
    """No further trial can be run here. The trial that meets this is void, and the run stops, resumably."""

    kind = "halted"


class Mistaken(Halted):
    """The caller of the run has made a mistake (a function that returns what says nothing): it is told of it."""

    kind = "mistake"


class TrialRunner(Protocol):
    """Runs the trials of one experiment; `kgents.kinds.kind.ExperimentKind.build` makes it."""

    async def run_trial(self, slot: Slot) -> Outcome:
        """Runs one trial. Whatever the program under test does becomes an Outcome; it raises Halted and on cancellation."""

    async def aclose(self) -> None:
        """Lets go of everything."""


@runtime_checkable
class Blaming(Protocol):
    """A runner whose caller is told of his mistakes."""

    def blame(self, wrong: BaseException) -> None:
        """Tells the caller, whose run then stops."""


@runtime_checkable
class Choosing(Protocol):
    """A runner whose trial depends on what became of earlier ones: one process chooses, whichever runs it."""

    def choose(self, slot: Slot) -> int:
        """Which thing the trial is about."""

    def settle(self, slot: Slot, choice: int, success: bool | None, *, void: bool = False) -> None:
        """What became of it; void: the very trial is run again."""

    async def run_chosen(self, slot: Slot, choice: int) -> Outcome:
        """Runs the trial about that."""


@runtime_checkable
class Queueing(Protocol):
    """A runner in which trials wait for their turn: with `enough` in flight it has work while those that ended are written
    together.
    """

    enough: int


@runtime_checkable
class Recalling(Protocol):
    """A kind whose next trials depend on what became of earlier ones."""

    def recall(self, trials: Iterable[Finished]) -> None:
        """Told before the first trial what the record says of earlier ones, in order."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial as the record shows it. Texts are None where they were erased, never were or were not asked for.

    addresses   of output and candidate; equal texts have one address
    """

    arm: int
    index: int
    success: bool | None
    cause: Cause | None
    error: str | None
    duration_us: int
    confidence: float
    timestamp: datetime
    usage: Usage
    output: str | None = None
    candidate: str | None = None
    checks: tuple[Check, ...] = ()
    repairs: tuple[str, ...] = ()
    score: tuple[int, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    addresses: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Query:
    """Which experiments: None is no condition. Newest first.

    text        a part of the id, the name or the model
    older_than  only those behind the experiment of this id
    """

    since: datetime | None = None
    kind: str | None = None
    status: str | None = None
    verdict: str | None = None
    tag: str | None = None
    spec: str | None = None
    model: str | None = None
    limit: int | None = 20
    offset: int = 0
    text: str | None = None
    older_than: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An experiment of a list.

    config    its configuration as it was recorded; None where it was erased
    mark_ids  the ids of its marks in order; empty where they were not asked for
    """

    summary: Summary
    config: bytes | None
    mark_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Glance:
    """What a line of a list says of an experiment.

    status, verdict    their words; the verdict is None while there is none
    trials, successes  those that count, of all arms together
    seconds            from its beginning to its end, or to what was recorded last
    config             its configuration as it was recorded; None where it was erased
    """

    id: str
    name: str | None
    kind: str
    status: str
    verdict: str | None
    model: str | None
    created_at: datetime
    trials: int
    successes: int
    seconds: float
    config: bytes | None


class Store(Protocol):
    """The record. Marks are appended, never changed; what is appended is durable when `append` returns.

    Every method raises StoreUnavailable when the database does not do its part, MachineExhausted when the machine is full.
    """

    async def append(self, log: str, entries: Sequence[Entry], blobs: Sequence[bytes] = ()) -> Sequence[Mark]:
        """Appends facts to the chain of an experiment, in one transaction with blobs, projections and ledger.

        The first entry of a new log has to be Planned; then the ledger receives Opened. Sealed makes it receive Closed.
        """

    async def put(self, blobs: Sequence[bytes]) -> Sequence[str]:
        """Stores blobs; returns their addresses."""

    async def blob(self, address: str) -> bytes | None:
        """The content at an address, or None where it was erased."""

    def marks(self, log: str, after: int = -1) -> AsyncIterator[Mark]:
        """The marks of a log with seq > after, in order, streamed; TamperedRecord where bytes and id disagree."""

    def mark_ids(self, log: str, limit: int | None = None) -> AsyncIterator[str]:
        """The ids of a log's marks, in order, streamed; not compared with their bytes, which `marks` does."""

    async def resolve(self, reference: str) -> str:
        """The id that a full id, a unique prefix of at least 4 characters, a name or @latest stands for.

        UnknownExperiment where there is none or more than one.
        """

    async def shares(self, series: str) -> Sequence[Opened]:
        """The experiments that took a share of the error of a series, by place."""

    async def summary(self, experiment: str) -> Summary:
        """The projection of one experiment. UnknownExperiment."""

    async def texts(self, addresses: Sequence[str]) -> Mapping[str, bytes]:
        """The contents at these addresses, as far as they are there."""

    async def logs(self) -> Sequence[str]:
        """The names of all logs, oldest first: experiments, and the ledger."""

    async def sizes(self) -> Mapping[str, int]:
        """How many rows the tables have, by their names."""

    async def erase(self, experiment: str, at: datetime, names: bool = False) -> int:
        """Removes the texts that no other experiment needs; its chain stands, the ledger says so. The number removed.

        names  removes name, tags, user and host instead; UsageError where the chain itself holds them
        """

    async def with_texts(self, rows: Sequence[Trial]) -> Sequence[Trial]:
        """The same trials with their texts, as far as they are there."""

    async def count(self, query: Query) -> int:
        """How many experiments a query is about, whatever its limit and offset."""

    def history(self, query: Query) -> AsyncIterator[Summary]:
        """Projections, newest first, streamed."""

    def listing(self, query: Query, with_mark_ids: bool = False) -> AsyncIterator[Listed]:
        """Projections with their configurations, newest first, streamed; a constant number of statements for any query."""

    def listings(self, query: Query, with_mark_ids: bool = False) -> AsyncGenerator[Sequence[Listed]]:
        """The same, page by page: a step for each of many experiments takes a good part of the time of a long list."""

    def glances(self, query: Query) -> AsyncIterator[Glance]:
        """The little that a line of a list says, newest first, streamed: `listing` where nothing else is wanted."""

    def trials(
        self, experiment: str, texts: bool = True, start: int = 0, length: int | None = None
    ) -> AsyncIterator[Trial]:
        """The trials of an experiment by (index, arm), streamed; the last outcome of each; void ones are left out.

        start, length  so many after so many; None: all that follow
        """

    def lock(self, experiment: str) -> AbstractAsyncContextManager[None]:
        """The right to write to an experiment; it ends with the process. Busy where another has it."""

    def give_up(self) -> None:
        """Waits for the database no longer: whatever waits for it fails at once with StoreUnavailable."""

    async def aclose(self) -> None:
        """Writes what is queued and closes."""
