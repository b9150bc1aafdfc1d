"""`kg experiment bisect`."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.designs import check_confidence
from kgents.cli.option_types import RunOptions, ShownOptions
from kgents.cli.options import check_outputs, output_options, record_options, run_options, run_settings
from kgents.cli.running import run
from kgents.domain.json import digest_of
from kgents.errors import UsageError
from kgents.kinds.bisect.data import BisectConfig
from kgents.kinds.options import RunSettings

if TYPE_CHECKING:
    from kgents.domain.ports import Store
    from kgents.kinds.kind import Request, RunContext

LARGEST = 5000  # commits


class BisectCommand(RunOptions, ShownOptions):
    """All options of `kg experiment bisect`."""

    good: str
    bad: str
    rates: str | None
    build: str | None
    error_codes: str
    confidence: float
    max_trials: int


@click.command("bisect", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@click.option("--good", required=True, metavar="REV", help="A commit at which the command passes often.")
@click.option("--bad", default="HEAD", show_default=True, metavar="REV", help="A later one at which it passes less.")
@click.option("--rates", default=None, metavar="GOOD,BAD", help="Pass rates to tell apart.  [default: measured]")
@click.option("--build", default=None, metavar="COMMAND", help="Makes a worktree ready, once in each (a line for sh).")
@click.option("--error-codes", default="125", show_default=True, help="Exit statuses that say nothing of a commit.")
@click.option("--confidence", type=float, default=0.95, show_default=True, help="1 − the error.")
@click.option("--max-trials", type=click.IntRange(20, 100_000), default=2000, show_default=True, help="The cap.")
@run_options
@output_options
@record_options
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[--] COMMAND...")
def bisect(words: tuple[str, ...], **options: Unpack[BisectCommand]) -> int:
    """At which commit a command began to pass less often: a binary search whose answers are noisy.

    The commits are those of `git rev-list --first-parent GOOD..BAD`, each in a worktree that is made and removed. First the
    ends are run until their rates differ, then the commit at which the posterior is cut in halves, until one commit has the
    probability 1 − error. A commit at which nothing can be run (--build fails, exit status 125) is left out. Exit code 11:
    the ends do not differ, or the cap is reached.

    \b
    kg experiment bisect --good v1.2 -- pytest -q tests/test_queue.py
    kg experiment bisect --good v1.2 --bad main --build 'make' --rates 0.99,0.9 -- ./stress.sh
    """
    if not words:
        raise UsageError("there is no command to run", "kg experiment bisect --good REV -- COMMAND…")
    check_outputs(options["outputs"])
    check_confidence(options["confidence"])
    run_settings(options)
    return run(partial(_request, words, _rates(options["rates"]), options), options)


def _rates(text: str | None) -> list[str] | None:
    """The rates as decimal strings. UsageError unless 0 < BAD < GOOD < 1."""
    if text is None:
        return None
    try:
        good, bad = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--rates {text}: two numbers, GOOD,BAD", "--rates 0.99,0.9") from None
    if not 0 < bad < good < 1:
        raise UsageError(f"--rates {text}: GOOD is above BAD, both between 0 and 1", "--rates 0.99,0.9")
    return [repr(good), repr(bad)]


async def _request(
    words: tuple[str, ...], rates: list[str] | None, options: BisectCommand, store: "Store", context: "RunContext"
) -> "Request":
    from kgents.domain.plan import DecidedBy, Layout
    from kgents.kinds.bisect.commits import commits_between
    from kgents.kinds.command.lines import argv_of, simple_words
    from kgents.kinds.command.statuses import codes_of, runner_of
    from kgents.kinds.kind import Request
    from kgents.stats import Design, Rule

    argv, cwd = argv_of(words), Path(os.getcwd())  # noqa: PTH109
    commits, subjects = await commits_between(options["good"], options["bad"], cwd, context.environment, LARGEST)
    design = Design(Rule.ANYTIME, 0.5, options["confidence"], options["max_trials"], futility=0.0)
    config: BisectConfig = {
        "type": "bisect",
        "argv": list(argv),
        "cwd": str(cwd),
        "good": commits[0],
        "bad": commits[-1],
        "commits": commits,
        "subjects": subjects,
        "build": options["build"],
        "timeout": options["timeout"],
        "error_codes": codes_of("--error-codes", options["error_codes"]),
        "runner": runner_of(simple_words(argv)),
    }
    settings: RunSettings = {**run_settings(options), "max_errors": options["max_errors"] or 3 * len(commits) + 20}
    return Request(
        "bisect", config, design, **settings, layout=Layout.BLOCKS, decider=DecidedBy.BISECT, oracle="exit status",
        arms=tuple(commit[:12] for commit in commits), boundary_digest=digest_of([DecidedBy.BISECT, design.to_data(), rates]),
        facts={"spec": digest_of([*argv, commits[0], commits[-1]]), "rates": rates},
    )  # fmt: skip
