"""What `laws --problem` is asked, and what the record keeps of it."""

from collections.abc import Mapping
from typing import NotRequired, Required, TypedDict

from kgents.kinds.options import CoderConfig, CoderOptions
from kgents.laws.coherence import TraceData
from kgents.laws.judge import RateData


class ReasoningOptions(CoderOptions):
    """Lists with commas as they are typed; `answer` is the type of answers, `timeout` seconds."""

    names: str | None
    answer: str
    transform: str | None
    epsilon: float
    measure: bool
    confidence: float
    max_trials: int
    timeout: float


class ProblemConfig(TypedDict):
    """A problem, and its steps where it has any."""

    text: str
    steps: list[str]


class ReasoningConfig(TypedDict):
    """The configuration of the kind `reasoning`; `epsilon` is a decimal number as text."""

    type: str
    laws: list[str]
    problems: list[ProblemConfig]
    draw: bool
    answer: str
    coder: CoderConfig
    epsilon: str
    timeout: float


class SidesData(TypedDict):
    """A number of plain questions, and of transformed ones."""

    plain: float
    transformed: float


class ExtractionData(TypedDict):
    """Whether the change itself makes answers unreadable."""

    differs: bool
    e_value: float


class ReasoningLaw(TypedDict, total=False):
    """A law; of coherence only verdict, e-value, rate, coverage and blocks. `answers` are of one problem, by side."""

    law: Required[str]
    tier: str
    verdict: Required[str]
    e_value: Required[float]
    agreement_drop: RateData
    excess_disagreement: RateData
    self_agreement: SidesData | None
    blocks: Required[int]
    unextracted: dict[str, int]
    extraction_failure_rate: SidesData
    extraction: ExtractionData | None
    answers: dict[str, dict[str, int]]
    incoherence_rate: RateData
    coverage: Mapping[str, int]


class ReasonedCore(TraceData):
    """A trace that contradicts itself, and what was asked."""

    trace: str
    problem: str


class ReasoningEvidence(TypedDict):
    """What the kind adds to `evidence`."""

    laws: list[ReasoningLaw]
    cores: NotRequired[list[ReasonedCore]]
