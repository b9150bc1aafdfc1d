"""The options that commands share, and what they mean together.

Rule: every option is also a variable KGENTS_… and a key of `[tool.kgents]`; `option` sees to it.
"""

import math
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from kgents.cli.examples import meant
from kgents.cli.option_types import BudgetOptions, RunOptions, SeriesOptions, StoredTarget
from kgents.cli.target import TargetType
from kgents.domain.outcome import dollars
from kgents.domain.plan import Budget, Errors
from kgents.domain.series import SeriesShare
from kgents.errors import UsageError
from kgents.kinds.options import RunSettings
from kgents.report.formats import FORMATS, suffix_of
from kgents.stats import Rule

F = TypeVar("F", bound=Callable[..., Any])
_TARGET = (
    "The rate in question, or @ID-0.05: the lower limit of a stored run less 0.05.  [default: 0.5 with --adaptive]"
)


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """An option that is also a variable KGENTS_…, shown in --help."""
    long = next(name for name in names if name.startswith("--"))
    variable = "KGENTS_" + long.partition("/")[0].removeprefix("--").replace("-", "_").upper()
    return click.option(*names, envvar=variable, show_envvar=True, **attributes)


def together(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several decorators as one, shown in --help in this order."""

    def apply(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


def no_user_option(function: F) -> F:
    """Who began an experiment, left out of its record."""
    words = "Record neither your user name nor the name of this machine."
    return option("--no-user", is_flag=True, help=words)(function)


def design_options(function: F) -> F:
    """How many trials, and what decides."""
    return together(
        option("--n", "n", type=int, default=None, help="A fixed number of trials.  [default: 10]"),
        option("--adaptive", is_flag=True, help="Stop as soon as the evidence decides."),
        option("--target", type=TargetType(), default=None, help=_TARGET),
        option("--confidence", type=float, default=0.95, show_default=True, help="1 − the error on either side."),
        option(
            "--max-trials",
            default=None,
            help="The cap of --adaptive, or 'none'.  [default: what --target needs, 100 at least]",
        ),
        option(
            "--rule",
            type=click.Choice([rule.value for rule in Rule]),
            default=None,
            help="What stops --adaptive.  [default: calibrated]",
        ),
        option("--prior", default="uniform", show_default=True, help="uniform, jeffreys, a,b, or history."),
        option("--futility", type=float, default=None, help="Give up below this chance of a verdict.  [default: 0.02]"),
        option("--margin", type=float, default=None, help="Half the width of the zone you do not care about."),
    )(function)


def series_option(function: F) -> F:
    """One of many decisions, which have one error together."""
    words = "One of a series of decisions, all of which have the error 1 − confidence together: takes its next share."
    return option("--series", default=None, metavar="NAME", help=words)(function)


def series_of(options: SeriesOptions) -> str | None:
    """The series that a decision belongs to. UsageError for a name that none can have, and where nothing is decided."""
    name = options["series"]
    if name is None:
        return None
    check_series(name)
    if isinstance(options["target"], StoredTarget):
        raise UsageError("--series and --target @ID contradict each other: each divides the error", "give a number")
    if options["rule"] == "posterior":
        raise UsageError("--rule posterior promises no error, so it has no share of one", "leave --series out")
    if not options["adaptive"] and options["rule"] is None and options["target"] is None:
        raise UsageError("--series is about decisions, and nothing is decided", "add --adaptive or --target 0.9")
    return str(name)


def check_series(name: str) -> None:
    """UsageError for a name that no series can have."""
    try:
        SeriesShare(name, 1, 0.95)
    except ValueError as wrong:
        raise UsageError(f"--series {wrong}", "such as --series nightly") from wrong


def run_options(function: F) -> F:
    """How trials are run."""
    return together(
        option("--timeout", type=float, default=120.0, show_default=True, help="Seconds a trial may take."),
        option(
            "--concurrency",
            type=int,
            default=None,
            help="Trials at once; never more than could be needed.  [default: by kind; a server of your own: from 1 on]",
        ),
        option("--budget-usd", default=None, help="Stop (resumable) when this much is spent."),
        option("--budget-tokens", type=int, default=None, help="Stop (resumable) after this many tokens."),
        option("--budget-seconds", type=float, default=None, help="Stop (resumable) after this long."),
        option(
            "--errors",
            type=click.Choice([policy.value for policy in Errors]),
            default="exclude",
            show_default=True,
            help="How trials count that the network or provider spoilt.",
        ),
        option(
            "--max-errors",
            type=int,
            default=None,
            help="Give up after so many of them.  [default: a fifth of the cap, of a suite a twentieth; 10 at least]",
        ),
        option("--seed", type=int, default=None, help="Root of all seeds.  [default: random, recorded]"),
        option("--name", default=None, help="A name to find the experiment by."),
        option("--tag", "tags", multiple=True, help="A tag; repeatable."),
        no_user_option,
    )(function)


def record_options(function: F) -> F:
    """Where the record is."""
    return together(
        click.option(
            "--database",
            envvar="KGENTS_DATABASE_URL",
            show_envvar=True,
            default=None,
            help="sqlite:///FILE or postgresql://…  [default: a file in your data directory]",
        ),
        option("--debug", is_flag=True, help="Show tracebacks."),
    )(function)


def output_options(function: F) -> F:
    """What is printed and written."""
    return together(
        option("--json", "as_json", is_flag=True, callback=_one_form, help="Print one JSON document."),
        option("--jsonl", "as_jsonl", is_flag=True, callback=_one_form, help="Print one event a line."),
        option(
            "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
            help=f"Write a file, format by suffix ({' '.join(FORMATS)}); repeatable.",
        ),
        option("--ui", is_flag=True, help="Follow the run in a browser (extra ui)."),
        option(
            "--annotate",
            type=click.Choice(["github"]),
            default=None,
            help="Print one annotation of GitHub Actions (on stderr).",
        ),
        option("--stats", is_flag=True, help="All figures: every interval, the unbiased rate, the oracle, the sandbox."),
        option("-q", "--quiet", is_flag=True, help="No progress, only the result."),
        option(
            "--fail-on",
            default="refuted,inconclusive",
            show_default=True,
            callback=_verdicts,
            help="Verdicts that exit with 10 or 11: refuted, inconclusive, never.",
        ),
    )(function)  # fmt: skip


def exit_codes_option(function: F) -> F:
    """What the exit code says, and to whom."""
    return option(
        "--exit-codes",
        type=click.Choice(["kgents", "bisect"]),
        default="kgents",
        show_default=True,
        help="bisect: 0 supported, 1 refuted, 125 undecided, 128 an error, for git bisect run.",
    )(function)


def check_outputs(outputs: Sequence[Path]) -> None:
    """Refuses a folder, a file whose suffix names no format, or whose folder is not there, before anything runs."""
    for path in outputs:
        if path.is_dir():
            raise UsageError(f"-o {path}: a folder", f"name a file in it: -o {path / 'result.html'}")
        if suffix_of(path) is None:
            raise UsageError(f"-o {path}: no format has this suffix", f"use one of {' '.join(FORMATS)}")
        if not path.parent.is_dir():
            raise UsageError(f"-o {path}: there is no folder {path.parent}", "make it first")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise UsageError(f"-o {path}: Permission denied", "name a file in a folder that you may write to")


def _one_form(context: click.Context, parameter: click.Parameter, wanted: bool) -> bool:
    other = "as_jsonl" if parameter.name == "as_json" else "as_json"
    if wanted and context.params.get(other):
        raise UsageError("--json and --jsonl contradict each other", "leave one of them out")
    return wanted


def _verdicts(context: click.Context, parameter: click.Parameter, text: str) -> str:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words or set(words) - {"refuted", "inconclusive", "never"} or ("never" in words and len(words) > 1):
        raise UsageError(f"--fail-on {text!r}: no such verdict", "refuted, inconclusive, both with a comma, or never")
    return ",".join(words)


def budget_of(options: BudgetOptions) -> Budget:
    """The caps on the whole run."""
    usd = options["budget_usd"]
    try:
        amount = None if usd is None else dollars(usd)
    except ValueError:
        raise UsageError(f"--budget-usd {usd!r} is not an amount above 0", "give dollars, such as 2.50") from None
    for name in ("budget_tokens", "budget_seconds"):
        most = options[name]
        if most is not None and not 0 < most < math.inf:
            flag = name.replace("_", "-")
            raise UsageError(f"--{flag} {most}: a budget is above 0 and finite", meant(flag, None))
    if amount == 0:
        raise UsageError(f"--budget-usd {usd}: a budget is above 0", meant("budget-usd", None))
    return Budget(options["budget_seconds"], options["budget_tokens"], amount)


def run_settings(options: RunOptions, capped_by_default: bool = False) -> RunSettings:
    """What a Request takes from the run options; checks their ranges. `capped_by_default`: nobody named a cap."""
    if not 0 < options["timeout"] <= 86_400:
        raise UsageError(f"--timeout {options['timeout']:g}: seconds above 0 and at most a day", meant("timeout", None))
    for name in ("concurrency", "max_errors"):
        count = options[name]
        if count is not None and count < 1:
            flag = name.replace("_", "-")
            raise UsageError(f"--{flag} {count}: at least 1", meant(flag, None))
    seed = secrets.randbits(48) if options["seed"] is None else options["seed"]
    return {
        "seed": seed,
        "name": options["name"],
        "tags": tuple(options["tags"]),
        "errors": Errors(options["errors"]),
        "budget": budget_of(options),
        "max_errors": options["max_errors"],
        "with_user": not options["no_user"],
        "capped_by_default": capped_by_default,
    }
