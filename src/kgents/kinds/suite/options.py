"""What `generate --suite`, `compare --suite` and `verify` are asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

from kgents.domain.json import JsonObject
from kgents.kinds.options import CoderOptions, CodersConfig, SandboxOptions


class TaskOptions(SandboxOptions):
    """Which tasks, and who judges; `timeout` is seconds.

    tasks   only these; () for all
    oracle  tests or reference; None: tests where there are any
    every   all tests are run, also after one that failed: the share that passes is the score
    """

    tasks: tuple[str, ...]
    oracle: str | None
    tolerance: float | None
    timeout: float
    integrity: NotRequired[str | None]
    exclude: NotRequired[Sequence[str]]
    every: NotRequired[bool]


class SuiteOptions(TaskOptions, CoderOptions):
    """Tasks for coders."""


class SampleOptions(TaskOptions):
    """Tasks for completions that are there already.

    samples  their file
    raw      they are judged as they are, and no code is taken out of them
    k        of pass@k, with commas
    """

    samples: Path
    raw: bool
    k: str | None
    family: str
    target: float | None
    confidence: float


class SamplesConfig(TypedDict):
    """What the record keeps of the file of completions."""

    name: str
    path: str
    sha256: str


class TaskConfig(TypedDict):
    """A task in the record: what `Task.to_data` says of it, and the oracle that judges it."""

    id: str
    prompt: str
    oracle: JsonObject
    entry: NotRequired[str | None]
    tests: NotRequired[str]
    setup: NotRequired[str]
    stem: NotRequired[str]
    canonical: NotRequired[str | None]
    cluster: NotRequired[str]


class SuiteConfig(CodersConfig):
    """The configuration of the kind `suite`.

    way      how trials are dealt to tasks
    order    the root of every random order of tasks
    samples  None where a coder is asked
    raw      absent in records from before answers were read: they are taken as they are
    """

    type: str
    suite: str
    suite_digest: str
    way: str
    order: int
    k: list[int]
    samples: SamplesConfig | None
    left_out: int
    raw: NotRequired[bool]
    tasks: list[TaskConfig]
    timeout: float
    exclude: NotRequired[list[str]]


class IntervalData(TypedDict):
    """An interval."""

    level: float
    low: float
    high: float


class HalveData(TypedDict):
    """What would halve the width of an interval; None: no number does."""

    samples_factor: float | None
    tasks: int | None
    within_share: float | None


class TotalData(TypedDict):
    """pass@k over the tasks of a suite."""

    mean: float
    interval: IntervalData
    tasks: int
    left_out: int
    to_halve: HalveData
    clusters: NotRequired[int]


class TaskData(TypedDict):
    """One task, and pass@k of it."""

    id: str
    oracle: str
    inside: bool
    trials: int
    successes: int
    pass_at_k: dict[str, float | None]


class NamedSuite(TypedDict):
    """Which suite; `left_out` counts its tasks without a sample."""

    suite: str
    suite_digest: str
    left_out: NotRequired[int]


class DifferenceData(TypedDict):
    """Two coders, over the tasks that both answered."""

    a: str
    b: str
    k: int
    tasks: int
    difference: float
    interval: IntervalData
    interval_pairs: int
    interval_clusters: NotRequired[int]
    time_uniform: bool
    a_better: int
    b_better: int
    p_value: float | None
    verdict: str
    to_halve: HalveData


class SuiteEvidence(TypedDict, total=False):
    """What the kind adds to `evidence`: of tasks, or of a comparison."""

    suite: NamedSuite
    pass_at_k: dict[str, TotalData | None]
    tasks: list[TaskData]
    differences: list[DifferenceData]
