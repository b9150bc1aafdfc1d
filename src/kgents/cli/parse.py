"""`kg experiment parse`."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.designs import design_of
from kgents.cli.examples import meant
from kgents.cli.files import InputFile, check_there
from kgents.cli.option_types import DesignOptions, RunOptions, ShownOptions
from kgents.cli.options import (
    check_outputs,
    design_options,
    option,
    output_options,
    record_options,
    run_options,
    run_settings,
)
from kgents.cli.running import Prepare, run
from kgents.errors import UsageError
from kgents.kinds.parse.options import ParseOptions
from kgents.stats import Design

if TYPE_CHECKING:
    from kgents.domain.ports import Store
    from kgents.domain.summary import Summary
    from kgents.kinds.kind import Request, RunContext
    from kgents.runner.session import Record


class ParseCommand(ParseOptions, DesignOptions, RunOptions, ShownOptions):
    """All options of `kg experiment parse`; `folder`: where the worst inputs are written."""

    folder: Path | None
    listed: bool


@click.command()
@option("--strategy", default=None, help="Strategies, with commas; --list shows them.")
@option(
    "--parser", multiple=True, metavar="MODULE:FUNCTION", help="Your own parser, also PATH.py:FUNCTION; repeatable."
)
@option("--command", multiple=True, metavar="CMD", help="Your own parser: text on stdin, JSON on stdout; repeatable.")
@option("--corpus", default=None, help="llm-json, json or python; with --input: its language.  [default: llm-json]")
@option("--input", "input", default=None, help="Your documents: TEXT, @FILE, @FOLDER, @FILE.jsonl, or -.")
@option("--schema", default=None, help="A file with a JSON Schema, or a pydantic model MODULE:MODEL.")
@option("--mutators", default=None, help="Classes or names of mutators, with commas.  [default: all]")
@option("--severity", default="1", show_default=True, help="Mutators that are stacked: 2, or 1-3 for a curve.")
@option("--weights", default=None, help="Weights of classes, such as truncation=5,wrapping=2.  [default: all alike]")
@option(
    "--weights-from",
    default=None,
    type=InputFile(),
    help="A log of your own failed outputs: classes get the weights that it shows.",
)
@option("--max-corruption", type=float, default=None, help="A second verdict: silent corruption is below this rate.")
@option("--compare", is_flag=True, help="Stop as soon as it is decided which strategy recovers most.")
@option("--recommend", is_flag=True, help="Say which strategy to use for what; without --strategy: of all installed.")
@option("--limit", type=float, default=1.0, show_default=True, help="Seconds one input may take before it hangs.")
@option("--memory-mb", type=int, default=512, show_default=True, help="Memory a parser may take.")
@option(
    "--controls",
    type=int,
    default=30,
    show_default=True,
    help="Valid documents that have to come back unchanged; 0: no controls.",
)
@option("--examples", type=int, default=10, show_default=True, help="Inputs that are shrunk, per strategy.")
@click.option(
    "--export",
    "folder",
    default=None,
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the worst inputs as a pytest file and a .jsonl corpus.",
)
@click.option("--list", "listed", is_flag=True, help="Show strategies, corpora and mutators, and run nothing.")
@design_options
@run_options
@output_options
@record_options
def parse(**options: Unpack[ParseCommand]) -> int:
    """How well a parser survives malformed input: what it recovers, and what it silently gets wrong.

    \b
    kg experiment parse --strategy strict,repair,lazy_validation --n 2000
    kg experiment parse --parser mypackage.parsing:loads --adaptive --target 0.8 --max-corruption 0.01
    kg experiment parse --command 'jq .' --input @samples.jsonl --n 500
    kg experiment parse --recommend --n 3000
    """  # fmt: skip
    check_outputs(options["outputs"])
    if options["listed"]:
        from kgents.kinds.parse.catalogue import catalogue

        click.echo(catalogue(options["as_json"]))
        return 0
    return run(prepared(options), options, partial(_export, options))


def prepared(options: ParseCommand) -> Prepare:
    """What asks for the experiment, once the record is open. UsageError for options that make none."""
    _check(options)
    return partial(_request, options)


def _check(options: ParseCommand) -> None:
    if options["max_corruption"] is not None and not 0 < options["max_corruption"] < 1:
        raise UsageError(
            f"--max-corruption {options['max_corruption']:g}: between 0 and 1, both excluded",
            meant("max-corruption", None),
        )
    if not 0.01 <= options["limit"] <= 600:
        raise UsageError(f"--limit {options['limit']:g}: seconds from 0.01 to 600", "such as --limit 10")
    for flag, count, low, high in (
        ("memory-mb", options["memory_mb"], 16, 65_536),
        ("controls", options["controls"], 0, 1000),
        ("examples", options["examples"], 0, 100),
    ):
        if not low <= count <= high:
            raise UsageError(f"--{flag} {count}: from {low} to {high}", meant(flag, None))
    documents = options["input"]
    if documents is not None and documents.startswith("@"):
        check_there("--input", Path(documents[1:]), documents, "@ is followed by the name of a file or folder")
    if options["compare"] and (
        options["n"] is not None or options["adaptive"] or options["max_corruption"] is not None
    ):
        raise UsageError(
            "--compare has a rule of its own", "leave --n, --adaptive and --max-corruption out; the cap is --max-trials"
        )
    if options["folder"] is not None and options["folder"].exists() and any(options["folder"].iterdir()):
        raise UsageError(f"--export {options['folder']}: the folder is not empty", "name a new folder")


async def _request(options: ParseCommand, record: "Record", context: "RunContext") -> "Request":
    from kgents.kinds.parse.request import loaded, request

    asked = request(_design(options), options, run_settings(options, options["max_trials"] is None), context)
    return await loaded(asked, context)


async def _export(options: ParseCommand, store: "Store", summary: "Summary") -> None:
    if options["folder"] is not None:
        from kgents.kinds.parse.export import export

        click.echo(await export(store, summary, options["folder"]), err=True)


def _design(options: ParseCommand) -> Design:
    if not options["compare"]:
        return design_of(options)
    from kgents.cli.compare import design_of as design_of_comparison

    cap = 1000 if options["max_trials"] is None else options["max_trials"]
    return design_of_comparison(
        {"confidence": options["confidence"], "max_trials": int(cap), "margin": options["margin"]}
    )
