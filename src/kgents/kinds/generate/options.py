"""What `generate` is asked: of the question, of who judges, and of who is asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

from kgents.domain.json import JsonObject
from kgents.kinds.options import CoderOptions, CodersConfig, SandboxOptions


class QuestionOptions(TypedDict, total=False):
    """What a coder is sent for a spec that runs. Absent: the interface alone.

    entry_point  the function in question
    describe     said besides the spec
    show_body    the spec with its body, which is an answer
    show_examples  so many pairs of the oracle, which then judge nothing
    prompt_style  "completion": the rest of a text is asked for
    """

    entry_point: str | None
    describe: str | None
    show_body: bool
    show_examples: int | None
    prompt_style: str | None


class OracleOptions(TypedDict):
    """Who judges; files by their paths, None: not said.

    checks       with commas: types, lint
    tolerance    relative, of floats
    exclude      which trials are left out
    integrity    "outside": no trial counts that the candidate's own process decided
    every        all tests are run, also after one that failed: the share that passes is the score
    """

    tests: Path | None
    inputs: Path | None
    checks: str
    tolerance: float | None
    examples: NotRequired[Path | None]
    checker: NotRequired[Path | None]
    integrity: NotRequired[str | None]
    allow_weak_oracle: NotRequired[bool]
    exclude: NotRequired[Sequence[str]]
    every: NotRequired[bool]


class GenerateOptions(CoderOptions, QuestionOptions, OracleOptions, SandboxOptions):
    """All that a request of `generate` reads; `timeout` is seconds, `spec_file` where the spec was read."""

    timeout: float
    spec_file: NotRequired[str | None]


class GenerateConfig(CodersConfig):
    """The configuration of the kind `generate`; `oracle` is for `Oracle.from_data`."""

    type: str
    spec: str
    prompt: str
    oracle: JsonObject
    timeout: float
    exclude: NotRequired[list[str]]
