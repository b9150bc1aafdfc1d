"""What a verdict promises, and the interval beside it, in words."""

from collections.abc import Sequence

from kgents.domain.fact import Verdict
from kgents.domain.plan import DecidedBy, Layout, Plan
from kgents.domain.summary import Summary
from kgents.domain.words import percent
from kgents.kinds.registry import kind_of
from kgents.report.document_types import EvidenceData, ShownData
from kgents.report.evidence import excluded_of
from kgents.report.hanging import hanging_arms
from kgents.stats import Design, Rule

_METHODS = {
    "stage-wise": "exact for this design",
    "clopper-pearson": "exact for this design",
    "confidence sequence": "valid at every look",
    "credible": "under the prior",
}


def promise(design: Design) -> str:
    """How often the verdict on one rate is wrong at most."""
    error = percent(1 - design.confidence)
    if design.rule is Rule.POSTERIOR:
        return f"posterior probability at least {percent(design.confidence)}, no error rate is promised"
    if design.rule is Rule.SPRT:
        target, margin = design.target or 0.0, design.margin or 0.0
        return f"error at most {error} for rates up to {target - margin:g} and from {target + margin:g}"
    return f"error at most {error}"


def comparison_promise(plan: Plan, status: Sequence[str]) -> str:
    """'; error at most …' of a comparison; empty where its own sentence says it, or nothing was told apart.

    Each arm of a pair is beaten wrongly with probability at most α/(k − 1), so some claim about k arms is wrong with at
    most kα, and the best one is thrown out with at most α.
    """
    alpha, arms = 1 - plan.design.confidence, len(plan.arms)
    where = kind_of(plan.kind).among
    among = f", on {where}" if where else ""
    if plan.decider is DecidedBy.SCORE_PAIRS:
        return among if status and "open" not in status else ""
    if (
        plan.layout is not Layout.COMPARE
        or "allocation" in plan.facts
        or not {"best", "eliminated", "equivalent"} & set(status)
    ):
        return ""
    if "equivalent" in status and "eliminated" not in status:
        return f"; error at most {percent(alpha)}{among}"
    if arms == 2:
        return f"; error at most {percent(2 * alpha)} over both directions{among}"
    return (
        f"; the best of {arms} is thrown out with probability at most {percent(alpha)}, "
        f"any arm is called worse wrongly with at most {percent(min(1.0, arms * alpha))}{among}"
    )


def family_promise(plan: Plan) -> str:
    """'; error at most …' of arms with a verdict each: whose error it is."""
    design, arms = plan.design, len(plan.arms)
    alpha = percent(1 - design.confidence)
    match plan.facts.get("family"):
        case "all":
            return f"; error at most {alpha} on either side for all {arms} together (Holm)"
        case "fdr":
            return (
                f"; at most {alpha} of those called supported, and of those called refuted, are expected to be wrong "
                "(Benjamini-Hochberg)"
            )
    if design.rule is Rule.POSTERIOR:
        return "; no error rate is promised"
    some = percent(min(1.0, arms * (1 - design.confidence)))
    return f"; error at most {alpha} for each, {some} for any of them"


def hangs(summary: Summary) -> str:
    """What the verdict says of trials that do not count, where it hangs on leaving them out; else empty."""
    left_out = excluded_of(summary)
    if left_out is None or not left_out["verdict_hangs_on_them"]:
        return ""
    counted = "failed" if summary.verdict is Verdict.SUPPORTED else "passed"
    return f"; hangs on {_spoilt(left_out['trials'])}: counted as {counted}, there would be no such verdict"


def hangs_by(evidence: EvidenceData | None) -> str:
    """The same of mean scores and of arms that are compared, which the decision made anew says."""
    if evidence is None:
        return ""
    left_out = evidence.get("excluded")
    if "scores" in evidence and left_out and left_out["verdict_hangs_on_them"]:
        end = "least" if evidence["verdict"] == Verdict.SUPPORTED else "greatest"
        return (
            f"; hangs on {_spoilt(left_out['trials'])}: with the {end} score for each, there would be no such verdict"
        )
    if evidence.get("verdict_hangs_on_excluded"):
        return f"; hangs on {_spoilt(evidence['trials_error'])}: counted against it, there would be no such verdict"
    return ""


def hang_of_arms(summary: Summary) -> str:
    """The same of arms with a verdict each."""
    arms = hanging_arms(summary)
    words = "verdict hangs" if arms == 1 else "verdicts hang"
    return f"; {arms} {words} on trials that do not count" if arms else ""


def _spoilt(trials: int) -> str:
    return "a trial that does not count" if trials == 1 else f"{trials} trials that do not count"


def against(summary: Summary) -> str:
    """What the verdict says of the stored run whose lower limit less a margin was the target; else empty."""
    base = summary.plan.facts.get("baseline")
    if base is None:
        return ""
    low, margin, error = (float(base[name]) for name in ("low", "margin", "error"))
    target = (
        f"the target is {low:.3g}, the lower limit of {base['experiment']} (error {percent(error)}), less {margin:g}"
    )
    if summary.verdict is not Verdict.REFUTED:
        return f"; {target}"
    fell = f"the rate fell by more than {margin:g}" if margin else "the rate fell"
    return f"; {target}: {fell}, error at most {percent(2 * error)} in all"


def of_series(summary: Summary) -> str:
    """What the verdict says of the series that it is one of; else empty."""
    share = summary.plan.share
    if share is None or summary.decision is None:
        return ""
    ordinal, whole = f"place {share.place} of the series {share.series}", percent(1 - share.confidence)
    return f"; {ordinal}, all of whose verdicts together err with at most {whole} on either side"


def interval_text(interval: ShownData) -> str:
    """'0.530 … 0.970   (each side 5 %) exact for this design'."""
    side = interval["each_side"]
    level = percent(interval["level"]) if side is None else f"each side {percent(side)}"
    return f"{interval['low']:.3f} … {interval['high']:.3f}   ({level}) {_METHODS[interval['method']]}"


def short_interval(interval: ShownData) -> str:
    """'0.530 … 0.970 (each side 5 %)'; '0.364 … 0.756 (95 % at every look)'."""
    side = interval["each_side"]
    level = f"{percent(interval['level'])} at every look" if side is None else f"each side {percent(side)}"
    return f"{interval['low']:.3f} … {interval['high']:.3f} ({level})"
