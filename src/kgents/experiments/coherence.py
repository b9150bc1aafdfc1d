"""`coherence`: a trial is a recorded trace; it succeeds where its claims can all be true together.

Rule: a trace with nothing to check says nothing (it is not counted), and the coverage is printed with the rate.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from kgents.domain.outcome import Cause, Outcome, Usage
from kgents.domain.ports import Slot, Trial
from kgents.domain.summary import Summary
from kgents.experiments.registry import Face
from kgents.laws.coherence import CODE_OF, Coherence, TraceFinding, examine_trace


class Traces:
    """Examines one trace per arm."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._traces = config["traces"]

    async def run_trial(self, slot: Slot) -> Outcome:
        """One trace."""
        import asyncio

        trace = self._traces[slot.arm]["text"]
        return outcome_of(await asyncio.to_thread(examine_trace, trace), input=trace)

    async def aclose(self) -> None:
        """Nothing is kept."""


def outcome_of(finding: TraceFinding, output: str | None = None, *, input: str, usage: Usage = Usage()) -> Outcome:  # noqa: A002
    """What a trace came to as the outcome of a trial; `input` is what the trial was given."""
    said: dict[str, Any] = {
        "score": (CODE_OF[finding.verdict],),
        "metadata": {"input": input, "finding": finding.to_data()},
        "usage": usage,
    }
    match finding.verdict:
        case Coherence.COHERENT:
            return Outcome.passed(output or f"{finding.checked} claims agree", **said)
        case Coherence.INCOHERENT:
            lines = "; ".join(f"line {claim.line}: {claim.text}" for claim in finding.core)
            return Outcome.failed(Cause.INCOHERENT, f"these cannot all be true: {lines}", output or "", **said)
        case _:
            return Outcome.failed(Cause.REJECTED, "unchecked: no claim in it can be checked", output or "", **said)


def _headline(config: Mapping[str, Any]) -> str:
    return f"coherence of {len(config['traces'])} traces"


def _evidence(config: Mapping[str, Any], summary: Summary, trials: Sequence[Trial]) -> Mapping[str, Any]:
    from kgents.stats.analysis import clopper_pearson

    found = [trial.metadata["finding"] for trial in trials if "finding" in trial.metadata]
    counts = Counter(finding["verdict"] for finding in found)
    checked = counts["coherent"] + counts["incoherent"]
    rate = None
    if checked:
        interval = clopper_pearson(checked, counts["incoherent"], 0.95)
        rate = {"estimate": counts["incoherent"] / checked, "low": interval.low, "high": interval.high}
    law = {"law": "coherence", "verdict": "refuted" if counts["incoherent"] else "not_refuted", "cases": checked,
           "incoherence_rate": rate, "coverage": {"checked": checked, "unchecked": counts["unchecked"]}}  # fmt: skip
    cores = [
        {"trace": summary.plan.arms[trial.arm], **trial.metadata["finding"]}
        for trial in trials
        if trial.metadata.get("finding", {}).get("core")
    ]
    return {"laws": [law], "cores": cores}


def _table(config: Mapping[str, Any], evidence: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    rows = []
    for law in evidence.get("laws", ()):
        covered = law["coverage"]
        rows.append(("coverage", f"{covered['checked']} checked, {covered['unchecked']} unchecked"))
        if law["incoherence_rate"]:
            rate = law["incoherence_rate"]
            rows.append(
                ("incoherent", f"{rate['estimate']:.3f} ({rate['low']:.3f} … {rate['high']:.3f}) of those checked")
            )
    for core in evidence.get("cores", ()):
        rows += [(f"core of {core['trace']}", f"line {claim['line']}: {claim['text']}") for claim in core["core"]]
    return rows


FACE = Face("coherence", "the share of coherent traces", _headline, _evidence, needs_trials=True, table=_table)
