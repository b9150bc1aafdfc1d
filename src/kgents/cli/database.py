"""`kg db`."""

from typing import Unpack

import click

from kgents.cli.loop import run_loop
from kgents.cli.option_types import RecordOptions
from kgents.cli.options import record_options


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
    from kgents.runner.records import status

    record = await status(options["database"])
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
    from kgents.runner.records import upgraded

    before, after = await upgraded(options["database"])
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


async def _copy(source: str, target: str) -> int:
    from kgents.runner.records import copied

    done = await copied(source, target)
    for problem in done.problems:
        click.echo(problem, err=True)
    for name in done.different:
        click.echo(
            f"{name} is in both with other marks: not copied (kg experiment export keeps the other one)", err=True
        )
    click.echo(f"{done.outcome} and verified")
    return 3 if done.problems or done.different else 0
