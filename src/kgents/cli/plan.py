"""`kg experiment plan`."""

import asyncio
import json
from typing import Any

import click

from kgents.cli.options import design_of, design_options, option, record_options
from kgents.errors import UsageError


@click.command()
@design_options
@option("--power", type=float, default=None, help="With --at: find the cap with this chance of the right verdict.")
@option("--at", type=float, default=None, help="The true rate for --power.")
@option("--model", default=None, help="Expected cost and time from the history of this model.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@record_options
def plan(**options: Any) -> int:
    """What a design costs and how often it errs, exactly, before a single trial is run.

    \b
    kg experiment plan --target 0.9 --confidence 0.95 --max-trials 200
    kg experiment plan --target 0.8 --power 0.9 --at 0.9
    """
    if (options["power"] is None) != (options["at"] is None):
        raise UsageError("--power and --at go together", "such as --power 0.9 --at 0.95")
    if options["prior"] == "history":
        raise UsageError(
            "--prior history belongs to a run, whose spec and model it looks up", "give plan the numbers: --prior a,b"
        )
    fixed = options["n"] is not None
    if fixed and options["power"] is not None:
        raise UsageError("--power finds the cap of --adaptive; --n fixes it", "leave one of them out")
    design = design_of({**options, "adaptive": options["adaptive"] or not fixed})
    return asyncio.run(_plan(design, options))


async def _plan(design: Any, options: dict[str, Any]) -> int:
    from kgents.report.planning import plan_data, plan_text, sized
    from kgents.wiring.bill import listed, per_trial
    from kgents.wiring.session import session

    chosen = sized(design, options["power"], options["at"])
    past = None
    if options["model"]:
        async with session(options["database"]) as (store, _):
            past = await per_trial(options["model"], store)
        if past is None or past.usd is None:
            past = listed(options["model"]) or past
    if options["as_json"]:
        click.echo(json.dumps(plan_data(chosen, past), indent=2))
    else:
        click.echo(plan_text(chosen, past))
    return 0
