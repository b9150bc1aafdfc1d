"""Which decider a plan asks for; the module of a decider is imported when a plan asks for it."""

from kgents.domain.plan import AGAINST_ITSELF, DecidedBy, Layout, Plan
from kgents.engine.decider import Decider
from kgents.stats import Control


def decider_of(plan: Plan) -> Decider:
    """The decider that a plan's layout asks for."""
    match plan.layout:
        case Layout.INDEPENDENT:
            return _independent(plan)
        case Layout.COMPARE:
            return _comparison(plan)
        case Layout.BLOCKS:
            return _blocks(plan)


def _independent(plan: Plan) -> Decider:
    if "harmless" in plan.facts:
        from kgents.engine.guarded import Guarded

        return Guarded(plan.arm_design, float(plan.facts["harmless"]), len(plan.arms))
    if "family" in plan.facts:
        from kgents.engine.family import Family

        return Family(plan.design, len(plan.arms), Control(plan.facts["family"]), plan.facts.get("allowances"))
    from kgents.engine.independent import Independent

    return Independent(plan.design, len(plan.arms), plan.facts.get("allowances"))


def _blocks(plan: Plan) -> Decider:
    match plan.decider:
        case DecidedBy.VERDICTS:
            from kgents.engine.verdicts import Verdicts

            return Verdicts(len(plan.arms))
        case DecidedBy.SCORES | DecidedBy.SCORE_PAIRS:
            return _of_scores(plan)
        case DecidedBy.BISECT:
            from kgents.engine.bisect import Bisect

            rates, cap = plan.facts["rates"], plan.design.max_trials or 100_000
            ends = None if rates is None else (float(rates[0]), float(rates[1]))
            return Bisect(len(plan.arms), 1 - plan.design.confidence, cap, ends)
        case DecidedBy.CHANGES:
            from kgents.engine.changes import Changes

            runs, alpha = plan.design.max_trials or 1, 1 - plan.design.confidence
            return Changes(len(plan.arms), runs, alpha, Control(plan.facts["control"]))
        case DecidedBy.E_VALUES | None:
            from kgents.engine.blocks import Blocks

            epsilon, more = float(plan.facts["epsilon"]), plan.facts.get("blocks", {})
            return Blocks(plan.design, len(plan.arms), epsilon, **more)


def _of_scores(plan: Plan) -> Decider:
    from kgents.engine.scores import Scale, Scores

    low, high, resolution = plan.facts["scale"]
    scale = Scale(float(low), float(high), int(resolution))
    if plan.decider is DecidedBy.SCORES:
        return Scores(plan.design, scale, plan.versions.calibration)
    from kgents.engine.not_worse import NAME as NOT_WORSE
    from kgents.engine.score_pairs import ScorePairs

    return ScorePairs(plan.design, plan.arms, scale, plan.facts.get("claim") == NOT_WORSE)


def _comparison(plan: Plan) -> Decider:
    from kgents.engine.against_itself import AgainstItself
    from kgents.engine.compare import Compare
    from kgents.engine.not_worse import NAME as NOT_WORSE
    from kgents.engine.not_worse import NotWorse
    from kgents.engine.top_two import NAME as TOP_TWO
    from kgents.engine.top_two import TopTwo

    if plan.facts.get("allocation") == TOP_TWO:
        return TopTwo(plan.design, plan.arms)
    if plan.facts.get("claim") == NOT_WORSE:
        return NotWorse(plan.design, plan.arms)
    if plan.facts.get("claim") == AGAINST_ITSELF:
        return AgainstItself(plan.design, plan.arms, plan.facts["repeats"])
    return Compare(plan.design, plan.arms, plan.versions.calibration)
