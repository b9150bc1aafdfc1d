"""What the record keeps of Python functions, and what crosses to the processes that call them."""

from typing import NotRequired, TypedDict

from kgents.domain.json import JsonObject


class FunctionConfig(TypedDict):
    """A function by the name of its arm: MODULE:NAME, and the digest of its source."""

    name: str
    function: str
    digest: str


class CallableConfig(TypedDict):
    """The configuration of the kind `callable`; `score` is (low, high) as decimal numbers, `timeout` None for none."""

    type: str
    arms: list[FunctionConfig]
    timeout: float | None
    error_types: list[str]
    isolate: NotRequired[bool]
    score: NotRequired[tuple[str, str] | None]


class MainConfig(TypedDict, total=False):
    """How the program that asked is loaded again: by the name of `python -m`, or by its path."""

    name: str
    path: str


class Job(TypedDict):
    """What a process that calls functions is begun with; `path` is sys.path."""

    experiment: str
    path: list[str]
    main: MainConfig | None
    arms: list[FunctionConfig]
    error_types: list[str]
    score: tuple[str, str] | None


class Call(TypedDict):
    """One trial: the number of the arm, its index and its seed."""

    arm: int
    index: int
    seed: int


class Reply(TypedDict, total=False):
    """What a process says: that it is ready, what a trial came to, or that something is wrong.

    error    of a trial; before the first: what cannot be loaded
    mistake  the type of an error that stops the run, and its message
    usage    (output tokens, dollars as text, calls)
    """

    ready: bool
    error: str | None
    mistake: str
    message: str
    success: bool | None
    cause: str | None
    output: str
    metadata: JsonObject
    score: list[int]
    usage: tuple[int, str | None, int]
