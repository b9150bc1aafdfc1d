"""What the record knows of a model or a spec: used by `plan` and by `--prior history`."""

from kgents.domain.ports import Query
from kgents.report.planning import PerTrial
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


async def earlier(spec: str, model: str, database: str | None) -> list[tuple[int, int]]:
    """(trials, successes) of completed experiments with the same spec (its digest) and model, newest first."""
    query = Query(spec=spec, model=model, status="completed", limit=LOOKED_AT)
    async with session(database) as (store, _):
        tallies = [summary.tallies async for summary in store.history(query)]
    return [(arms[0].trials, arms[0].successes) for arms in tallies if len(arms) == 1]
