"""`kg witness verify`: the record against itself and, on request, the verdict against the candidates."""

from collections.abc import AsyncIterator
from dataclasses import replace

from kgents.domain.plan import Plan
from kgents.domain.summary import Summary
from kgents.domain.versions import CURRENT
from kgents.errors import KgentsError
from kgents.kinds.config import config_of
from kgents.kinds.kind import Rechecked, RunContext
from kgents.kinds.registry import kind_of
from kgents.runner.resume import replay
from kgents.store.sql import NONSENSE, SqlStore
from kgents.store.witness import Checked, verify


async def check_all(
    store: SqlStore, context: RunContext, experiment: str | None, head: str | None, recheck: bool
) -> AsyncIterator[Checked]:
    """One result per log."""
    async for checked in verify(store, experiment):
        problems, notes = list(checked.problems), list(checked.notes)
        if experiment is not None and checked.log == experiment and head is not None:
            ids = [mark.id async for mark in store.marks(experiment)]
            if not any(identity.startswith(head.lower()) for identity in ids):
                problems.append(f"the head {head} is not in its chain: it was cut off or rewritten")
        if recheck and checked.log != "ledger" and not problems:
            try:
                again = await _verdict(store, context, await store.summary(checked.log))
            except NONSENSE as wrong:  # of a damaged configuration: the next experiment is checked all the same
                again = [f"it cannot be judged again: {type(wrong).__name__}: {wrong}"], []
            problems += again[0]
            notes += again[1]
        yield replace(checked, problems=tuple(problems), notes=tuple(notes))


async def _verdict(store: SqlStore, context: RunContext, summary: Summary) -> tuple[list[str], list[str]]:
    """Replays the path, recomputes the decision, and judges the stored candidates again: problems and notes."""
    try:
        run = await replay(store, summary.plan.experiment)
    except KgentsError as wrong:
        return [wrong.message], []
    problems = []
    computed = run.decider.decision()
    if run.decided is not None and (computed is None or computed.to_data() != run.decided.to_data()):
        problems.append(f"the path does not lead to the verdict {run.decided.verdict}")
    config = await config_of(store, summary.plan)
    if not config:
        return problems, ["not judged again: its configuration was erased"]
    rechecked = await kind_of(summary.plan.kind).recheck(store, config, summary, context)
    notes = [f"{rechecked.unjudged} trials not judged again: their texts were erased"] if rechecked.unjudged else []
    if rechecked.different and (older := _older_judge(summary.plan)):
        notes.append(f"{older}; today's says otherwise: {_trials(summary.plan, rechecked)}")
        return [*problems, *rechecked.problems], notes
    return [*problems, *rechecked.problems, *rechecked.different.values()], notes


def _older_judge(plan: Plan) -> str:
    """Under which other version its candidates were judged: "judged by version 1"; empty where it is today's."""
    parts = []
    if plan.versions.judge != CURRENT.judge:
        parts.append(f"judged by version {plan.versions.judge}")
    if plan.versions.extraction != CURRENT.extraction:
        parts.append(f"answers read by version {plan.versions.extraction}")
    return ", ".join(parts)


def _trials(plan: Plan, rechecked: Rechecked) -> str:
    """The trials that differ, as far as a line can hold them: "trials 4, 9"."""
    names = [f"{plan.arms[arm]} {index}".strip() for arm, index in sorted(rechecked.different)]
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    return f"{'trial' if len(names) == 1 else 'trials'} {shown}"
