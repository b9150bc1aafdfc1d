"""`kg experiment run`."""

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, cast

import click

from kgents.cli.before_words import BeforeWords
from kgents.cli.designs import design_of, rate_of
from kgents.cli.option_types import DesignOptions, RunOptions, SeriesOptions, ShownOptions, WorkersOptions
from kgents.cli.options import (
    check_outputs,
    design_options,
    exit_codes_option,
    option,
    output_options,
    record_options,
    run_options,
    run_settings,
    series_of,
    series_option,
    together,
)
from kgents.cli.running import run
from kgents.cli.target import provisional, settled
from kgents.cli.workers import workers_options
from kgents.domain.json import Json, digest_of
from kgents.errors import UsageError
from kgents.kinds.command.options import CommandConfig, CommandOptions

if TYPE_CHECKING:
    from kgents.kinds.command.score import ScoreReader
    from kgents.kinds.kind import Request, RunContext
    from kgents.kinds.options import RunSettings
    from kgents.runner.session import Record
    from kgents.stats import Design

F = TypeVar("F", bound=Callable[..., Any])


class TrialsOptions(CommandOptions, SeriesOptions, RunOptions, WorkersOptions, ShownOptions):
    """All options of `kg experiment run`."""

    score: str | None
    score_range: str
    under: str | None


def status_options(function: F) -> F:
    """What exit statuses mean."""
    return together(
        option("--success-codes", default=None, metavar="CODES", help="Exit statuses of a success.  [default: 0]"),
        option(
            "--error-codes", default=None, metavar="CODES", help="Exit statuses that say nothing, such as 75,100-120."
        ),
        option(
            "--runner",
            type=click.Choice(["pytest", "none"]),
            default=None,
            help="Whose exit statuses they are: pytest's 2 to 5 say nothing.  [default: pytest for a pytest command]",
        ),
    )(function)


def environment_options(function: F) -> F:
    """What a command sees of the environment."""
    told = "Variables the command sees besides PATH, HOME and the language: NAME,NAME*,… or none.  [default: all]"
    return together(option("--env-pass", default=None, metavar="NAMES", help=told))(function)


def score_options(told: str) -> Callable[[F], F]:
    """Where the score of a trial stands, as the help tells it, and its range."""
    return together(
        option("--score", default=None, metavar="SOURCE", help=told),
        option("--score-range", default="0,1", show_default=True, metavar="LOW,HIGH", help="What a score can be."),
    )


def gate_option(function: F) -> F:
    """A limit of time that is no time-out."""
    told = (
        "Latency gate: a trial that takes longer fails. 2s, 250ms, or 2s@0.95: then 0.95 is the --target of --adaptive."
    )
    return option("--under", default=None, metavar="TIME[@RATE]", help=told)(function)


def gated(options: TrialsOptions) -> tuple[TrialsOptions, float | None]:
    """(the options with the target that --under names, its seconds). UsageError for what it contradicts."""
    if options["under"] is None:
        return options, None
    from kgents.kinds.command.latency import limit_of

    if options["score"] is not None:
        raise UsageError("--under and --score contradict each other", "write the seconds as a score, or leave one out")
    limit = limit_of("--under", options["under"])
    if limit.seconds >= options["timeout"]:
        raise UsageError(
            f"--under {options['under']} is not below --timeout {options['timeout']:g}, at which a trial is ended",
            f"--timeout {2 * limit.seconds:g}",
        )
    if limit.rate is None:
        return options, limit.seconds
    if options["target"] is not None:
        raise UsageError("--under TIME@RATE and --target contradict each other", "leave one of them out")
    asked = {"target": limit.rate, "adaptive": options["adaptive"] or options["n"] is None}
    return cast("TrialsOptions", {**options, **asked}), limit.seconds


@click.command(
    "run",
    cls=BeforeWords,
    context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False},
)
@design_options
@status_options
@environment_options
@score_options("Ask for the mean of a score: last-line, or json:KEY.")
@gate_option
@series_option
@run_options
@exit_codes_option
@workers_options
@output_options
@record_options
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[--] COMMAND...")
def command(words: tuple[str, ...], **options: Unpack[TrialsOptions]) -> int:
    """Trials of any command: exit status 0 is a success.

    Options of kg stand before the command; all that stands behind its first word goes to it. One word with spaces in it is
    a line for /bin/sh (dash on many systems: no $RANDOM, no [[). Each trial sees
    KGENTS_EXPERIMENT, KGENTS_ARM, KGENTS_TRIAL and KGENTS_SEED in its environment, and all that is in yours, keys among it,
    or what --env-pass names. At the time-out it gets SIGTERM, and SIGKILL 5 s later. A program that cannot be run (exit
    status 126 or 127) ends the experiment.

    \b
    kg experiment run --n 20 -- pytest -x tests/test_flaky.py
    kg experiment run --n 20 --success-codes 0,3 --error-codes 75 './integration.sh'
    kg experiment run --n 5 --env-pass CI,PYTHON* 'test -z "$OPENAI_API_KEY"'
    kg experiment run --adaptive --target 0.7 --score last-line 'seq 8 | shuf -n 1 | sed s/^/0./'
    kg experiment run --under 2s@0.95 -- sleep 0.01
    kg experiment run --adaptive --target @latest-0.05 -- true
    kg experiment run --adaptive --target 0.9 --series nightly -- true
    kg experiment run --adaptive --target 0.9 'test $(od -An -N1 -tu1 /dev/urandom) -lt 205'
    """
    if not words:
        raise UsageError("there is no command to run", "kg experiment run --n 20 -- COMMAND…")
    check_outputs(options["outputs"])
    from kgents.kinds.command.lines import argv_of
    from kgents.kinds.command.request import command_config

    options, under = gated(options)
    if options["score"] is None:
        design_of(provisional(options))
    else:
        _reader_and_design(options["score"], options)
    _settings(options)
    series_of(options)
    argv = argv_of(words)
    config = command_config({"": argv}, options, os.environ, under)
    prepare = partial(_request, argv, config, options)
    if options["score"] is not None:
        prepare = partial(_scored, options["score"], argv, config, options)
    return run(prepare, options)


def _settings(options: TrialsOptions) -> "RunSettings":
    return run_settings(options, options["max_trials"] is None)


async def _scored(
    source: str,
    argv: tuple[str, ...],
    config: CommandConfig,
    options: TrialsOptions,
    record: "Record",
    context: "RunContext",
) -> "Request":
    """Is the mean score above the target?"""
    from kgents.kinds.command.score import decided_by_mean
    from kgents.kinds.kind import Request

    reader, design = _reader_and_design(source, options)
    low, high = repr(reader.low), repr(reader.high)
    scored: CommandConfig = {**config, "score": {"source": reader.source, "low": low, "high": high}}
    request = Request(
        "command", scored, design, **_settings(options), oracle=f"score: {reader.source}",
        facts={"spec": digest_of(list(argv))}, series=series_of(options),
    )  # fmt: skip
    return decided_by_mean(request, low, high)


def _reader_and_design(source: str, options: TrialsOptions) -> "tuple[ScoreReader, Design]":
    """What reads the scores, and the design, whose target is a share of their range."""
    from kgents.kinds.command.score import reader_of

    reader = reader_of(source, options["score_range"])
    return reader, design_of(betting(options, reader.low, reader.high))


def betting(options: DesignOptions, low: float, high: float) -> DesignOptions:
    """The options of the design, the target as a share of the range. UsageError for those that betting has no use for."""
    target = rate_of(options)
    for name in ("rule", "futility", "margin", "prior"):
        if options[name] not in (None, "uniform"):
            raise UsageError(f"--{name} has no meaning for scores: they are decided by betting", f"leave --{name} out")
    if target is not None and not low < target < high:
        raise UsageError(f"--target {target:g}: between {low:g} and {high:g}, the range of the scores", "--score-range")
    share = None if target is None else (target - low) / (high - low)
    if not options["adaptive"]:
        return {**options, "target": share}
    return {**options, "target": share, "rule": "anytime", "futility": 0.0}


async def _request(
    argv: tuple[str, ...], config: CommandConfig, options: TrialsOptions, record: "Record", context: "RunContext"
) -> "Request":
    from kgents.kinds.kind import Request

    base = await settled(options, record)
    options = {**options, "target": base.target, "confidence": base.confidence}
    design, settings = design_of(options), _settings(options)
    facts: dict[str, Json] = {"spec": digest_of(list(argv)), **base.facts}
    if "env_pass" in config:
        facts["environment"] = ", ".join(["PATH, HOME, language", *config["env_pass"]])
    if config["success_codes"] != [0] or "under" in config:
        statuses = "the rate of exit status " + " or ".join(map(str, config["success_codes"]))
        facts["subject"] = statuses + (f" within {config['under']:g} s" if "under" in config else "")
    series = series_of(options)
    request = Request("command", config, design, **settings, oracle="exit status", facts=facts, series=series)
    if options["prior"] == "history":
        from kgents.runner.prior import informed

        request = await informed(request, await record.opened())
    return request
