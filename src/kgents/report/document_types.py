"""The JSON document of an experiment as types, which mypy checks; what each field means says `report.schema`.

Rule: a kind adds fields of its own to `evidence` and `config`; these are read by that kind alone.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, Required, TypedDict

from kgents.kinds.command.score import NamedDifferenceData, ScoreDifferenceData, ScoresData

IntervalName = Literal["interval", "confidence_interval", "confidence_sequence", "credible_interval"]
INTERVALS: tuple[IntervalName, ...] = ("interval", "confidence_interval", "confidence_sequence", "credible_interval")


class IntervalData(TypedDict):
    """Limits with the probability that they hold."""

    level: float
    low: float
    high: float


class SidedInterval(IntervalData):
    """With how often the value is beyond one end, at most."""

    each_side: float


class ShownData(IntervalData):
    """The interval that people see, and how it is made; `each_side` is None where only `level` is bounded."""

    each_side: float | None
    method: str


class PosteriorData(TypedDict):
    """The posterior of a rate, a Beta distribution."""

    alpha: float
    beta: float
    mean: float
    probability_above_target: float | None


class AnalysisData(TypedDict, total=False):
    """What an analysis of counts adds to an experiment or an arm: all of it, or of some layouts nothing."""

    rate_unbiased: float | None
    rate_unbiased_estimator: str
    posterior: PosteriorData
    credible_interval: IntervalData | None
    confidence_interval: IntervalData | None
    confidence_sequence: IntervalData | None
    trials_saved: int


class ArmData(AnalysisData):
    """An arm; intervals where there are several, `status` of a comparison, `verdict` of arms decided for themselves."""

    name: str
    trials_total: int
    trials_success: int
    trials_finished: int
    success_rate: float | None
    trials_error: NotRequired[int]
    interval: NotRequired[ShownData]
    status: NotRequired[str]
    verdict: NotRequired[str | None]


class PairData(TypedDict):
    """Two arms of a comparison. `verdict`: the better arm's name, a word, or None while it is open."""

    a: str
    b: str
    pairs: int
    discordant: int
    a_wins: int
    verdict: str | None
    difference: SidedInterval
    pairs_that_would_do: int | None


class FalseAlarmLimits(TypedDict):
    """Limits of a rate of false alarms."""

    low: float
    high: float
    each_side: float


class FalseAlarmData(TypedDict):
    """How often an arm was called different from itself, beside what the design promises."""

    comparisons: int
    different: int
    first_better: int
    rate: float
    interval: FalseAlarmLimits
    promised_at_most: float


class CauseData(TypedDict):
    """Trials of one cause; `counted` are failures, the others gave no evidence."""

    cause: str
    trials: int
    counted: int
    example: str | None
    hint: str | None


class DurationData(TypedDict):
    """Seconds of a trial; `sd` is None of one trial."""

    mean: float
    sd: float | None
    slowest: float


class ExcludedData(TypedDict):
    """What the trials that do not count could have meant; `causes` where they were excluded by choice."""

    trials: int
    low: float
    high: float
    verdict_hangs_on_them: bool
    causes: NotRequired[Sequence[str]]


class PromiseData(TypedDict, total=False):
    """What the design promised at its target; empty without target or cap."""

    at: float
    supported: float
    refuted: float
    inconclusive: float
    expected_trials: float


class OutlookData(TypedDict):
    """What is to be expected of the rest of a run that is not decided."""

    expected_trials_left: float
    done_within_ten: float


class ComparisonData(TypedDict, total=False):
    """What a comparison adds; `arms` and `pairs` are always there."""

    arms: list[ArmData]
    pairs: list[PairData]
    allocation: str
    probability_best: float | None
    against_itself: FalseAlarmData


class FigureData(TypedDict, total=False):
    """What a pass over the trials adds: causes, the most frequent first, and in how many trials a model answered."""

    causes: list[CauseData]
    duration_seconds: DurationData | None
    answers: int


class AloneData(AnalysisData):
    """What the counts of the only arm say."""

    interval: ShownData
    excluded: ExcludedData | None
    operating_characteristics: PromiseData


class EvidenceData(AnalysisData, ComparisonData, FigureData, total=False):
    """The numbers of an experiment, without those of its kind. What is not Required depends on the layout."""

    trials_total: Required[int]
    trials_success: Required[int]
    trials_finished: Required[int]
    trials_error: Required[int]
    success_rate: Required[float | None]
    mean_confidence: Required[float]
    std_confidence: Required[float]
    mean_duration_ms: Required[float | None]
    stopped_early: Required[bool]
    evidence_tier: Required[str]
    oracle: Required[str | None]
    verdict: Required[str | None]
    reason: Required[str | None]
    target: Required[float | None]
    rule: Required[str]
    interval: ShownData
    excluded: ExcludedData | None
    verdict_hangs_on_excluded: bool
    operating_characteristics: PromiseData
    outlook: OutlookData | None
    scores: ScoresData
    score_difference: ScoreDifferenceData
    score_differences: list[NamedDifferenceData]


class FailureData(TypedDict):
    """Why a run failed."""

    kind: str
    message: str
    hint: str | None


class UsageData(TypedDict):
    """What was consumed; `cost_usd` is None where a price is not known."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    calls: int
    cost_usd: float | None


class AuthorData(TypedDict):
    """Who began it where; `erased` where that is no longer recorded."""

    user: str | None
    host: str | None
    erased: bool


class WarningData(TypedDict):
    """What makes the result worth less."""

    code: str
    text: str


class StopData(TypedDict):
    """Why a run ended before it was decided."""

    reason: str
    text: str


class HeadData(TypedDict):
    """The last mark of the chain, in hex, and how many marks there are."""

    size: int
    hash: str


class CheckData(TypedDict):
    """A check of a trial besides the oracle."""

    name: str
    passed: bool
    detail: str


class EndedTrial(TypedDict):
    """A trial that ended, as the document and the events of a run have it."""

    arm: str | None
    index: int
    success: bool
    counted: bool
    cause: str | None
    error: str | None
    duration_ms: float
    confidence: float
    usage: UsageData
    seed: int | str


class TrialData(EndedTrial):
    """One trial; `output` is the candidate where there is one, `text` what was said."""

    input: str | None
    output: str | None
    text: str | None
    repairs: list[str]
    checks: list[CheckData]
    metadata: Mapping[str, object]
    timestamp: str | None


class Authored(TypedDict, total=False):
    """Absent where nothing is recorded of it."""

    author: AuthorData


class Failed(TypedDict, total=False):
    """Absent where the run did not fail."""

    error: FailureData


class Head(Authored):
    """What the summary of an experiment says of it."""

    id: str
    name: str | None
    tags: list[str]
    kind: str
    status: str
    config: Mapping[str, object]
    evidence: EvidenceData
    arms: list[ArmData]
    usage: UsageData
    warnings: list[WarningData]
    stopped: StopData | None
    witness_head: HeadData
    created_at: str | None
    started_at: str | None
    completed_at: str | None
    updated_at: str | None


class Document(Head, Failed):
    """An experiment without its lists of trials and marks, which are streamed."""
