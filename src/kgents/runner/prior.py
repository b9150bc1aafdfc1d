"""What the record knows of a question and a model: `--prior history`."""

from dataclasses import replace
from typing import cast

from kgents.domain.notice import tell
from kgents.domain.plan_facts import PlanFacts
from kgents.domain.ports import Query, Store
from kgents.kinds.kind import Request
from kgents.stats import power_prior

LOOKED_AT = 50  # the newest experiments


async def informed(request: Request, store: Store) -> Request:
    """The request with a prior from completed experiments with the same spec, prompt and model; says on stderr what it is."""
    spec = cast(PlanFacts, request.facts).get("spec")
    query = Query(spec=spec, model=request.model, status="completed", limit=LOOKED_AT)
    tallies = [
        summary.tallies
        async for summary in store.history(query)
        if summary.plan.facts.get("prompt") == request.facts.get("prompt")
    ]
    earlier = [(arms[0].trials, arms[0].successes) for arms in tallies if len(arms) == 1]
    prior = power_prior(earlier)
    counts = (
        f"{sum(s for _, s in earlier)} of {sum(n for n, _ in earlier)} trials of {len(earlier)} earlier experiments"
    )
    tell("prior", f"prior from history: Beta({prior.a:g}, {prior.b:g}), from {counts}")
    return replace(request, design=replace(request.design, prior=prior), facts={**request.facts, "prior": counts})
