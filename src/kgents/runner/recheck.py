"""`kg witness verify`: the record against itself and, on request, the verdict against the candidates."""

from collections.abc import AsyncIterator
from dataclasses import replace

from kgents.domain.summary import Summary
from kgents.errors import KgentsError
from kgents.kinds.config import load_config
from kgents.kinds.kind import RunContext
from kgents.kinds.registry import kind_of
from kgents.runner.resume import replay
from kgents.store.sql import SqlStore
from kgents.store.witness import Checked, verify


async def check_all(
    store: SqlStore, context: RunContext, experiment: str | None, head: str | None, recheck: bool
) -> AsyncIterator[Checked]:
    """One result per log."""
    async for checked in verify(store, experiment):
        problems = list(checked.problems)
        if experiment is not None and checked.log == experiment and head is not None:
            ids = [mark.id async for mark in store.marks(experiment)]
            if not any(identity.startswith(head.lower()) for identity in ids):
                problems.append(f"the head {head} is not in its chain: it was cut off or rewritten")
        if recheck and checked.log != "ledger" and not problems:
            problems += await _verdict(store, context, await store.summary(checked.log))
        yield replace(checked, problems=tuple(problems))


async def _verdict(store: SqlStore, context: RunContext, summary: Summary) -> list[str]:
    """Replays the path, recomputes the decision, and judges the stored candidates again."""
    try:
        run = await replay(store, summary.plan.experiment)
    except KgentsError as wrong:
        return [wrong.message]
    problems = []
    computed = run.decider.decision()
    if run.decided is not None and (computed is None or computed.to_data() != run.decided.to_data()):
        problems.append(f"the path does not lead to the verdict {run.decided.verdict}")
    config = await load_config(store, summary.plan)
    return problems + await kind_of(summary.plan.kind).recheck(store, config, summary, context)
