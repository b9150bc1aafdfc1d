"""The numbers of an experiment, computed from its summary alone: the `evidence` of the JSON document.

Rule: counts that decide come from the decision where there is one (trial order), else from the trials that finished.
"""

import math
from typing import Any

from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.stats import Analysis, analyse


def counts(summary: Summary) -> tuple[int, int]:
    """(trials, successes) of all arms together."""
    if summary.decision is not None:
        return sum(n for n, _ in summary.decision.counts), sum(s for _, s in summary.decision.counts)
    return sum(tally.trials for tally in summary.tallies), sum(tally.successes for tally in summary.tallies)


def analysis_of(summary: Summary, arm: int | None = None) -> Analysis:
    """The analysis of one arm, or of the only one."""
    if arm is None:
        trials, successes = counts(summary)
    elif summary.decision is not None:
        trials, successes = summary.decision.counts[arm]
    else:
        trials, successes = summary.tallies[arm].trials, summary.tallies[arm].successes
    return analyse(summary.plan.design, trials, successes, summary.decision is not None)


def evidence(summary: Summary) -> dict[str, Any]:
    """`evidence`, without what the kind adds."""
    plan = summary.plan
    finished = sum(tally.finished for tally in summary.tallies)
    trials, successes = counts(summary)
    found: dict[str, Any] = {
        "trials_total": finished,
        "trials_success": successes,
        "trials_error": sum(tally.errors for tally in summary.tallies),
        "success_rate": successes / trials if trials else None,
        **_confidence(summary, trials),
        "mean_duration_ms": summary.duration_us / finished / 1000 if finished else None,
        "stopped_early": _stopped_early(summary, trials),
        "evidence_tier": plan.tier.value,
        "oracle": plan.oracle,
        "verdict": summary.verdict and summary.verdict.value,
        "reason": summary.decision and summary.decision.reason,
        "target": plan.design.target,
        "rule": plan.design.rule.value,
    }
    if plan.layout is Layout.INDEPENDENT:
        found.update(interval_fields(analysis_of(summary)))
        found["operating_characteristics"] = operating_characteristics(summary)
    return found


def interval_fields(analysis: Analysis) -> dict[str, Any]:
    """What an analysis adds to the JSON of an experiment or an arm."""
    posterior = analysis.posterior
    return {
        "rate_unbiased": analysis.rate_unbiased,
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


def operating_characteristics(summary: Summary) -> dict[str, Any]:
    """What the design promised at its target, exactly."""
    from kgents.stats import characteristics

    target = summary.plan.design.target
    if target is None or summary.plan.design.max_trials is None:
        return {}
    (row,) = characteristics(summary.plan.design, (target,))
    return {
        "at": target,
        "supported": row.supported,
        "refuted": row.refuted,
        "inconclusive": row.inconclusive,
        "expected_trials": row.expected_trials,
    }


def _interval(interval: Any) -> dict[str, float] | None:
    return interval and {"level": interval.level, "low": interval.low, "high": interval.high}


def _confidence(summary: Summary, trials: int) -> dict[str, float]:
    counted = sum(tally.trials for tally in summary.tallies)
    if not counted:
        return {"mean_confidence": 0.5, "std_confidence": 0.0}
    mean = summary.confidence / counted
    variance = max(0.0, summary.confidence_squared / counted - mean * mean)
    return {"mean_confidence": mean, "std_confidence": math.sqrt(variance)}


def _stopped_early(summary: Summary, trials: int) -> bool:
    cap = summary.plan.design.max_trials
    return summary.decision is not None and cap is not None and trials < cap * len(summary.plan.arms)
