"""The documents of `parse`: what its record keeps, and what it adds to `evidence`. `fields` says what each member means."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from kgents.domain.json import Json, JsonObject
from kgents.parsing.controls import ControlsData


class ParserConfig(TypedDict):
    """An arm: a strategy by name, a parser that is loaded, or a command."""

    name: str
    strategy: NotRequired[str]
    parser: NotRequired[str]
    command: NotRequired[str]


class ParseConfig(TypedDict):
    """The configuration of the kind `parse`; `documents` are (name, value), None: of the corpus, or generated."""

    type: str
    seed: int
    language: str
    corpus: str | None
    documents: Sequence[tuple[str, Json]] | None
    generated: bool
    schema: JsonObject | None
    strategies: list[ParserConfig]
    mutators: list[str]
    weights: dict[str, int]
    severities: list[int]
    seconds: float
    memory_mb: int
    controls: int
    examples: int
    max_corruption: float | None
    recommend: bool
    timeout: float
    inapplicable: list[str]


class RateData(TypedDict):
    """A rate with its interval."""

    estimate: float | None
    low: float
    high: float
    level: float


class Counts(TypedDict):
    """The six counts of the contract, which add up to the number of trials."""

    recovered: int
    partial: int
    rejected: int
    corrupted: int
    crashed: int
    hung: int


class RowData(Counts):
    """Outcomes and rates of a class of damage, or of a severity."""

    recovery_rate: RateData
    corruption_rate: RateData


class LimitsData(TypedDict):
    """An interval."""

    level: float
    low: float
    high: float


class AveragesData(TypedDict):
    """Rates averaged over the classes by their weights."""

    recovery: float | None
    corruption: float | None
    recovery_interval: LimitsData
    corruption_interval: LimitsData


Example = TypedDict(
    "Example",
    {
        "class": str,
        "mutators": list[str],
        "outcome": str,
        "kind": str,
        "trial": int,
        "level": str,
        "input": str,
        "expected": str | None,
        "got": str | None,
        "shrunk": str,
        "shrunk_expected": str | None,
        "shrunk_got": str,
    },
)


class StrategyData(TypedDict):
    """One parser."""

    name: str
    trials: int
    outcomes: Counts
    detail: dict[str, int]
    recovery_rate: RateData
    corruption_rate: RateData
    by_class: dict[str, RowData]
    by_severity: dict[str, RowData]
    kinds: dict[str, int]
    macro_average: AveragesData
    worst_mutators: list[tuple[str, str, int]]
    documents_redrawn: int
    credit_of_cut_texts: float | None
    microseconds_per_input: float | None
    verdicts: dict[str, str | None]
    controls: ControlsData | None
    examples: list[Example]
    faults: list[str]


class WinsData(TypedDict):
    """Who did better where two parsers differ; the last two once all tests of a family are known."""

    a_wins: int
    b_wins: int
    p_value: float
    better: str | None
    p_adjusted: NotRequired[float]
    verdict: NotRequired[str | None]


class QuestionData(WinsData):
    """… in total, and by class."""

    by_class: dict[str, WinsData]


class ComparisonData(TypedDict):
    """Two parsers on the same inputs."""

    a: str
    b: str
    pairs: int
    recovery: QuestionData
    corruption: QuestionData
    sentence: NotRequired[str]


class Pick(TypedDict):
    """The parser to use, and whether its corruption is shown to be within what is allowed."""

    use: str
    within_allowed: str
    recovery: RateData
    corruption: RateData


class WrongExample(TypedDict):
    """A text, what it means, and what was made of it."""

    input: str
    expected: str | None
    got: str


Wrong = TypedDict("Wrong", {"class": str, "rate": float, "example": WrongExample | None})


class AdviceData(TypedDict):
    """Which parser to use for what, and what each would get wrong without saying so."""

    allowed_corruption: float
    error: float
    claims: int
    overall: Pick
    by_class: dict[str, Pick]
    silently_wrong: dict[str, list[Wrong]]


class ParseEvidence(TypedDict):
    """What the kind adds to `evidence`."""

    strategies: list[StrategyData]
    weights: Mapping[str, int]
    severities: list[int]
    not_applicable: list[str]
    comparisons: NotRequired[list[ComparisonData]]
    recommendation: NotRequired[AdviceData]
