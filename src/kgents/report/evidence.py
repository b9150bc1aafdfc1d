"""The numbers of an experiment, computed from its summary alone: the `evidence` of the JSON document.

Rule: counts come from the decision where there is one, else from the complete prefix of the launch order: what finishes
first is no fair sample. Bills and budgets count all trials that finished.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from kgents.domain.decision_detail import DecisionDetail, FalseAlarms
from kgents.domain.plan import AGAINST_ITSELF, Errors, Layout, Plan
from kgents.domain.prefix import Totals
from kgents.domain.summary import Summary
from kgents.engine.against_itself import false_alarms
from kgents.engine.compare import duel_of
from kgents.report.document_types import (
    AloneData,
    AnalysisData,
    ArmData,
    ComparisonData,
    EvidenceData,
    ExcludedData,
    FalseAlarmData,
    IntervalData,
    OutlookData,
    PairData,
    PromiseData,
    ShownData,
)
from kgents.stats import (
    Analysis,
    Design,
    DesignError,
    Duel,
    Interval,
    Rule,
    ShownInterval,
    analyse,
    characteristics,
    credible_interval,
    excluded,
    family_interval,
    shown_interval,
    solve_cap,
)

FAR = 0.1


def analysis_of(summary: Summary, arm: int | None = None) -> Analysis:
    """The analysis of one arm, or of the only one."""
    trials, successes = _counts_of(summary, arm)
    return _analyse(_design_of(summary.plan, arm), trials, successes, _by_rule(summary, arm))


def interval_of(summary: Summary, arm: int | None = None) -> ShownInterval:
    """The interval that people see, of one arm, or of the only one."""
    trials, successes = _counts_of(summary, arm)
    levels = summary.decision.detail.get("levels") if summary.decision is not None else None
    if arm is not None and levels is not None and trials:
        return _in_family(summary.plan.arm_design, trials, successes, float(levels[arm]))
    return _shown(_design_of(summary.plan, arm), trials, successes, _by_rule(summary, arm))


def _counts_of(summary: Summary, arm: int | None) -> tuple[int, int]:
    if arm is None:
        return summary.counts
    if summary.decision is not None:
        return summary.decision.counts[arm]
    tally = summary.counted.tallies[arm]
    return tally.trials, tally.successes


def _design_of(plan: Plan, arm: int | None) -> Design:
    """What an arm ran by; of several together, whose intervals have the confidence of the plan, its design."""
    return plan.design if arm is None and len(plan.arms) > 1 else plan.arm_design


def _by_rule(summary: Summary, arm: int | None) -> bool:
    """Whether the counts are those of a run of the design that ended by its rule; those of several arms together are not,
    nor are those of an arm whose pairs were decided."""
    plan = summary.plan
    if plan.layout is Layout.COMPARE:
        return False
    pooled = arm is None and len(plan.arms) > 1 and plan.design.rule is not Rule.FIXED
    return summary.decision is not None and not pooled


_analyse = lru_cache(maxsize=4096)(analyse)
_shown = lru_cache(maxsize=4096)(shown_interval)
_promised = lru_cache(maxsize=4096)(characteristics)
_in_family = lru_cache(maxsize=4096)(family_interval)


def evidence(summary: Summary) -> EvidenceData:
    """`evidence`, without what the kind adds."""
    plan = summary.plan
    counted, finished = summary.counted, summary.counted.finished
    (trials, successes), (confidence, spread) = summary.counts, _confidence(counted)
    data: EvidenceData = {
        "trials_total": finished,
        "trials_success": successes,
        "trials_finished": summary.totals.finished,
        "trials_error": sum([tally.errors for tally in counted.tallies]),
        "success_rate": successes / trials if trials else None,
        "mean_confidence": confidence,
        "std_confidence": spread,
        "mean_duration_ms": counted.duration_us / finished / 1000 if finished else None,
        "stopped_early": _stopped_early(summary, trials),
        "evidence_tier": plan.tier.value,
        "oracle": plan.oracle,
        "verdict": summary.verdict and summary.verdict.value,
        "reason": None if summary.decision is None else summary.decision.reason,
        "target": plan.design.target,
        "rule": plan.design.rule.value,
    }
    if plan.layout is Layout.INDEPENDENT:
        if len(plan.arms) == 1:
            alone = _alone(plan.arm_design, plan.design.target, trials, successes, _by_rule(summary, None))
            return {**data, **alone, "excluded": excluded_of(summary), "outlook": ahead(summary)}
        data = {**data, **_fields(_design_of(plan, None), trials, successes, _by_rule(summary, None))}
        if plan.design.rule is not Rule.FIXED and summary.decision is not None:
            data["trials_saved"] = (
                (plan.design.max_trials or 0) * len(plan.arms) - trials if plan.design.max_trials else 0
            )
        data["operating_characteristics"] = operating_characteristics(summary)
        data["outlook"] = ahead(summary)
    elif plan.layout is Layout.COMPARE:
        data = {**data, **comparison(summary)}
    return data


@lru_cache(maxsize=4096)
def _fields(design: Design, trials: int, successes: int, by_rule: bool) -> AnalysisData:
    """`interval_fields` of these counts; long lists have many experiments of one design and one count. Not to be changed."""
    return interval_fields(_analyse(design, trials, successes, by_rule))


@lru_cache(maxsize=4096)
def _alone(design: Design, target: float | None, trials: int, successes: int, by_rule: bool) -> AloneData:
    """What these counts of the only arm say, in the order of the document. Not to be changed."""
    return {
        **_fields(design, trials, successes, by_rule),
        "interval": shown_data(_shown(design, trials, successes, by_rule)),
        "excluded": None,
        "operating_characteristics": _promise(design, target),
    }


def comparison(summary: Summary) -> ComparisonData:
    """What a comparison adds: its arms and, once it is decided, its pairs."""
    plan = summary.plan
    detail = summary.decision.detail if summary.decision is not None else DecisionDetail()
    status = detail.get("status", ["open"] * len(plan.arms))
    rows = zip(plan.arms, summary.counted.tallies, summary.tallies, status, strict=True)
    arms: list[ArmData] = [
        {
            "name": name,
            "trials_total": tally.finished,
            "trials_success": tally.successes,
            "trials_finished": every.finished,
            "success_rate": tally.successes / tally.trials if tally.trials else None,
            "credible_interval": _interval(
                credible_interval(plan.design.prior, tally.trials, tally.successes, plan.design.confidence)
            ),
            "interval": shown_data(_shown(plan.design, tally.trials, tally.successes, False)),
            "status": word,
        }
        for name, tally, every, word in rows
    ]
    for arm, tally in zip(arms, summary.counted.tallies, strict=True):
        if tally.errors:
            arm["trials_error"] = tally.errors
    data: ComparisonData = {"arms": arms, "pairs": pairs_of(plan, detail.get("pairs", []))}
    if "allocation" in plan.facts:
        chance = detail.get("probability_best")
        data["allocation"] = plan.facts["allocation"]
        data["probability_best"] = None if chance is None else float(chance)
    if plan.facts.get("claim") == AGAINST_ITSELF and "against_itself" in detail:
        data["against_itself"] = _false_alarms(plan.design, detail["against_itself"])
    return data


def _false_alarms(design: Design, detail: FalseAlarms) -> FalseAlarmData:
    """How often an arm was called different from itself, beside what the design promises."""
    comparisons, different = detail["comparisons"], detail["different"]
    limits, promised = false_alarms(design, comparisons, different)
    return {
        **detail,
        "rate": different / comparisons,
        "interval": {"low": limits.low, "high": limits.high, "each_side": round(1 - design.confidence, 12)},
        "promised_at_most": round(promised, 12),
    }


def pairs_of(plan: Plan, pairs: Sequence[Sequence[Any]]) -> list[PairData]:
    """Every two arms: how often they differed, who won, and what more pairs would buy where neither did."""
    duel = duel_of(plan.design, len(plan.arms), plan.versions.calibration)
    return [_pair(plan.arms, duel, pair) for pair in pairs]


def _pair(names: Sequence[str], duel: Duel, pair: Sequence[Any]) -> PairData:
    a, b, pairs, a_wins, b_wins, verdict = pair
    low, high = duel.difference(pairs, a_wins, b_wins)
    word = {"a": names[a], "b": names[b]}.get(verdict, verdict)
    return {
        "a": names[a],
        "b": names[b],
        "pairs": pairs,
        "discordant": a_wins + b_wins,
        "a_wins": a_wins,
        "verdict": word,
        "difference": {
            "level": round(1 - 2 * duel.alpha, 12),
            "low": low,
            "high": high,
            "each_side": round(duel.alpha, 12),
        },
        "pairs_that_would_do": _enough(duel, pairs, a_wins, b_wins) if verdict in ("inconclusive", None) else None,
    }


def _enough(duel: Duel, pairs: int, a_wins: int, b_wins: int) -> int | None:
    """About the pairs that would decide with probability 0.8 if the wins seen so far were the true rates.

    The cap is exact where the rates of winning differ from ½ by FAR or more; nearer it grows with the inverse square.
    """
    discordant = a_wins + b_wins
    if not discordant or a_wins == b_wins:
        return None
    off = abs(a_wins / discordant - 0.5)
    try:
        cap = solve_cap(replace(duel.design, max_trials=100), 0.8, 0.5 + min(0.49, max(FAR, off)))
    except DesignError:
        return None
    return math.ceil(cap * max(1.0, FAR / off) ** 2 * pairs / discordant)


def interval_fields(analysis: Analysis) -> AnalysisData:
    """What an analysis adds to the JSON of an experiment or an arm."""
    posterior = analysis.posterior
    return {
        "rate_unbiased": analysis.rate_unbiased,
        "rate_unbiased_estimator": "Girshick-Mosteller-Savage",
        "posterior": {
            "alpha": posterior.alpha,
            "beta": posterior.beta,
            "mean": posterior.mean,
            "probability_above_target": posterior.probability_above_target,
        },
        "credible_interval": _interval(analysis.credible_interval),
        "confidence_interval": _interval(analysis.confidence_interval),
        "confidence_sequence": _interval(analysis.confidence_sequence),
        "trials_saved": analysis.trials_saved,
    }


def shown_data(interval: ShownInterval) -> ShownData:
    """`interval` of the JSON: the one that people see; `each_side` is null where only `level` is bounded."""
    return {
        "level": round(interval.level, 12),
        "low": interval.low,
        "high": interval.high,
        "each_side": None if interval.each_side is None else round(interval.each_side, 12),
        "method": interval.method.value,
    }


def excluded_of(summary: Summary) -> ExcludedData | None:
    """What the trials that do not count could have meant; None where there are none."""
    tally = summary.counted.tallies[0]
    one = summary.plan.layout is Layout.INDEPENDENT and len(summary.plan.arms) == 1
    if not one or not tally.errors or summary.plan.errors is not Errors.EXCLUDE:
        return None
    trials, successes = summary.counts
    bounds = excluded(summary.plan.arm_design, trials, successes, tally.errors)
    data: ExcludedData = {
        "trials": tally.errors,
        "low": bounds.low,
        "high": bounds.high,
        "verdict_hangs_on_them": bounds.hangs,
    }
    if by_choice := summary.plan.facts.get("exclude"):
        data["causes"] = list(by_choice)
    return data


def operating_characteristics(summary: Summary) -> PromiseData:
    """What the design promised at its target, exactly."""
    return _promise(summary.plan.arm_design, summary.plan.design.target)


def _promise(design: Design, target: float | None) -> PromiseData:
    if target is None or design.max_trials is None:
        return {}
    return _promised_data(design, target)


@lru_cache(maxsize=4096)
def _promised_data(design: Design, target: float) -> PromiseData:
    (row,) = _promised(design, (target,))
    return {
        "at": target,
        "supported": row.supported,
        "refuted": row.refuted,
        "inconclusive": row.inconclusive,
        "expected_trials": row.expected_trials,
    }


def ahead(summary: Summary) -> OutlookData | None:
    """What is to be expected of the rest of a run that is not decided; None where it is, or where there is no cap."""
    plan = summary.plan
    if summary.decision is not None or len(plan.arms) > 1 or plan.design.max_trials is None:
        return None
    from kgents.stats import outlook

    rest = outlook(plan.arm_design, *summary.counts)
    return {"expected_trials_left": rest.expected_trials_left, "done_within_ten": rest.done_within_ten}


def _interval(interval: Interval | None) -> IntervalData | None:
    if interval is None:
        return None
    return {"level": interval.level, "low": interval.low, "high": interval.high}


def _confidence(totals: Totals) -> tuple[float, float]:
    """(mean, standard deviation) of what trials said of their own confidence."""
    trials = sum([tally.trials for tally in totals.tallies])
    if not trials:
        return 0.5, 0.0
    mean = totals.confidence / trials
    variance = max(0.0, totals.confidence_squared / trials - mean * mean)
    return mean, math.sqrt(variance)


def _stopped_early(summary: Summary, trials: int) -> bool:
    most = summary.plan.most_trials
    if {"allowances", "repeats"} & summary.plan.facts.keys():
        return False
    return summary.decision is not None and most is not None and trials < most
