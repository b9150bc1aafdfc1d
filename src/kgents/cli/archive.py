"""`kg experiment export` and `kg experiment import`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Unpack

import click

from kgents.cli.complete import ids
from kgents.cli.files import InputFile
from kgents.cli.loop import run_loop
from kgents.cli.option_types import RecordOptions
from kgents.cli.options import record_options
from kgents.domain.words import number
from kgents.errors import UsageError


class ExportCommand(RecordOptions):
    """All options of `kg experiment export`."""

    with_user: bool


@click.command("export")
@click.argument("reference", metavar="ID", shell_complete=ids)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-user", is_flag=True, help="Its name, its tags, and who ran it where, too.")
@record_options
def export(reference: str, file: Path, **options: Unpack[ExportCommand]) -> int:
    """Write one experiment, its chain and its texts, to one file; .gz deflates it.

    Name, tags, user and host stay here unless you say --with-user.

    \b
    kg experiment export @latest flaky.jsonl.gz
    """
    if file.exists():
        raise UsageError(f"{file} exists", "name another file, or remove it first")
    return run_loop(_export(reference, file, options))


async def _export(reference: str, file: Path, options: ExportCommand) -> int:
    from kgents.runner.session import stored
    from kgents.store.archive import export_experiment

    async with stored(options["database"]) as (store, _):
        name = await store.resolve(reference)
        marks, texts = await export_experiment(store, name, file, options["with_user"])
    click.echo(f"{name}: {number(marks, 'mark')} and {number(texts, 'text')} written to {file}")
    return 0


@click.command("import")
@click.argument("file", type=InputFile())
@record_options
def import_(file: Path, **options: Unpack[RecordOptions]) -> int:
    """Read an exported experiment; its chain and texts are verified while they are read.

    \b
    kg experiment import flaky.jsonl.gz
    """
    return run_loop(_import(file, options))


async def _import(file: Path, options: RecordOptions) -> int:
    from kgents.runner.session import session
    from kgents.store.archive import Archive, import_experiment

    archive = Archive(file)
    async with session(options["database"]) as (store, _):
        summary = await import_experiment(store, archive, datetime.now(UTC))
    name = summary.plan.experiment
    click.echo(f"{name}: {number(summary.size, 'mark')}, head {summary.head}; kg experiment show {name}")
    return 0
