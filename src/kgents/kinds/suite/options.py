"""What `generate --suite`, `compare --suite` and `verify` are asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

from kgents.kinds.options import CoderOptions, SandboxOptions


class TaskOptions(SandboxOptions):
    """Which tasks, and who judges; `timeout` is seconds.

    tasks   only these; () for all
    oracle  tests or reference; None: tests where there are any
    """

    tasks: tuple[str, ...]
    oracle: str | None
    tolerance: float | None
    timeout: float
    integrity: NotRequired[str | None]
    exclude: NotRequired[Sequence[str]]


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
