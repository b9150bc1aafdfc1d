"""A request is run, and what it came to is shown: the way of every command that runs trials."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from kgents.cli.loop import run_loop
from kgents.cli.output import observers, present

if TYPE_CHECKING:
    from kgents.domain.ports import Store
    from kgents.domain.summary import Summary
    from kgents.kinds.kind import Request, RunContext

Prepare = Callable[["Store", "RunContext"], Awaitable["Request"]]
Finish = Callable[["Store", "Summary"], Awaitable[None]]


def run(prepare: Prepare, options: Mapping[str, Any], finish: Finish | None = None) -> int:
    """Opens the record, runs what `prepare` asks for, shows it; the exit code. `finish` is called before it is shown."""
    return run_loop(_run(prepare, options, finish))


async def _run(prepare: Prepare, options: Mapping[str, Any], finish: Finish | None) -> int:
    from kgents.runner.begin import begin
    from kgents.runner.cluster.address import workers_of
    from kgents.runner.session import session

    workers = workers_of(options)
    async with session(options["database"]) as (store, context):
        request = await prepare(store, context)
        summary = await begin(request, store, context, options["concurrency"], observers(options), workers=workers)
        if finish is not None:
            await finish(store, summary)
        return await present(store, summary, options)
