"""`kg experiment erase`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.complete import ids
from kgents.cli.loop import run_loop
from kgents.cli.option_types import RecordOptions
from kgents.cli.options import record_options
from kgents.domain.words import number
from kgents.errors import Busy, UsageError

if TYPE_CHECKING:
    from kgents.domain.ports import Store


class EraseCommand(RecordOptions):
    """All options of `kg experiment erase` but the question."""

    names: bool
    older_than: str | None


@click.command()
@click.argument("reference", required=False, metavar="[ID]", shell_complete=ids)
@click.option("--names", is_flag=True, help="Instead of the texts: its name, its tags, user and host.")
@click.option("--older-than", default=None, help="Every experiment begun before 90d, 2w, or a date.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@record_options
def erase(reference: str | None, yes: bool, **options: Unpack[EraseCommand]) -> int:
    """Remove the texts (spec, outputs, candidates) of an experiment; its chain stands, and says so.

    \b
    kg experiment erase exp-01abc --yes
    kg experiment erase exp-01abc --names --yes
    kg experiment erase --older-than 90d --yes
    """
    if (reference is None) == (options["older_than"] is None):
        raise UsageError("name one experiment, or --older-than", "kg experiment erase ID --yes")
    if not yes:
        raise UsageError("texts that are erased are gone", "add --yes")
    return run_loop(_erase(reference, options))


async def _erase(reference: str | None, options: EraseCommand) -> int:
    from kgents.runner.session import stored

    async with stored(options["database"]) as (store, _):
        if reference is not None:
            click.echo(await _erase_one(store, await store.resolve(reference), options["names"]))
            return 0
        return await _erase_all(store, await _older(store, options["older_than"] or ""), options["names"])


async def _older(store: "Store", moment: str) -> list[str]:
    """Experiments that were begun before this moment, oldest first."""
    from kgents.domain.ports import Query
    from kgents.runner.since import since

    before = since("--older-than", moment, datetime.now(UTC).astimezone())
    summaries = [summary async for summary in store.history(Query(limit=None)) if summary.created_at < before]
    return [summary.plan.experiment for summary in reversed(summaries)]


async def _erase_all(store: "Store", experiments: Sequence[str], names: bool) -> int:
    """Erases what can be; what cannot is said on stderr, and ends with exit code 2."""
    left = 0
    for experiment in experiments:
        try:
            click.echo(await _erase_one(store, experiment, names))
        except (Busy, UsageError) as wrong:
            left += 1
            click.echo(f"{experiment} is left as it is: {wrong.message}", err=True)
    click.echo(f"{len(experiments) - left} of {len(experiments)} experiments erased")
    return UsageError.exit_code if left else 0


async def _erase_one(store: "Store", experiment: str, names: bool) -> str:
    async with store.lock(experiment):
        removed = await store.erase(experiment, datetime.now(UTC), names)
    if names:
        return f"name, tags, user and host of {experiment} removed; its chain stands"
    return f"{number(removed, 'text')} of {experiment} removed; its chain stands"
