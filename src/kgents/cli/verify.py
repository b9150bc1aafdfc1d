"""`kg experiment verify`."""

import secrets
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.designs import check_confidence
from kgents.cli.files import InputFile
from kgents.cli.generation_options import family_option, k_option, sandbox_options, suite_options
from kgents.cli.option_types import RunOptions, ShownOptions, SuiteChoice, WorkersOptions
from kgents.cli.options import check_outputs, no_user_option, option, output_options, record_options
from kgents.cli.running import run
from kgents.cli.workers import workers_options
from kgents.errors import UsageError
from kgents.kinds.options import SandboxOptions
from kgents.kinds.suite.options import SampleOptions

if TYPE_CHECKING:
    from kgents.kinds.kind import Request, RunContext
    from kgents.runner.session import Record

SECONDS = 120.0  # that a sample may take


class VerifyCommand(SuiteChoice, SandboxOptions, WorkersOptions, ShownOptions):
    """All options of `kg experiment verify`."""

    samples: Path | None
    raw: bool
    k: str | None
    target: float | None
    confidence: float
    family: str
    tolerance: float | None
    allow_weak_oracle: bool
    budget_seconds: float | None
    name: str | None
    tags: tuple[str, ...]
    no_user: bool


@click.command()
@suite_options
@option(
    "--samples",
    type=InputFile(),
    default=None,
    help='Lines of {"task_id": …, "completion": …} (or "solution": a whole program), or a list of lists; .gz or not.',
)
@option("--raw", is_flag=True, help="Judge samples as they are; else code is taken out of answers that are no program.")
@k_option
@option("--target", type=float, default=None, help="Decide for every task whether its rate is above it.")
@option("--confidence", type=float, default=0.95, show_default=True, help="Of intervals and verdicts.")
@family_option
@option("--tolerance", type=float, default=None, help="Relative tolerance of floats.  [default: 1e-9]")
@sandbox_options
@option("--concurrency", type=int, default=None, help="Samples launched at once, of which 4 are judged.  [default: 32]")
@option("--budget-seconds", type=float, default=None, help="Stop (resumable) after this long.")
@option("--name", default=None, help="A name to find the experiment by.")
@option("--tag", "tags", multiple=True, help="A tag; repeatable.")
@no_user_option
@workers_options
@output_options
@record_options
def verify(**options: Unpack[VerifyCommand]) -> int:
    """Judge completions that exist already: HumanEval's sample format, whoever made them.

    \b
    kg experiment verify --suite humaneval --samples samples.jsonl --k 1,10
    kg experiment verify --suite mbpp.jsonl --samples samples.jsonl.gz --json
    kg experiment verify --suite humaneval --samples generations.json --raw
    kg experiment verify --suite humaneval --samples samples.jsonl --target 0.5 --family all
    """
    suite, samples = options["suite"], options["samples"]
    for name, value in (("suite", suite), ("samples", samples)):
        if value is None:
            raise UsageError(f"--{name} is needed", "kg experiment verify --suite FILE --samples FILE.jsonl")
    check_confidence(options["confidence"])
    if options["target"] is None and options["family"] != "each":
        raise UsageError("--family is about verdicts", "add --target, such as --target 0.5, or leave --family out")
    check_outputs(options["outputs"])
    return run(partial(_request, suite or "", samples or Path(), options), options)


async def _request(
    suite: str, samples: Path, options: VerifyCommand, record: "Record", context: "RunContext"
) -> "Request":
    from kgents.cli.options import run_settings
    from kgents.kinds.suite.request import samples_request

    unused: RunOptions = {
        "timeout": SECONDS, "errors": "exclude", "max_errors": None, "budget_usd": None, "budget_tokens": None,
        "budget_seconds": options["budget_seconds"], "concurrency": options["concurrency"], "seed": secrets.randbits(48),
        "name": options["name"], "tags": options["tags"], "no_user": options["no_user"],
    }  # fmt: skip
    asked: SampleOptions = {
        "samples": samples, "raw": options["raw"], "target": options["target"], "confidence": options["confidence"],
        "tasks": options["tasks"], "oracle": options["oracle"], "tolerance": options["tolerance"], "timeout": SECONDS,
        "k": options["k"], "family": options["family"], "sandbox": options.get("sandbox"),
        "allow_weak_sandbox": options["allow_weak_sandbox"], "packages": options.get("packages"),
        "module_path": options.get("module_path"), "python": options.get("python"),
    }  # fmt: skip
    return await samples_request(suite, run_settings(unused, capped_by_default=True), asked, context)
