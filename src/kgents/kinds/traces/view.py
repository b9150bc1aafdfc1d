"""How the coherence of traces is shown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.laws.judge import Counts


def headline(config: Mapping[str, Any]) -> str:
    """One line for history: what was tried."""
    return f"coherence of {len(config['traces'])} traces"


def evidence(config: Mapping[str, Any], summary: Summary, trials: Sequence[Trial]) -> Mapping[str, Any]:
    """What the kind adds to the evidence."""
    from kgents.stats.analysis import clopper_pearson

    found = [trial.metadata["finding"] for trial in trials if "finding" in trial.metadata]
    counts = Counter(finding["verdict"] for finding in found)
    checked = counts["coherent"] + counts["incoherent"]
    rate = None
    if checked:
        interval = clopper_pearson(checked, counts["incoherent"], 0.95)
        rate = {"estimate": counts["incoherent"] / checked, "low": interval.low, "high": interval.high}
    verdict = "refuted" if counts["incoherent"] else "not_refuted" if checked else "vacuous"
    covered = {"checked": checked, "unchecked": counts["unchecked"], **_lines(found)}
    law = {"law": "coherence", "verdict": verdict, "cases": checked, "incoherence_rate": rate, "coverage": covered}
    cores = [
        {"trace": summary.plan.arms[trial.arm], **trial.metadata["finding"]}
        for trial in trials
        if trial.metadata.get("finding", {}).get("core")
    ]
    judged = [trial.metadata for trial in trials if trial.metadata.get("judged") is not None]
    return {"laws": [law], "cores": cores, **({"judge": _judge(judged).to_data()} if config.get("judge") else {})}


def _lines(found: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Lines with an equals sign, and in how many of them something was checked; nothing for records of before."""
    if not any("equalities" in finding for finding in found):
        return {}
    return {"equalities": sum(finding.get("equalities", 0) for finding in found),
            "covered": sum(finding.get("covered", 0) for finding in found)}  # fmt: skip


def _judge(judged: Sequence[Mapping[str, Any]]) -> Counts:
    """How often the judge called planted stories, sound ones and traces incoherent."""
    groups: dict[Any, list[bool]] = {True: [], False: [], None: []}
    for metadata in judged:
        groups[metadata.get("planted")].append(metadata["judged"])
    planted, sound, traces = ((sum(groups[key]), len(groups[key])) for key in (True, False, None))
    return Counts(planted, sound, traces)


def table(config: Mapping[str, Any], evidence: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Lines for people."""
    rows = []
    for law in evidence.get("laws", ()):
        covered = law["coverage"]
        traces = covered["checked"] + covered["unchecked"]
        share = f" ({covered['unchecked'] / traces:.0%} of the traces)" if traces else ""
        rows.append(("coverage", f"{covered['checked']} checked, {covered['unchecked']} unchecked{share}"))
        if covered.get("equalities"):
            left = covered["equalities"] - covered["covered"]
            share = f"{left} unchecked ({left / covered['equalities']:.0%})"
            rows.append(
                ("", f"of {covered['equalities']} lines with an equals sign {covered['covered']} checked, {share}")
            )
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
    for core in evidence.get("cores", ()):
        rows += [(f"core of {core['trace']}", f"line {claim['line']}: {claim['text']}") for claim in core["core"]]
    return rows


def _span(rate: Mapping[str, float]) -> str:
    return f"{rate['estimate']:.3f} ({rate['low']:.3f} … {rate['high']:.3f})"
