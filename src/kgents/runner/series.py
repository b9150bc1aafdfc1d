"""A decision of a series: the request at the confidence that the next share of the series' error leaves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from kgents.domain.ledger_fact import Opened
from kgents.domain.plan import DecidedBy, Layout
from kgents.domain.plan_facts import PlanFacts
from kgents.domain.ports import Store
from kgents.domain.series import SeriesShare
from kgents.domain.words import percent
from kgents.engine import compare, score_pairs
from kgents.engine.scores import rule_digest
from kgents.errors import UsageError
from kgents.kinds.kind import Request
from kgents.stats import Design, DesignError, Rule
from kgents.stats import share as equal_share
from kgents.stats.default_cap import LARGEST_UNASKED, default_cap


async def in_series(request: Request, store: Store) -> Request:
    """The request with the design of its share, and the share as a fact; where it is of no series, itself.

    UsageError where the series has another confidence. Whether the share is still there is seen when the plan is written.
    """
    if request.series is None:
        return request
    share = next_share(request.series, request.design.confidence, await store.shares(request.series))
    uncapped = request.capped_by_default and "scale" not in request.facts
    design = at_share(request.design, share, uncapped, len(request.arms) if "family" in request.facts else 1)
    facts = {**request.facts, "series": share.to_data()}
    return replace(request, design=design, facts=facts, boundary_digest=_rule(request, design))


def _rule(request: Request, design: Design) -> str | None:
    """What the plan registers as its boundary at this design; None where that follows from the design alone."""
    facts = cast(PlanFacts, request.facts)
    if request.boundary_digest is None:
        return None
    if request.layout is Layout.COMPARE:
        return compare.rule_digest(design, len(request.arms))
    if request.decider is DecidedBy.SCORE_PAIRS:
        return score_pairs.rule_digest(design, facts["scale"], facts.get("claim"))
    return rule_digest(design, facts["scale"])


def next_share(series: str, confidence: float, taken: Sequence[Opened]) -> SeriesShare:
    """The share after those that were taken. UsageError where the series has another confidence."""
    last = taken[-1].share if taken else None
    if last is None:
        return SeriesShare(series, 1, confidence)
    if last.confidence != confidence:
        raise UsageError(
            f"--confidence {confidence:g}: the series {series} has {last.confidence:g}, fixed by its first experiment",
            f"--confidence {last.confidence:g}, or a series of another name",
        )
    return last.next


def at_share(design: Design, share: SeriesShare, capped_by_default: bool, arms: int = 1) -> Design:
    """The design at the confidence of the share. UsageError for a cap that nobody named and that would be large.

    arms  that have the error of the design together, each an equal share of it
    """
    design = replace(design, confidence=1 - share.error)
    if not capped_by_default or design.rule is Rule.FIXED or design.max_trials is None:
        return design
    left = f"place {share.place} of the series {share.series} has an error of {percent(share.error)}"
    try:
        cap = default_cap(equal_share(design, arms))
    except DesignError as wrong:
        raise UsageError(f"{left}: no cap is large enough for it", "name one: --max-trials 1000") from wrong
    if cap > LARGEST_UNASKED:
        raise UsageError(f"{left}, which takes up to {cap} trials", f"if you mean it, add --max-trials {cap}")
    return replace(design, max_trials=cap)
