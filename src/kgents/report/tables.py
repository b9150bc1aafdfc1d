"""The lines of figures that every kind of experiment has: the rate, what failed most, how long, the bill, the statistics."""

from collections.abc import Iterator

from kgents.domain.fact import StopReason
from kgents.domain.summary import Summary
from kgents.domain.words import number, seconds
from kgents.report.claims import interval_text
from kgents.report.document_types import CauseData, EvidenceData, UsageData

Rows = list[tuple[str, str]]
SHOWN_CAUSES = 3
_NEVER_RESUMED = (StopReason.ERRORS, StopReason.FATAL)


def rate_rows(summary: Summary, evidence: EvidenceData) -> Rows:
    """The rate of success, its trials and one interval."""
    if evidence["success_rate"] is None or "scores" in evidence:
        return []
    trials, successes = summary.counts
    rate = ("rate", f"{evidence['success_rate']:.3f}   {successes} of {number(trials, 'trial')}")
    return [rate, ("interval", interval_text(evidence["interval"]))] if evidence.get("interval") else [rate]


def failure_rows(evidence: EvidenceData) -> Rows:
    """What failed most, and what gave no evidence, each with an example."""
    causes = evidence.get("causes", ())
    failed = [row for row in causes if row["counted"]]
    silent = [row for row in causes if row["counted"] < row["trials"]]
    lines = [("failed" if not at else "", _failed(row)) for at, row in enumerate(failed[:SHOWN_CAUSES])]
    if len(failed) > SHOWN_CAUSES:
        left = sum(row["counted"] for row in failed[SHOWN_CAUSES:])
        lines.append(("", f"{left} × for {number(len(failed) - SHOWN_CAUSES, 'other cause')}"))
    lines += [("no answer" if not at else "", _silent(row)) for at, row in enumerate(silent[:SHOWN_CAUSES])]
    return lines + [("", bounds) for bounds in _bounds(evidence)]


def _bounds(evidence: EvidenceData) -> Iterator[str]:
    """What the rates and means would be had all trials that do not count gone wrong, and had all gone right."""
    left_out = evidence.get("excluded")
    if left_out and "scores" in evidence:
        yield f"the mean would be {left_out['low']:.6g} had all the least score, {left_out['high']:.6g} had all the greatest"
    elif left_out:
        named = f", with {', '.join(left_out['causes'])} left out" if left_out.get("causes") else ""
        yield f"the rate would be {left_out['low']:.3f} had all failed, {left_out['high']:.3f} had all succeeded{named}"
    for arm in evidence.get("arms", ()):
        errors, trials = arm.get("trials_error", 0), arm["trials_total"]
        if errors:
            low, high = arm["trials_success"] / trials, (arm["trials_success"] + errors) / trials
            yield f"{arm['name']} would be at {low:.3f} had all failed, {high:.3f} had all succeeded"


def _failed(row: CauseData) -> str:
    return f"{row['counted']} × {row['cause'].replace('_', ' ')}{_example(row)}"


def _silent(row: CauseData) -> str:
    return f"{row['trials'] - row['counted']} × {row['cause'].replace('_', ' ')}, not counted{_example(row)}"


def _example(row: CauseData) -> str:
    example = " ".join((row["example"] or "").split())
    return f": {example[:100]}{'…' if len(example) > 100 else ''}" if example else ""


def duration_rows(summary: Summary, evidence: EvidenceData) -> Rows:
    """How long trials took, and the experiment as a whole."""
    duration = evidence.get("duration_seconds")
    if not duration:
        return []
    spread = f" ± {seconds(duration['sd'])}" if duration["sd"] is not None else ""
    slowest = f", slowest {seconds(duration['slowest'])}" if duration["sd"] is not None else ""
    end = summary.completed_at or summary.updated_at
    whole = (end - (summary.started_at or summary.created_at)).total_seconds()
    return [("time", f"{seconds(duration['mean'])}{spread} a trial{slowest}; {seconds(max(0.0, whole))} in all")]


def bill_rows(usage: UsageData, evidence: EvidenceData) -> Rows:
    """What was paid for: answers. A price that is not known is not zero."""
    tokens = usage["input_tokens"] + usage["output_tokens"]
    answers = evidence.get("answers") or 0
    if not usage["calls"] and not tokens:
        return []
    if not answers and not tokens:
        return [("bill", f"no answer to {number(usage['calls'], 'question')}")]
    cost = "price unknown" if usage["cost_usd"] is None else f"{usage['cost_usd']:.4f} USD"
    cached = f" ({usage['cached_tokens']} from a cache)" if usage.get("cached_tokens") else ""
    counts = f"{usage['input_tokens']}{cached} + {usage['output_tokens']} tokens" if tokens else "tokens not counted"
    answered = number(answers, "answer")
    if usage["calls"] != answers:
        answered = f"answers in {number(answers, 'trial')}, {number(usage['calls'], 'call')}"
    return [("bill", f"{answered}, {counts}, {cost}")]


def outlook_rows(summary: Summary, evidence: EvidenceData) -> Rows:
    """What is to be expected of the trials to come, where there will be any."""
    ahead = evidence.get("outlook")
    stopped = summary.stop is not None and summary.stop.reason in _NEVER_RESUMED
    if not ahead or stopped or not summary.totals.finished:
        return []
    soon = f"over within 10 with probability {ahead['done_within_ten']:.2f}"
    return [("still to go", f"about {number(round(ahead['expected_trials_left']), 'trial')}, {soon}")]


def stats_rows(summary: Summary, evidence: EvidenceData) -> Rows:
    """What --stats adds besides the intervals and estimates."""
    lines: Rows = []
    saved, design = evidence.get("trials_saved"), summary.plan.design
    if saved and summary.decision is not None:
        lines.append(("trials saved", f"{saved} of {(design.max_trials or 0) * len(summary.plan.arms)}"))
    if evidence["oracle"]:
        lines.append(("oracle", str(evidence["oracle"])))
    lines.append(("evidence tier", summary.plan.tier.value))
    level = summary.plan.facts.get("sandbox")
    return [*lines, ("sandbox", str(level))] if level else lines
