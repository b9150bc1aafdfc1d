"""What the groups of options that commands share come to, as click hands it over: a name and a type each, which mypy checks.

Rule: a command's own class extends those of its groups; a function takes the class of what it reads. A test compares the
classes with the options of the commands.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

from kgents.kinds.generate.options import GenerateOptions


@dataclass(frozen=True, slots=True)
class StoredTarget:
    """The lower limit of a stored run less a margin.

    reference  what names the run: an id or its beginning, a name, or @latest
    """

    reference: str
    margin: float


class RecordOptions(TypedDict):
    """`record_options`."""

    database: str | None
    debug: bool


class JsonOptions(RecordOptions):
    """The record, and whether a document is printed."""

    as_json: bool


class OutputOptions(TypedDict):
    """`output_options`, and `exit_codes_option` where the command has it."""

    as_json: bool
    as_jsonl: bool
    outputs: tuple[Path, ...]
    ui: bool
    annotate: str | None
    stats: bool
    quiet: bool
    fail_on: str
    exit_codes: NotRequired[str]


class DesignOptions(TypedDict):
    """`design_options`; `max_trials` is a number or 'none', as typed."""

    n: int | None
    adaptive: bool
    target: float | StoredTarget | None
    confidence: float
    max_trials: str | None
    rule: str | None
    prior: str
    futility: float | None
    margin: float | None


class SeriesOptions(DesignOptions):
    """`series_option`."""

    series: str | None


class BudgetOptions(TypedDict):
    """The caps on a whole run; dollars as typed."""

    budget_usd: str | None
    budget_tokens: int | None
    budget_seconds: float | None


class RunOptions(BudgetOptions):
    """`run_options`; `timeout` is seconds."""

    timeout: float
    concurrency: int | None
    errors: str
    max_errors: int | None
    seed: int | None
    name: str | None
    tags: tuple[str, ...]
    no_user: bool


class WorkersOptions(TypedDict):
    """`workers_options`."""

    workers: str | None
    workers_tls: Path | None
    workers_clocks: str | None
    insecure: bool


class ShownOptions(OutputOptions, RecordOptions):
    """What a command that runs trials prints and writes, how many at once, and where the record is."""

    concurrency: int | None


class SuiteChoice(TypedDict):
    """`suite_options`."""

    suite: str | None
    tasks: tuple[str, ...]
    oracle: str | None


class SpecOptions(GenerateOptions, SuiteChoice, RunOptions, WorkersOptions, ShownOptions):
    """What `generate` and `compare` have of specs, suites, coders and judges."""

    spec: str | None
