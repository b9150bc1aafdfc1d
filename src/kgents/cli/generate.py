"""`kg experiment generate`."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.command import betting
from kgents.cli.designs import design_of
from kgents.cli.generation_options import (
    coder_options,
    family_option,
    k_option,
    oracle_options,
    question_options,
    suite_options,
)
from kgents.cli.option_types import DesignOptions, SeriesOptions, SpecOptions
from kgents.cli.options import (
    check_outputs,
    design_options,
    option,
    output_options,
    record_options,
    run_options,
    run_settings,
    series_of,
    series_option,
)
from kgents.cli.running import Prepare, run
from kgents.cli.target import provisional, settled
from kgents.cli.texts import read_spec_text, read_text
from kgents.cli.workers import workers_options
from kgents.errors import UsageError
from kgents.kinds.generate.options import QuestionOptions
from kgents.stats import Control

if TYPE_CHECKING:
    from kgents.kinds.kind import Request, RunContext
    from kgents.kinds.options import AskedArm, RunSettings
    from kgents.runner.session import Record


class GenerateCommand(SpecOptions, SeriesOptions):
    """All options of `kg experiment generate`."""

    k: str | None
    family: str
    decide: str
    score: str | None


def described(options: QuestionOptions) -> None:
    """Reads the text that --describe stands for."""
    text = options.get("describe")
    if text is not None:
        options["describe"] = read_text("--describe", text)


def readable(spec: str, options: SpecOptions) -> None:
    """UsageError for a spec that is no spec, before the record is opened."""
    from kgents.kinds.generate.question import check_spec, spec_in

    check_spec(spec_in(spec)[0], options)
    if options["checks"]:
        from kgents.verify.static import missing_tools

        missing_tools([word.strip() for word in options["checks"].split(",") if word.strip()])


def spec_file(spec: str | None) -> str | None:
    """The file that --spec names, where it names one."""
    return spec[1:] if spec is not None and spec.startswith("@") else None


def only_a_suite(options: SpecOptions) -> None:
    """UsageError where an option is given that a suite brings itself, or that is about one spec."""
    for name in (
        "spec", "tests", "inputs", "examples", "checker", "checks", "entry_point", "describe", "show_examples", "show_body",
    ):  # fmt: skip
        if options[name]:
            flag = {"checks": "check"}.get(name, name).replace("_", "-")
            raise UsageError(f"--{flag} and --suite contradict each other", "a suite brings its own specs and tests")


@click.command()
@option("--spec", default=None, help="TEXT, @FILE, or - for stdin: code, a signature, or prose with --tests.")
@suite_options
@k_option
@family_option
@option(
    "--score",
    type=click.Choice(["tests"]),
    default=None,
    help="tests: run them all, and ask for the mean share that passes (of tests, examples, or inputs of the spec).",
)
@option(
    "--decide",
    type=click.Choice(["task", "suite"]),
    default="task",
    show_default=True,
    help="What --adaptive decides: every task of a suite, or the mean over it.",
)
@coder_options
@oracle_options
@question_options
@design_options
@series_option
@run_options
@workers_options
@output_options
@record_options
def generate(**options: Unpack[GenerateCommand]) -> int:
    """Trials of code generation from a spec, each candidate judged in a sandbox.

    \b
    kg experiment generate --spec "def add(a, b): return a + b" --n 2
    kg experiment generate --spec @spec.py --model anthropic:claude-sonnet-5-5 --adaptive --target 0.9
    kg experiment generate --spec "def area(r): return 3.14 * r * r" --describe "of a circle" --n 2 --model simulated
    kg experiment generate --spec @task.md --tests test_task.py --harness claude --adaptive --budget-usd 2
    kg experiment generate --spec @task.md --examples examples.jsonl --model simulated:0.8
    kg experiment generate --spec @task.md --tests test_task.py --adaptive --target 0.8 --score tests
    kg experiment generate --suite humaneval --model openai:gpt-6.1-terra --n 10 --k 1,10
    kg experiment generate --suite tasks.jsonl.gz --adaptive --target 0.8 --decide suite
    kg experiment generate --suite tasks.jsonl.gz --adaptive --target 0.8 --family all
    """
    return run(prepared(options), options)


def prepared(options: GenerateCommand) -> Prepare:
    """What asks for the experiment, once the record is open. UsageError for options that make none."""
    check_outputs(options["outputs"])
    _settings(options)
    design_of(_decided_by(options))
    series = series_of(options)
    if options["suite"] is not None:
        if series is not None:
            _check_one_error(options)
        only_a_suite(options)
        if options["score"] is not None:
            raise UsageError("--score and --suite contradict each other", "--score is about the tests of one spec")
        if options["prior"] == "history":
            raise UsageError(
                "--prior history and --suite contradict each other", "history is that of one spec; give a,b"
            )
        check_asked({}, options)
        return partial(_suite_request, options["suite"], options)
    if options["family"] != Control.EACH.value:
        raise UsageError("--family is about the tasks of a suite", "add --suite FILE, or leave it out")
    if options["score"] is not None and options["checks"]:
        raise UsageError("--score tests and --check contradict each other", "a check is no test; leave one of them out")
    if options["k"] is not None:
        raise UsageError("--k is about the tasks of a suite", "add --suite FILE, or leave it out")
    if options["spec"] is None:
        raise UsageError("--spec is needed", 'such as --spec "def add(a, b): return a + b", or --suite FILE')
    spec = read_spec_text(options["spec"])
    options["spec_file"] = spec_file(options["spec"])
    described(options)
    readable(spec, options)
    check_asked({}, options)
    return partial(_request, spec, options)


def check_asked(arms: "Mapping[str, AskedArm]", options: SpecOptions) -> None:
    """Raises what is wrong with the coders of arms, or of the options alone, before what runs trials is imported."""
    from kgents.kinds.coders import check_coders, only_arm
    from kgents.runner.settings import ProcessSettings

    check_coders(
        arms or only_arm(options), options, ProcessSettings.read(options["database"]).context(), options["budget_usd"]
    )


def _check_one_error(options: GenerateCommand) -> None:
    """UsageError where the verdicts of a suite have no one error, of which a share of a series' could be given."""
    control = Control(options["family"])
    if options["decide"] == "suite" or control is Control.ALL:
        return
    own = "each task errs by itself" if control is Control.EACH else "--family fdr bounds the share of wrong verdicts"
    raise UsageError(
        f"--series divides the probability of any wrong verdict, and with --suite {own}",
        "--family all: one error for all tasks; --decide suite: one verdict",
    )


def _decided_by(options: GenerateCommand) -> DesignOptions:
    """The options of the design, as far as they are known before the record is opened."""
    if options["suite"] is not None:
        return options
    return provisional(options) if options["score"] is None else betting(options, 0.0, 1.0)


def _settings(options: GenerateCommand) -> "RunSettings":
    return run_settings(options, options["max_trials"] is None)


async def _request(spec: str, options: GenerateCommand, record: "Record", context: "RunContext") -> "Request":
    from kgents.kinds.generate.request import spec_request

    if options["score"] is not None:
        return await _scored(spec, options, context)
    base = await settled(options, record)
    options = {**options, "target": base.target, "confidence": base.confidence}
    request = await spec_request(spec, design_of(options), _settings(options), options, context)
    request = replace(request, facts={**request.facts, **base.facts}, series=series_of(options))
    if options["prior"] == "history":
        from kgents.runner.prior import informed

        request = await informed(request, await record.opened())
    return request


async def _scored(spec: str, options: GenerateCommand, context: "RunContext") -> "Request":
    """Is the mean share of the tests that pass above the target?"""
    from kgents.kinds.command.score import decided_by_mean
    from kgents.kinds.generate.request import spec_request

    design = design_of(betting(options, 0.0, 1.0))
    options["every"] = True
    request = await spec_request(spec, design, _settings(options), options, context)
    return decided_by_mean(replace(request, series=series_of(options)), "0.0", "1.0")


async def _suite_request(suite: str, options: GenerateCommand, record: "Record", context: "RunContext") -> "Request":
    from kgents.kinds.suite.request import suite_request

    design, run = design_of(options), _settings(options)
    way = options["decide"]
    if way == "suite" and not options["adaptive"]:
        raise UsageError("--decide suite is about --adaptive", "add --adaptive, or leave it out")
    if way == "suite" and options["family"] != Control.EACH.value:
        raise UsageError("--family is about --decide task", "with --decide suite there is one verdict; leave it out")
    control = Control(options["family"])
    request = await suite_request(suite, way, design, run, options, context, k=options["k"], control=control)
    return replace(request, series=series_of(options))
