"""`kg brain`."""

import json
from datetime import UTC, datetime
from typing import Unpack

import click

from kgents.cli.loop import run_loop
from kgents.cli.option_types import JsonOptions, RecordOptions
from kgents.cli.options import record_options


class SearchCommand(JsonOptions):
    """All options of `kg brain search`."""

    tag: str | None
    limit: int


@click.group()
def brain() -> None:
    """What was learned: every finished experiment leaves a crystal; you can add your own.

    \b
    kg brain search sqrt
    kg brain capture "temperature 0 repeats itself" --tag sampling
    """


@brain.command()
@click.argument("words", nargs=-1)
@click.option("--tag", default=None, help="Only with this tag.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@record_options
def search(words: tuple[str, ...], **options: Unpack[SearchCommand]) -> int:
    """Full-text search; without words, the newest.

    \b
    kg brain search sqrt refuted
    """
    return run_loop(_search(" ".join(words), options))


async def _search(words: str, options: SearchCommand) -> int:
    from kgents.runner.records import remembered

    async with remembered(options["database"]) as crystals:
        found = await crystals.search(words, options["tag"], options["limit"])
    if options["as_json"]:
        rows = [{"key": c.key, "title": c.title, "body": c.body, "tags": list(c.tags), "experiment": c.experiment,
                 "created_at": c.created_at.isoformat()} for c in found]  # fmt: skip
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    for crystal in found:
        click.echo(f"{crystal.key:>5}  {crystal.title}\n       {crystal.body}\n       {', '.join(crystal.tags)}")
    if not found:
        click.echo("nothing was found")
    return 0


@brain.command()
@click.argument("text")
@click.option("--body", default="", help="More than a title.")
@click.option("--tag", "tags", multiple=True, help="Repeatable.")
@record_options
def capture(text: str, body: str, tags: tuple[str, ...], **options: Unpack[RecordOptions]) -> int:
    """Keep a piece of knowledge of your own.

    \b
    kg brain capture "temperature 0 repeats itself" --tag sampling
    """
    return run_loop(_capture(text, body, tags, options))


async def _capture(title: str, body: str, tags: tuple[str, ...], options: RecordOptions) -> int:
    from kgents.runner.records import remembered

    async with remembered(options["database"]) as crystals:
        key = await crystals.capture(title, body, tags, None, datetime.now(UTC))
    click.echo(f"crystal {key}")
    return 0


@brain.command()
@click.argument("key", type=int)
@record_options
def show(key: int, **options: Unpack[RecordOptions]) -> int:
    """One crystal.

    \b
    kg brain show 3
    """
    return run_loop(_show(key, options))


async def _show(key: int, options: RecordOptions) -> int:
    from kgents.runner.records import remembered

    async with remembered(options["database"]) as crystals:
        crystal = await crystals.show(key)
    click.echo(f"{crystal.title}\n\n{crystal.body}\n\ntags        {', '.join(crystal.tags)}")
    click.echo(f"experiment  {crystal.experiment or '-'}\nlooked at   {crystal.access_count} times")
    return 0


@brain.command()
@record_options
def tags(**options: Unpack[RecordOptions]) -> int:
    """Every tag, and how many crystals have it.

    \b
    kg brain tags
    """
    return run_loop(_tags(options))


async def _tags(options: RecordOptions) -> int:
    from kgents.runner.records import remembered

    async with remembered(options["database"]) as crystals:
        for tag, count in (await crystals.tags()).items():
            click.echo(f"{count:>6}  {tag}")
    return 0


@brain.command()
@click.argument("key", type=int)
@record_options
def forget(key: int, **options: Unpack[RecordOptions]) -> int:
    """Remove one crystal; the experiment it came from stays.

    \b
    kg brain forget 3
    """
    return run_loop(_forget(key, options))


async def _forget(key: int, options: RecordOptions) -> int:
    from kgents.runner.records import remembered

    async with remembered(options["database"]) as crystals:
        await crystals.forget(key)
    click.echo(f"crystal {key} is forgotten")
    return 0
