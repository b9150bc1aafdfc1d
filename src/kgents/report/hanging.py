"""Arms with a verdict each that hang on trials that do not count: one by one, or by one error together."""

from collections.abc import Sequence

from kgents.domain.fact import Verdict
from kgents.domain.plan import Errors, Layout, Plan
from kgents.domain.prefix import Tally
from kgents.domain.summary import Summary
from kgents.stats import Control, Design, Rule, boundary, excluded, p_values, rejected


def hanging_arms(summary: Summary) -> int:
    """How many arms have a verdict that would be another one had their trials that do not count spoken against it."""
    plan, decision = summary.plan, summary.decision
    if plan.layout is not Layout.INDEPENDENT or plan.errors is not Errors.EXCLUDE:
        return 0
    arms = list(enumerate(summary.counted.tallies))
    spoilt = [(place, tally) for place, tally in arms if tally.errors]
    if "family" not in plan.facts:
        return sum(excluded(plan.arm_design, arm.trials, arm.successes, arm.errors).hangs for _, arm in spoilt)
    verdicts = [verdict for verdict, _ in decision.detail.get("arms", [])] if decision is not None else []
    return sum(_hangs(plan, summary.counted.tallies, place, verdicts[place]) for place, _ in spoilt if verdicts)


def _hangs(plan: Plan, tallies: Sequence[Tally], place: int, verdict: str | None) -> bool:
    """Whether the family would not reject any more what it rejected for this verdict."""
    if verdict not in (Verdict.SUPPORTED, Verdict.REFUTED):
        return False
    up, own = verdict == Verdict.SUPPORTED, plan.arm_design
    values = [_p_value(own, arm.trials, arm.successes, up) for arm in tallies]
    arm = tallies[place]
    values[place] = _p_value(own, arm.trials + arm.errors, arm.successes + (0 if up else arm.errors), up)
    return rejected(values, 1 - plan.design.confidence, Control(str(plan.facts["family"])))[place] is None


def _p_value(design: Design, n: int, s: int, up: bool) -> float:
    """Of a verdict in a state; 1 where no run ends there."""
    ends = design.rule is Rule.FIXED or (n <= (design.max_trials or n) and boundary(design).decide(n, s) is not None)
    if not ends:
        return 1.0
    tails = p_values(design, n, s)
    return tails.above if up else tails.below
