"""Where the trials of an experiment are run: in this process, or on workers."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kgents.domain.plan import Plan
from kgents.domain.ports import TrialRunner
from kgents.engine.run import Run
from kgents.kinds.kind import Config, RunContext
from kgents.runner.cluster.address import Workers


@dataclass(frozen=True, slots=True)
class Where:
    """What runs trials.

    slots  how many at once, or None where the kind says what is best
    facts  what the plan keeps of it
    on_growth  has the number of slots told whenever there are more
    """

    trials: TrialRunner
    slots: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    on_growth: Callable[[Callable[[int], None]], None] = lambda told: None

    def widen(self, run: Run, look_again: Callable[[], None]) -> None:
        """Lets a run use workers that join it later, at once: `look_again` has it launch what it may."""

        def told(slots: int) -> None:
            run.concurrency = max(run.concurrency, slots)
            look_again()

        self.on_growth(told)


@asynccontextmanager
async def running_on(
    workers: Workers | None, plan: Plan, config: Config, context: RunContext, trials: TrialRunner
) -> AsyncIterator[Where]:
    """What runs the trials of a plan: `trials`, in this process, unless there are workers."""
    if workers is None:
        yield Where(trials)
        return
    from kgents.runner.cluster.opening import open_workers

    sandbox = str(plan.facts["sandbox"]).partition(":")[0] if "sandbox" in plan.facts else None
    async with open_workers(workers, plan.experiment, plan.kind, config, context.ledger, trials, sandbox) as opened:
        yield Where(opened.remote, opened.fleet.slots, {"workers": list(opened.facts)}, opened.fleet.on_growth)
