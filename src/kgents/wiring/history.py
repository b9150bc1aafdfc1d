"""What the record knows of a model or a spec: used by `plan` and by `--prior history`."""

import sys
from dataclasses import replace

from kgents.domain.ports import Query, Store
from kgents.report.planning import PerTrial
from kgents.stats import power_prior
from kgents.wiring.conduct import Request
from kgents.wiring.session import session

LOOKED_AT = 50  # the newest experiments


async def per_trial(model: str, database: str | None) -> PerTrial | None:
    """Mean seconds and cost of a trial of this model; None where there is no history of it."""
    trials, micros, usd, known = 0, 0, 0.0, True
    async with session(database) as (store, _):
        async for summary in store.history(Query(model=model, limit=LOOKED_AT)):
            trials += sum(tally.finished for tally in summary.tallies)
            micros += summary.duration_us
            known = known and summary.usage.cost_usd is not None
            usd += float(summary.usage.cost_usd or 0)
    if not trials:
        return None
    return PerTrial(micros / trials / 1e6, usd / trials if known else None, trials)


async def informed(request: Request, store: Store) -> Request:
    """The request with a prior from completed experiments with the same spec and model; says on stderr what it is."""
    spec = request.facts.get("spec")
    query = Query(spec=spec, model=request.model, status="completed", limit=LOOKED_AT)
    tallies = [summary.tallies async for summary in store.history(query)]
    earlier = [(arms[0].trials, arms[0].successes) for arms in tallies if len(arms) == 1]
    prior = power_prior(earlier)
    counts = (
        f"{sum(s for _, s in earlier)} of {sum(n for n, _ in earlier)} trials of {len(earlier)} earlier experiments"
    )
    print(f"prior from history: Beta({prior.a:g}, {prior.b:g}), from {counts}", file=sys.stderr)  # noqa: T201
    return replace(request, design=replace(request.design, prior=prior), facts={**request.facts, "prior": counts})
