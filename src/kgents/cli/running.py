"""A request is run, and what it came to is shown: the way of every command that runs trials.

Rule: nothing of weight is imported before the options are known to be right: what is refused is refused at once.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kgents.cli.loop import collect_as_usual, run_loop
from kgents.cli.option_types import ShownOptions

if TYPE_CHECKING:
    from kgents.domain.ports import Store
    from kgents.domain.summary import Summary
    from kgents.kinds.kind import Request, RunContext
    from kgents.runner.session import Record

Prepare = Callable[["Record", "RunContext"], Awaitable["Request"]]
Finish = Callable[["Store", "Summary"], Awaitable[None]]


def run(prepare: Prepare, options: ShownOptions, finish: Finish | None = None) -> int:
    """Runs what `prepare` asks for and shows it; the exit code. `finish` is called before it is shown.

    The record is opened when there is something to run, unless what is asked for depends on it.
    """
    return run_loop(_run(prepare, options, finish))


async def _run(prepare: Prepare, options: ShownOptions, finish: Finish | None) -> int:
    from kgents.cli.following import following
    from kgents.cli.output import present
    from kgents.runner.begin import begin
    from kgents.runner.cluster.address import workers_of
    from kgents.runner.session import unopened

    workers = workers_of(options)
    async with following(options, _title()) as watching, unopened(options["database"]) as (record, context):
        request = await prepare(record, context)
        store = await record.opened()
        collect_as_usual()
        watching.ask(request.kind, request.config)
        summary = await begin(request, store, context, options["concurrency"], watching.observers, workers=workers)
        if finish is not None:
            await finish(store, summary)
        watching.close()
        return await present(store, summary, options)


def _title() -> str:
    """The command as it was typed, without its options."""
    import click

    context = click.get_current_context(silent=True)
    return (context.info_name or "") if context is not None else ""
