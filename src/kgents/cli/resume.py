"""`kg experiment resume`."""

import asyncio
from typing import Any

import click

from kgents.cli import faces
from kgents.cli.options import budget_of, option, output_options, record_options


@click.command()
@click.argument("reference", default="@latest", metavar="ID")
@option("--concurrency", type=int, default=None, help="Trials at once.")
@option("--budget-usd", default=None, help="A new cap; without it the recorded one stands.")
@option("--budget-tokens", type=int, default=None, help="A new cap.")
@option("--budget-seconds", type=float, default=None, help="A new cap.")
@output_options
@record_options
def resume(reference: str, **options: Any) -> int:
    """Go on with an experiment that was interrupted, ran out of budget, failed or was killed.

    The plan is in the record and cannot be changed: completed trials are kept, lost ones run again with their seeds.

    \b
    kg experiment resume @latest
    kg experiment resume exp-01abc --budget-usd 5
    """
    faces.check_outputs(options["outputs"])
    return asyncio.run(_resume(reference, options))


async def _resume(reference: str, options: dict[str, Any]) -> int:
    from kgents.wiring.conduct import resume as go_on
    from kgents.wiring.kinds import builder_of
    from kgents.wiring.session import session

    names = ("budget_usd", "budget_tokens", "budget_seconds")
    budget = budget_of(options) if any(options[name] is not None for name in names) else None
    async with session(options["database"]) as (store, settings):
        concurrency = options["concurrency"] or 1
        summary = await go_on(reference, store, settings, builder_of, budget, concurrency, faces.observers(options))
        return await faces.present(store, summary, options)
