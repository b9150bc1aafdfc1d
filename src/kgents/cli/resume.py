"""`kg experiment resume`."""

from collections.abc import Callable
from typing import Any, TypeVar, Unpack

import click

from kgents.cli.complete import ids
from kgents.cli.loop import collect_as_usual, run_loop
from kgents.cli.option_types import BudgetOptions, ShownOptions, WorkersOptions
from kgents.cli.options import budget_of, check_outputs, option, output_options, record_options, together
from kgents.cli.workers import workers_options
from kgents.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


class ResumeCommand(BudgetOptions, WorkersOptions, ShownOptions):
    """All options of `kg experiment resume`."""

    trust_imported: bool


FROZEN = (
    *("--spec", "--suite", "--tests", "--model", "--harness", "--n", "--target", "--confidence", "--max-trials"),
    *("--rule", "--prior", "--futility", "--margin", "--errors", "--seed", "--timeout"),
)


def _frozen(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        raise UsageError(
            f"{parameter.opts[0]}: the plan is in the record and cannot be changed on resume",
            "leave it out to go on as planned, or begin a new experiment with it",
        )


def frozen_options(function: F) -> F:
    """What a plan fixes: understood, so that the refusal can say why."""
    refuse = [click.option(name, hidden=True, expose_value=False, callback=_frozen) for name in FROZEN]
    flag = click.option("--adaptive", hidden=True, expose_value=False, callback=_frozen, flag_value="yes", default=None)
    return together(*refuse, flag)(function)


@click.command()
@click.argument("reference", default="@latest", metavar="ID", shell_complete=ids)
@option("--concurrency", type=int, default=None, help="Trials at once.")
@click.option("--trust-imported", is_flag=True, help="Run the commands that an imported experiment names.")
@option("--budget-usd", default=None, help="A new cap; without it the recorded one stands.")
@option("--budget-tokens", type=int, default=None, help="A new cap.")
@option("--budget-seconds", type=float, default=None, help="A new cap.")
@workers_options
@frozen_options
@output_options
@record_options
def resume(reference: str, **options: Unpack[ResumeCommand]) -> int:
    """Go on with an experiment that was interrupted, ran out of budget, failed or was killed.

    The plan is in the record and cannot be changed: completed trials are kept, lost ones run again with their seeds.
    One that is complete is shown again, with its exit code.

    \b
    kg experiment resume @latest
    kg experiment resume exp-01abc --budget-usd 5
    """
    check_outputs(options["outputs"])
    return run_loop(_resume(reference, options))


async def _resume(reference: str, options: ResumeCommand) -> int:
    from kgents.cli.following import following
    from kgents.cli.output import present
    from kgents.runner.cluster.address import workers_of
    from kgents.runner.resume import resume as go_on
    from kgents.runner.session import stored

    workers = workers_of(options)
    caps = (options["budget_usd"], options["budget_tokens"], options["budget_seconds"])
    budget = budget_of(options) if any(cap is not None for cap in caps) else None
    async with following(options, "resume") as watching, stored(options["database"]) as (store, context):
        collect_as_usual()
        trusted = bool(options["trust_imported"])
        summary = await go_on(
            reference,
            store,
            context,
            budget,
            options["concurrency"],
            watching.observers,
            trust_imported=trusted,
            workers=workers,
        )
        watching.close()
        return await present(store, summary, options)
