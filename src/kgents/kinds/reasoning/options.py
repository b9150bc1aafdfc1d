"""What `laws --problem` is asked, and what the record keeps of it."""

from typing import TypedDict

from kgents.kinds.options import CoderConfig, CoderOptions


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
