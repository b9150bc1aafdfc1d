"""`kg experiment pytest`."""

import os
import secrets
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import click

from kgents.cli.designs import design_of
from kgents.cli.examples import meant
from kgents.cli.loop import collect_as_usual, run_loop
from kgents.cli.option_types import DesignOptions, OutputOptions, RecordOptions
from kgents.cli.options import check_outputs, exit_codes_option, no_user_option, option, output_options, record_options
from kgents.cli.output import present
from kgents.domain.json import digest_of
from kgents.errors import UsageError
from kgents.stats import Control

if TYPE_CHECKING:
    from kgents.domain.summary import Summary
    from kgents.kinds.flaky.commits import AtCommits
    from kgents.kinds.flaky.options import FlakyConfig
    from kgents.kinds.flaky.run import Suite
    from kgents.kinds.kind import Request, RunContext
    from kgents.runner.session import Record
    from kgents.stats import Design


class FlakyCommand(OutputOptions, RecordOptions):
    """All options of `kg experiment pytest`."""

    runs: int
    every_run: bool
    target: float
    confidence: float
    family: str
    timeout: float
    order: str
    junit: str | None
    python: str | None
    at: tuple[str, ...]
    build: str | None
    seed: int | None
    name: str | None
    tags: tuple[str, ...]
    no_user: bool


@click.command("pytest", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@click.option("--runs", type=click.IntRange(1, 10_000), default=60, show_default=True, help="The cap on runs a test.")
@click.option("--every-run", is_flag=True, help="Every test in every run: none is left out once it is decided.")
@click.option("--target", type=float, default=0.99, show_default=True, help="The pass rate in question, of each test.")
@click.option("--confidence", type=float, default=0.95, show_default=True, help="1 − the error on either side.")
@click.option(
    "--family",
    type=click.Choice([control.value for control in Control]),
    default=Control.FDR.value,
    show_default=True,
    help="Whose error: the share of wrong verdicts (fdr), of any test (all), each test's own (each).",
)
@option("--timeout", type=float, default=600.0, show_default=True, help="Seconds one run of the suite may take.")
@click.option(
    "--order", type=click.Choice(["random", "fixed"]), default="random", show_default=True, help="Of the tests."
)
@click.option(
    "--junit", default=None, metavar="FILE", help="Any runner: the JUnit file that COMMAND writes in every run."
)
@click.option("--python", default=None, help="The interpreter of the project.  [default: python on PATH]")
@click.option(
    "--at", multiple=True, metavar="REV", help="At a commit, in a worktree of its own; twice: two that are compared."
)
@click.option("--build", default=None, metavar="COMMAND", help="Makes a worktree of --at ready, once (a line for sh).")
@option("--seed", type=int, default=None, help="Root of all seeds.  [default: random, recorded]")
@option("--name", default=None, help="A name to find the experiment by.")
@option("--tag", "tags", multiple=True, help="A tag; repeatable.")
@no_user_option
@exit_codes_option
@output_options
@record_options
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[--] [PYTEST ARGUMENTS | COMMAND]...")
@click.pass_context
def flaky(context: click.Context, /, words: tuple[str, ...], **options: Unpack[FlakyCommand]) -> int:
    """Which tests of a suite are flaky, how flaky, and how they fail: the whole suite is run again and again.

    A run is a fresh process; the order of the tests is shuffled by a seed that is recorded (modules, and tests within
    them). A test whose pass rate is decided is left out of later runs. The first run finds out which tests there are; those
    that fail in it are run up to four times more by themselves, and none of that is in a rate. Exit code 10: some test
    passes less often than --target.

    With two commits every run is of both, in one order, and every test has all --runs. Told is which tests pass more or less
    often at the second; --family says whose error, and --target is of no account. Exit code 10: some pass less often.

    \b
    kg experiment pytest --runs 60 -- tests/ -q
    kg experiment pytest --at main --at HEAD -- tests/test_queue.py
    kg experiment pytest --junit out.xml -- gotestsum --junitfile out.xml ./...
    """
    if options["junit"] is not None and not words:
        raise UsageError("--junit needs the command that writes the file", "kg experiment pytest --junit F -- COMMAND…")
    if options["build"] is not None and not options["at"]:
        raise UsageError("--build is for worktrees of --at", "kg experiment pytest --at HEAD --build 'make'")
    if not 0 < options["timeout"] <= 86_400:
        raise UsageError(f"--timeout {options['timeout']:g}: seconds above 0 and at most a day", meant("timeout", None))
    if context.get_parameter_source("fail_on") is click.core.ParameterSource.DEFAULT:
        options["fail_on"] = "refuted"
    check_outputs(options["outputs"])
    return run_loop(_flaky(words, options))


async def _flaky(words: tuple[str, ...], options: FlakyCommand) -> int:
    from kgents.runner.session import unopened

    async with unopened(options["database"]) as (record, context):
        collect_as_usual()
        summary = await _run(words, options, record, context)
        return await present(await record.opened(), summary, options)


async def _run(words: tuple[str, ...], options: FlakyCommand, record: "Record", context: "RunContext") -> "Summary":
    from kgents.kinds.flaky.commits import at_commits, revisions
    from kgents.kinds.flaky.kind import suite_of

    config: FlakyConfig = {
        "type": "flaky",
        "argv": list(words) if options["junit"] is not None else [_python(options["python"]), "-m", "pytest", *words],
        "cwd": os.getcwd(),  # noqa: PTH109 - a string is what is kept
        "timeout": options["timeout"],
        "shuffled": options["order"] == "random",
        "junit": options["junit"],
    }
    suite = suite_of(config, context)
    asked = await revisions(options["at"], suite.cwd, context.environment)
    if not asked:
        return await _runs(config, suite, options, record, context)
    config["at"], config["commits"] = [each.asked for each in asked], [each.commit for each in asked]
    config["build"] = options["build"]
    async with at_commits(suite, asked, options["build"]) as there:
        return await _runs(config, there, options, record, context)


async def _runs(
    config: "FlakyConfig",
    suite: "Suite | AtCommits",
    options: FlakyCommand,
    record: "Record",
    context: "RunContext",
) -> "Summary":
    from kgents.runner.suite_runs import SuiteRuns

    seed = secrets.randbits(48) if options["seed"] is None else options["seed"]
    request = _request(config, _design(options, len(config.get("at", ()))), seed, options)
    tests = await suite.tests(seed)
    arms = tuple(name for name, ran in tests.items() if ran.passed is not None)
    if not arms:
        raise UsageError("every test of the suite was skipped", "try its command by hand")
    failed = [name for name, ran in tests.items() if ran.passed is False]
    again = [] if options["junit"] is not None else await suite.passing_again(failed, seed)
    skipped = [name for name, ran in tests.items() if ran.passed is None]
    request = replace(
        request,
        config={**config, "failed": failed, "passed_again": again, "skipped": skipped},
        arms=arms,
        facts={
            **request.facts,
            "failed_at_first": [arms.index(name) for name in failed],
            "passed_again": [arms.index(name) for name in again],
        },
        max_errors=len(arms) * options["runs"],
    )
    store = await record.opened()
    return await SuiteRuns(store, context, 2 * options["runs"]).begin(request, suite.outcomes, _progress(options))


def _design(options: FlakyCommand, commits: int) -> "Design":
    """What decides each test; of two commits all runs of all tests do."""
    from kgents.cli.designs import check_confidence
    from kgents.stats import Design, Rule

    if commits < 2:
        return design_of(_design_options(options))
    check_confidence(options["confidence"])
    return Design(Rule.FIXED, None, options["confidence"], options["runs"], futility=0.0)


def _design_options(options: FlakyCommand) -> DesignOptions:
    """What the options of this command are as options of a design."""
    every, runs = options["every_run"], options["runs"]
    return {
        "adaptive": not every, "rule": None, "prior": "uniform", "margin": None,
        "target": options["target"], "confidence": options["confidence"],
        "n": runs if every else None, "max_trials": None if every else str(runs), "futility": None if every else 0.0,
    }  # fmt: skip


def _request(config: "FlakyConfig", design: "Design", seed: int, options: FlakyCommand) -> "Request":
    from kgents.domain.plan import DecidedBy, Layout
    from kgents.kinds.kind import Request

    facts: dict[str, object] = {"spec": digest_of([*config["argv"], *config.get("commits", [])])}
    more: dict[str, Any] = {}
    if "at" in config:
        facts["at"] = config["at"]
    if len(config.get("at", ())) == 2:
        facts["control"] = options["family"]
        digest = digest_of([DecidedBy.CHANGES, design.to_data(), options["family"]])
        more = {"layout": Layout.BLOCKS, "decider": DecidedBy.CHANGES, "boundary_digest": digest}
    elif options["family"] != Control.EACH:
        facts["family"] = options["family"]
    return Request(
        "flaky", config, design, seed, name=options["name"], tags=tuple(options["tags"]), with_user=not options["no_user"],
        oracle="JUnit" if options["junit"] else "pytest", facts=facts, **more,
    )  # fmt: skip


def _python(asked: str | None) -> str:
    if asked is None:
        return shutil.which("python") or sys.executable
    if shutil.which(asked) is None and not Path(asked).is_file():
        raise UsageError(f"--python {asked}: there is no such program", "name the interpreter that has pytest")
    return asked


def _progress(options: FlakyCommand) -> Any:
    loud = sys.stderr.isatty() and not options["quiet"]

    def progress(number: int, tests: int) -> None:
        if loud:
            click.echo(f"run {number + 1}: {tests} tests", err=True)

    return progress
