"""`kg db`."""

from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.loop import run_loop
from kgents.cli.option_types import RecordOptions
from kgents.cli.options import record_options
from kgents.domain.words import number
from kgents.store.address import check_scheme

if TYPE_CHECKING:
    from kgents.store.sql import SqlStore


@click.group("db")
def database() -> None:
    """The database of the record.

    \b
    kg db status
    kg db copy sqlite:///kgents.db postgresql://me@host/kgents
    """


@database.command()
@record_options
def status(**options: Unpack[RecordOptions]) -> int:
    """Where the record is, its schema, how much is in it, and how large it is; nothing is written.

    \b
    kg db status
    """
    return run_loop(_status(options))


async def _status(options: RecordOptions) -> int:
    address = _address(options)
    from kgents.store.status import status_of

    record = await status_of(address)
    click.echo(f"database        {record.url}\nschema          {record.schema}")
    for name, count in record.rows.items():
        click.echo(f"{name:<15} {count}")
    for name, size in record.sizes.items():
        click.echo(f"size            {size / 1e6:.1f} MB of {name}")
    return 0


@database.command()
@record_options
def upgrade(**options: Unpack[RecordOptions]) -> int:
    """Bring the schema up to date; whatever opens the record to write does so too.

    \b
    kg db upgrade
    """
    return run_loop(_upgrade(options))


async def _upgrade(options: RecordOptions) -> int:
    address = _address(options)
    from kgents.store.status import bring_up_to_date

    before, after = await bring_up_to_date(address)
    changed = f"{after}, made now" if before is None else f"{before} brought to {after}"
    click.echo(f"schema {f'{after}, up to date' if before == after else changed}")
    return 0


@database.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy(source: str, target: str) -> int:
    """Copy every experiment from one database to another, chains intact, and verify the copy.

    A target that holds experiments is added to: what it has is left alone, what it lacks is copied.

    \b
    kg db copy sqlite:///kgents.db postgresql://me@host/kgents
    """
    return run_loop(_copy(source, target))


def _address(options: RecordOptions) -> str:
    """Of the record. UsageError for what is none, before SQLAlchemy is loaded."""
    from kgents.runner.settings import ProcessSettings

    address = ProcessSettings.read(options["database"]).database
    check_scheme(address)
    return address


async def _copy(source: str, target: str) -> int:
    for address in (source, target):
        check_scheme(address)
    from kgents.runner.session import session
    from kgents.store.status import refuse_missing, refuse_same
    from kgents.store.whole_copy import copy_all, is_empty
    from kgents.store.witness import verify

    refuse_same(source, target)
    refuse_missing(source)
    async with session(source) as (old, _), session(target) as (new, _):
        different: list[str] = []
        if await is_empty(new):
            outcome = f"{await copy_all(old, new)} logs copied"
        else:
            outcome, different = await _merge(old, new)
        problems = [problem async for checked in verify(new) for problem in checked.problems]
    for problem in problems:
        click.echo(problem, err=True)
    for name in different:
        click.echo(
            f"{name} is in both with other marks: not copied (kg experiment export keeps the other one)", err=True
        )
    click.echo(f"{outcome} and verified")
    return 3 if problems or different else 0


async def _merge(old: "SqlStore", new: "SqlStore") -> tuple[str, list[str]]:
    from kgents.store.merge import merge

    merged = await merge(old, new)
    there = f", {merged.there} were there already" if merged.there else ""
    outcome = f"{number(merged.experiments, 'experiment')} and {number(merged.crystals, 'crystal')} copied{there}"
    return outcome, merged.different
