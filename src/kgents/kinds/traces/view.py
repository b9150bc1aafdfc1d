"""How the coherence of traces is shown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.kinds.traces.options import CoherenceConfig, CoherenceData, CoreData, CoverageData, TracesEvidence
from kgents.laws.coherence import TraceData
from kgents.laws.judge import Counts, RateData


def headline(config: CoherenceConfig) -> str:
    """One line for history: what was tried."""
    return f"coherence of {len(config['traces'])} traces"


def evidence(config: CoherenceConfig, summary: Summary, trials: Sequence[Trial]) -> TracesEvidence:
    """What the kind adds to the evidence."""
    from kgents.stats.analysis import clopper_pearson

    traces = [(trial.arm, finding) for trial in trials if (finding := finding_in(trial)) is not None]
    findings = [finding for _, finding in traces]
    counts = Counter(finding["verdict"] for finding in findings)
    checked = counts["coherent"] + counts["incoherent"]
    rate: RateData | None = None
    if checked:
        interval = clopper_pearson(checked, counts["incoherent"], 0.95)
        rate = {"estimate": counts["incoherent"] / checked, "low": interval.low, "high": interval.high}
    verdict = "refuted" if counts["incoherent"] else "not_refuted" if checked else "vacuous"
    covered = _coverage(checked, counts["unchecked"], findings)
    law: CoherenceData = {
        "law": "coherence",
        "verdict": verdict,
        "cases": checked,
        "incoherence_rate": rate,
        "coverage": covered,
    }
    cores: list[CoreData] = [{"trace": summary.plan.arms[arm], **finding} for arm, finding in traces if finding["core"]]
    judged = [trial.metadata for trial in trials if trial.metadata.get("judged") is not None]
    data: TracesEvidence = {"laws": [law], "cores": cores}
    if config.get("judge"):
        data["judge"] = _judge(judged).to_data()
    return data


def finding_in(trial: Trial) -> TraceData | None:
    """What a trial came to; None where it was a story, or came to nothing."""
    finding: TraceData | None = trial.metadata.get("finding")
    return finding


def _coverage(checked: int, unchecked: int, findings: Sequence[TraceData]) -> CoverageData:
    """With the lines that have an equals sign, and in how many of them something was checked; not for records of before."""
    covered: CoverageData = {"checked": checked, "unchecked": unchecked}
    if any("equalities" in finding for finding in findings):
        covered["equalities"] = sum(finding.get("equalities", 0) for finding in findings)
        covered["covered"] = sum(finding.get("covered", 0) for finding in findings)
    return covered


def _judge(judged: Sequence[Mapping[str, Any]]) -> Counts:
    """How often the judge called planted stories, sound ones and traces incoherent."""
    groups: dict[Any, list[bool]] = {True: [], False: [], None: []}
    for metadata in judged:
        groups[metadata.get("planted")].append(metadata["judged"])
    planted, sound, traces = ((sum(groups[key]), len(groups[key])) for key in (True, False, None))
    return Counts(planted, sound, traces)


def table(evidence: TracesEvidence) -> Sequence[tuple[str, str]]:
    """Lines for people."""
    rows = []
    for law in evidence["laws"]:
        covered = law["coverage"]
        traces = covered["checked"] + covered["unchecked"]
        share = f" ({covered['unchecked'] / traces:.0%} of the traces)" if traces else ""
        rows.append(("coverage", f"{covered['checked']} checked, {covered['unchecked']} unchecked{share}"))
        lines, seen = covered.get("equalities", 0), covered.get("covered", 0)
        if lines:
            share = f"{lines - seen} unchecked ({(lines - seen) / lines:.0%})"
            rows.append(("", f"of {lines} lines with an equals sign {seen} checked, {share}"))
        if law["incoherence_rate"]:
            rate = law["incoherence_rate"]
            rows.append(
                ("incoherent", f"{rate['estimate']:.3f} ({rate['low']:.3f} … {rate['high']:.3f}) of those checked")
            )
    judge = evidence.get("judge")
    if judge and judge["sensitivity"] and judge["specificity"]:
        errors = f"sensitivity {_span(judge['sensitivity'])}, specificity {_span(judge['specificity'])}"
        rows.append(("judge", f"on stories: {errors}"))
        corrected = f"corrected for its errors: {_span(judge['incoherence_rate'])} incoherent"
        rows.append(("", f"of {judge['judged']} unchecked traces it flagged {judge['flagged']}; {corrected}"))
    for core in evidence["cores"]:
        rows += [(f"core of {core['trace']}", f"line {claim['line']}: {claim['text']}") for claim in core["core"]]
    return rows


def _span(rate: RateData) -> str:
    return f"{rate['estimate']:.3f} ({rate['low']:.3f} … {rate['high']:.3f})"
