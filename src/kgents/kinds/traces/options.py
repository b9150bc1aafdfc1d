"""What `laws --traces` is asked, and what the record keeps of it."""

from typing import NotRequired, TypedDict

from kgents.kinds.options import CoderConfig, CoderOptions
from kgents.laws.coherence import TraceData
from kgents.laws.judge import JudgeData, RateData


class TraceOptions(CoderOptions):
    """`judge` is a model, None: no judge; `timeout` is seconds."""

    judge: str | None
    judge_votes: int
    judge_stories: int
    timeout: float


class TraceConfig(TypedDict):
    """A trace by its name."""

    name: str
    text: str


class StoryConfig(TypedDict):
    """A story that calibrates the judge, and whether it contradicts itself on purpose."""

    text: str
    planted: bool


class JudgeConfig(TypedDict):
    """Who judges what could not be checked, and how many opinions it gives of a trace."""

    coder: CoderConfig
    votes: int


class CoherenceConfig(TypedDict):
    """The configuration of the kind `coherence`."""

    type: str
    traces: list[TraceConfig]
    timeout: float
    judge: NotRequired[JudgeConfig]
    stories: NotRequired[list[StoryConfig]]


class CoverageData(TypedDict):
    """Traces in which something could be checked, and lines; those are absent in records from before."""

    checked: int
    unchecked: int
    equalities: NotRequired[int]
    covered: NotRequired[int]


class CoherenceData(TypedDict):
    """The law of coherence."""

    law: str
    verdict: str
    cases: int
    incoherence_rate: RateData | None
    coverage: CoverageData


class CoreData(TraceData):
    """A trace that contradicts itself, and the least lines that cannot all be true."""

    trace: str


class TracesEvidence(TypedDict):
    """What the kind `coherence` adds to `evidence`."""

    laws: list[CoherenceData]
    cores: list[CoreData]
    judge: NotRequired[JudgeData]
