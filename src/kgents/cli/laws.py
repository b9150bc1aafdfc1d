"""`kg experiment laws`."""

import asyncio
from pathlib import Path
from typing import Any

import click

from kgents.cli import faces
from kgents.cli.options import option, output_options, record_options, run_options, run_settings
from kgents.errors import UsageError


@click.command()
@option("--target", default=None, help="PATH.py:NAME or PACKAGE.MODULE:NAME, a class or a function of two elements.")
@option("--laws", "names", default=None, help="Laws or sets, with commas.  [default: identity,associativity]")
@option("--cases", type=int, default=200, show_default=True, help="Cases per law that are searched.")
@option("--compose", default=None, help="The composition: an operator, a method, or '{0}.join({1})'.")
@option("--identity", default=None, help="The neutral element, an expression.")
@option("--elements", default=None, help="What the elements are: a type, such as 'list[str]'.")
@option("--observe", default=None, help="How an element is looked at: '{0}.total' or a method.")
@option("--inverse", default=None, help="For the law inverse: '-{0}' or a method.")
@option("--plus", default=None, help="For distributivity and absorption: the other operation.")
@option("--memory-mb", type=int, default=1024, show_default=True, help="Memory of an examination.")
@run_options
@output_options
@record_options
def laws(**options: Any) -> int:
    """Laws of Python objects: identity, associativity and others, refuted by a counterexample that can be pasted.

    \b
    kg experiment laws --target shapes.py:Path
    kg experiment laws --target collections:Counter --laws associativity,commutativity --cases 1000
    """
    faces.check_outputs(options["outputs"])
    if options["target"] is None:
        raise UsageError("--target is needed", "such as --target shapes.py:Path")
    if not 1 <= options["cases"] <= 100_000:
        raise UsageError(f"--cases {options['cases']}: from 1 to 100000")
    return asyncio.run(_laws(options))


async def _laws(options: dict[str, Any]) -> int:
    from kgents.wiring.conduct import begin
    from kgents.wiring.laws import builder, request
    from kgents.wiring.session import session

    wanted = request(_target(options["target"]), options, run_settings(options))
    async with session(options["database"]) as (store, settings):
        concurrency = options["concurrency"] or 2
        summary = await begin(wanted, store, settings, builder, concurrency, faces.observers(options))
        return await faces.present(store, summary, options)


def _target(text: str) -> str:
    place, colon, name = text.rpartition(":")
    if not colon or not place or not name:
        raise UsageError(f"--target {text}: not of the form PATH.py:NAME or PACKAGE.MODULE:NAME")
    if not place.endswith(".py"):
        return text
    path = Path(place).resolve()
    if not path.is_file():
        raise UsageError(f"--target {text}: there is no file {place}", "name a file that is there")
    return f"{path}:{name}"
