"""What `laws --target` is asked, and what the record keeps of it."""

from typing import TypedDict

from kgents.laws.finding import FindingData


class LawOptions(TypedDict):
    """Expressions as they are typed, None: not said; `cases` a law is searched on, `timeout` in seconds.

    holds_at_least, max_trials  of a target whose elements are sampled
    """

    names: str | None
    cases: int
    memory_mb: int
    timeout: float
    allow_weak_sandbox: bool
    confidence: float
    holds_at_least: float
    max_trials: int
    compose: str | None
    identity: str | None
    elements: str | None
    observe: str | None
    probes: str | None
    inverse: str | None
    plus: str | None
    map: str | None
    unit: str | None
    bind: str | None
    image: str | None
    image_compose: str | None
    zero: str | None
    insert: str | None
    arity: str | None
    restrict: str | None
    glue: str | None
    domain: str | None
    ap: str | None
    traverse: str | None
    get: str | None
    put: str | None
    sample: str | None


class LawsConfig(TypedDict):
    """The configuration of the kinds `laws` and `stochastic-law`.

    path, readable  folders from which modules come, and places that have to be readable
    spec            expressions, by the role that they play
    """

    type: str
    object: str
    laws: list[str]
    cases: int
    spec: dict[str, str]
    limits: dict[str, int]
    timeout: float
    allow_weak_sandbox: bool
    path: list[str]
    readable: list[str]


class LawsEvidence(TypedDict):
    """What the kind `laws` adds to `evidence`."""

    family: dict[str, str]
    laws: list[FindingData]
