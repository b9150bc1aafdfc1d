"""Goes on with an experiment from its record."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from kgents.domain.fact import Finished
from kgents.domain.notice import tell
from kgents.domain.plan import Budget, Layout
from kgents.domain.ports import Recalling, Store, TrialRunner
from kgents.domain.summary import Summary
from kgents.engine.run import Run
from kgents.errors import TamperedRecord, UsageError
from kgents.harness.ledger import Ledger
from kgents.harness.limiter import Limiters
from kgents.harness.secret import Secrets
from kgents.kinds.config import load_config
from kgents.kinds.kind import Config, RunContext
from kgents.kinds.registry import decider_by, kind_of
from kgents.runner.clock import SystemClock
from kgents.runner.cluster.address import Workers
from kgents.runner.descriptors import at_once
from kgents.runner.imported import refuse_untrusted
from kgents.runner.interruption import Interruption, interruptible
from kgents.runner.local import LocalExecutor, Observer
from kgents.runner.where import running_on
from kgents.stats import boundary


async def resume(
    reference: str,
    store: Store,
    context: RunContext,
    budget: Budget | None = None,
    concurrency: int | None = None,
    observers: Sequence[Observer] = (),
    interruption: Interruption | None = None,
    opened: Any = None,
    trust_imported: bool = False,
    workers: Workers | None = None,
) -> Summary:
    """Goes on with an experiment that was interrupted, stopped, failed or killed; one that is complete is left alone.

    concurrency   trials in flight; None: what the kind does best
    interruption  how the caller asks it to stop; None: SIGINT and SIGTERM do
    opened        what no record holds and the kind needs (functions of the caller)
    trust_imported  run what an experiment names that was read from a file
    workers       where trials are run; None: here
    """
    async with store.lock(experiment := await store.resolve(reference)):
        run = await replay(store, experiment)
        if run.sealed:
            tell("complete", f"{experiment} is complete; there is nothing to resume")
            return await store.summary(experiment)
        clock, budget = SystemClock(), budget or run.plan.budget
        context = _continued(context, run, budget, clock)
        config, trials = await _opened_again(run, store, context, opened, trust_imported)
        async with (
            aclosing(trials),
            running_on(workers, run.plan, config, context, trials) as where,
            interruptible(interruption) as stop,
        ):
            kind, most = kind_of(run.plan.kind), concurrency or where.slots
            run.concurrency, notice, pace = at_once(most, kind, context, where.trials)
            executor = LocalExecutor(store, where.trials, clock, Secrets(context.environment).redact, observers, pace)
            if where.slots and not concurrency:
                where.widen(run, executor.look_again)
            await executor.resume(experiment, budget, run, stop, notice)
    return await store.summary(experiment)


async def _opened_again(
    run: Run, store: Store, context: RunContext, opened: Any, trust_imported: bool
) -> tuple[Config, TrialRunner]:
    """The configuration of a record, and what runs its trials. UsageError where it was read from a file and is not trusted."""
    plan = run.plan
    config = await load_config(store, plan)
    if not trust_imported:
        await refuse_untrusted(store, plan.experiment, config)
    trials = await kind_of(plan.kind).build(plan.experiment, config, context, opened)
    await _recall(trials, store, plan.experiment)
    return config, trials


def _continued(context: RunContext, run: Run, budget: Budget, clock: SystemClock) -> RunContext:
    """The context with books that hold what the run has consumed, and limiters that know whether anybody has answered it."""
    ledger = Ledger(budget, run.usage, run.elapsed.total_seconds(), clock.monotonic)
    limiters = Limiters(proven=any(tally.trials for tally in run.counted.tallies))
    return replace(context, ledger=ledger, limiters=limiters)


async def _recall(trials: TrialRunner, store: Store, experiment: str) -> None:
    """Tells what runs the trials how those of the record ended, where it wants to know."""
    if isinstance(trials, Recalling):
        facts = [mark.entry.fact async for mark in store.marks(experiment)]
        trials.recall(fact for fact in facts if isinstance(fact, Finished))


async def replay(store: Store, experiment: str, concurrency: int = 1) -> Run:
    """The state that the record of an experiment determines."""
    run = Run(concurrency, decider_by)
    async for mark in store.marks(experiment):
        run.receive(mark.entry)
    plan = run.plan
    if newer := plan.versions.unknown():
        raise UsageError(
            f"{experiment} was begun by a newer kgents: {', '.join(newer)}", "upgrade kgents to go on with it"
        )
    if plan.layout is Layout.INDEPENDENT and boundary(plan.arm_design).digest != plan.boundary_digest:
        raise TamperedRecord(
            f"the boundary of {experiment} is not the one that was registered before its first trial",
            f"kg witness verify {experiment}",
        )
    return run
