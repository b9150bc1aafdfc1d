"""`kg experiment plan`."""

import json
from pathlib import Path
from typing import Any

import click

from kgents.cli.loop import run_loop
from kgents.cli.options import design_of, design_options, option, record_options
from kgents.errors import UsageError
from kgents.stats import Design, Rule


@click.command()
@design_options
@option("--power", type=float, default=None, help="With --at: find the cap with this chance of the right verdict.")
@option("--at", type=float, default=None, help="The true rate for --power.")
@option("--model", default=None, help="Expected cost and time from the history of this model.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Draw the boundary there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@record_options
def plan(**options: Any) -> int:
    """What a design costs and how often it errs, exactly, before a single trial is run.

    \b
    kg experiment plan --target 0.9 --confidence 0.95 --max-trials 200
    kg experiment plan --target 0.8 --power 0.9 --at 0.9
    kg experiment plan --target 0.9 --model anthropic:claude-sonnet-5-5 --svg boundary.svg
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
    return run_loop(_plan(design, options))


async def _plan(design: Design, options: dict[str, Any]) -> int:
    from kgents.report.planning import plan_data, plan_text, sized

    chosen = sized(design, options["power"], options["at"])
    past = await _past(options["model"], options["database"])
    if options["svg"] is not None:
        _draw(chosen, options["svg"])
    if options["as_json"]:
        click.echo(json.dumps(plan_data(chosen, past), indent=2))
    else:
        click.echo(plan_text(chosen, past))
    return 0


async def _past(model: str | None, database: str | None) -> Any:
    """What is known of the model; where none is named, nothing of the record is loaded."""
    if model is None:
        return None
    from kgents.runner.bill import listed, per_trial
    from kgents.runner.session import session

    async with session(database) as (store, _):
        past = await per_trial(model, store)
    return (listed(model) or past) if past is None or past.usd is None else past


def _draw(design: Design, path: Path) -> None:
    from kgents.stats import boundary, boundary_svg

    if design.rule is Rule.FIXED:
        raise UsageError(
            "--svg draws a boundary; a fixed number of trials has none", "leave it out, or plan --adaptive"
        )
    try:
        path.write_text(boundary_svg(boundary(design)) + "\n", encoding="utf-8")
    except OSError as wrong:
        raise UsageError(f"--svg {path}: {wrong.strerror}", "give a file that can be written") from wrong
