"""What an experiment came to, in one sentence: the headline of every report, with the cause where it did not go well."""

from collections.abc import Sequence

from kgents.domain.fact import StopReason, Verdict
from kgents.domain.outcome import Cause
from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.domain.words import number
from kgents.kinds.registry import kind_of
from kgents.report.claims import (
    against,
    comparison_promise,
    family_promise,
    hang_of_arms,
    hangs,
    hangs_by,
    of_series,
    promise,
)
from kgents.report.document_types import CauseData, EvidenceData
from kgents.report.figures import failure
from kgents.stats import Rule

_STOPPED = {
    StopReason.INTERRUPTED: "interrupted",
    StopReason.BUDGET_SECONDS: "stopped, the time budget is used up,",
    StopReason.BUDGET_TOKENS: "stopped, the token budget is used up,",
    StopReason.BUDGET_USD: "stopped, the money budget is used up,",
    StopReason.ERRORS: "failed",
    StopReason.FATAL: "failed",
}
_OF_THE_ANSWER = (Cause.TRUNCATED, Cause.CHAT_MARKERS)  # failures that a setting may be to blame for


def sentence(summary: Summary, evidence: EvidenceData | None = None) -> str:
    """The headline; `evidence`, as the JSON document has it, adds why most trials failed."""
    causes = [] if evidence is None else evidence.get("causes", [])
    if summary.stop is not None:
        return _stopped(summary, causes)
    own = kind_of(summary.plan.kind).sentence(summary)
    if own is None:
        own = _several(summary) if _is_several(summary) else _single(summary)
    return own + hangs_by(evidence) + of_series(summary) + _blamed(causes)


def _stopped(summary: Summary, causes: Sequence[CauseData]) -> str:
    assert summary.stop is not None
    wrong = failure(summary, causes)
    why = summary.stop.text if wrong is None else wrong["message"]
    return f"{_STOPPED[summary.stop.reason]}{_progress(summary)}" + (f"{':' if wrong else ';'} {why}" if why else "")


def _progress(summary: Summary) -> str:
    """How far a run came that stopped."""
    trials, successes = summary.counts
    most = summary.plan.most_trials
    if not summary.totals.finished:
        return " before its first trial ended" if summary.stop and summary.stop.reason not in _FAILED else ""
    if not trials and summary.stop and summary.stop.reason in _FAILED:
        return ""
    planned = ""
    if most is not None:
        word = "" if summary.plan.design.rule is Rule.FIXED else "at most "
        planned = f" of {word}{most} planned"
    return f" after {trials}{planned}, {number(successes, 'success', 'successes')}{_waiting(summary)}"


_FAILED = (StopReason.ERRORS, StopReason.FATAL)


def _single(summary: Summary) -> str:
    design, (trials, successes) = summary.plan.design, summary.counts
    tally = f"{successes} of {number(trials, 'trial')}"
    subject = kind_of(summary.plan.kind).subject_of(summary.plan)
    error = promise(design) + hangs(summary) + against(summary)
    match summary.verdict:
        case Verdict.SUPPORTED:
            return f"supported: {subject} is above {design.target:g}, {tally}, {error}"
        case Verdict.REFUTED:
            return f"refuted: {subject} is not above {design.target:g}, {tally}, {error}"
        case Verdict.INCONCLUSIVE:
            why = "no verdict is likely before the cap" if _reason(summary) == "futility" else "the cap is reached"
            return f"inconclusive: whether {subject} is above {design.target:g} stays open, {tally}; {why}{against(summary)}"
        case Verdict.ESTIMATE:
            rate = f" ({successes / trials:.3f})" if trials else ""
            asked = "; no verdict was asked for (--target)" if not successes else ""
            return f"estimate: {subject} was {successes} of {trials}{rate}{asked}"
        case _:
            return f"{summary.status.value}: {tally} so far{_waiting(summary)}"


def _waiting(summary: Summary) -> str:
    """Of a run that is not decided: the trials that ended before one that was launched earlier."""
    counted, finished = summary.counted.finished, summary.totals.finished
    return "" if counted == finished else f" ({counted} counted, {finished} finished)"


def _is_several(summary: Summary) -> bool:
    return (len(summary.plan.arms) > 1 or summary.plan.layout is Layout.BLOCKS) and summary.decision is not None


def _several(summary: Summary) -> str:
    assert summary.decision is not None
    if summary.plan.layout is not Layout.INDEPENDENT:
        told = str(summary.decision.detail.get("sentence", summary.decision.verdict.value))
        return told + comparison_promise(summary.plan, summary.decision.detail.get("status", ()))
    verdicts = [verdict for verdict, _ in summary.decision.detail.get("arms", [])]
    tally = ", ".join(f"{verdicts.count(word)} {word}" for word in dict.fromkeys(verdicts))
    trials, successes = summary.counts
    if set(verdicts) == {"estimate"}:
        subject = kind_of(summary.plan.kind).subject_of(summary.plan)
        rate = f" ({successes / trials:.3f})" if trials else ""
        return f"estimate: {subject} was {successes} of {trials}{rate} over {len(verdicts)} arms"
    told = f"{len(summary.plan.arms)} arms ({tally}), {successes} of {number(trials, 'trial')}"
    return f"{summary.decision.verdict.value}: {told}{family_promise(summary.plan)}{hang_of_arms(summary)}"


def _blamed(causes: Sequence[CauseData]) -> str:
    """What most of the failures have in common, where that is a setting and not the program."""
    failures = sum(row["counted"] for row in causes)
    for row in causes:
        if row["cause"] in _OF_THE_ANSWER and 2 * row["counted"] >= failures:
            return f"; in {row['counted']} of {number(failures, 'failure')}: {row['example']}"
    return ""


def _reason(summary: Summary) -> str:
    return summary.decision.reason if summary.decision else ""
