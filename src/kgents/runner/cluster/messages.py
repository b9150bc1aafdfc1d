"""What coordinator and workers tell each other, as JSON objects: names and types, which mypy checks."""

from typing import NotRequired, TypedDict

from kgents.domain.json import JsonObject


class Message(TypedDict):
    """What a worker is told.

    do      inspect, build, run, renew, abandon or close
    key     of an attempt; `keys` of those to abandon
    choice  the number of a sample, where the coordinator chooses it
    share   the place of the worker, and of how many: of the limits of a key
    lease   seconds without a sign of life after which the worker lets go of the experiment
    open    whether there is budget left
    """

    do: str
    version: str
    experiment: NotRequired[str]
    kind: NotRequired[str]
    config: NotRequired[JsonObject]
    lease: NotRequired[float]
    share: NotRequired[tuple[int, int]]
    open: NotRequired[bool]
    key: NotRequired[str]
    keys: NotRequired[list[str]]
    arm: NotRequired[int]
    index: NotRequired[int]
    seed: NotRequired[int]
    choice: NotRequired[int | None]


class OutcomeData(TypedDict):
    """What a trial came to."""

    success: bool | None
    cause: str | None
    error: str | None
    output: str
    candidate: str | None
    confidence: float
    seconds: float | None
    repairs: list[str]
    checks: list[tuple[str, bool, str]]
    usage: JsonObject
    score: list[int]
    metadata: JsonObject


class Answer(TypedDict, total=False):
    """What a worker answers.

    refused  (kind of error, message, hint)
    unknown  it holds no such experiment
    usage    consumed by an attempt that was cancelled
    running  what attempts have consumed so far, by key
    """

    refused: tuple[str, str, str | None]
    unknown: bool
    cancelled: bool
    usage: JsonObject
    outcome: OutcomeData
    running: dict[str, JsonObject]


class Abandoned(TypedDict, total=False):
    """What attempts that were abandoned have consumed, by key."""

    usage: dict[str, JsonObject]


class WorkerFacts(TypedDict):
    """What a worker is: all that a verdict may depend on; `clock` is seconds since 1970."""

    kgents: str
    python: str
    sandbox: str
    pid: int
    host: str
    folder: str | None
    clock: float


class Inspected(WorkerFacts):
    """… and by how many seconds its clock is off at least."""

    skew: float


class Listed(Inspected):
    """A row of `kg cluster check`."""

    address: str
    slots: int
