"""What `laws --traces` is asked, and what the record keeps of it."""

from typing import NotRequired, TypedDict

from kgents.kinds.options import CoderConfig, CoderOptions


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
