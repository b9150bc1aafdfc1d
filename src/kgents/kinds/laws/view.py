"""How the laws of objects are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgents.domain.ports import Trial
from kgents.domain.summary import Summary


def headline(config: Mapping[str, Any]) -> str:
    """One line for history: what was tried."""
    return f"{config['object']}: {', '.join(config['laws'])}"


def evidence(config: Mapping[str, Any], summary: Summary, trials: Sequence[Trial]) -> Mapping[str, Any]:
    """What the kind adds to the evidence."""
    findings = [
        trial.metadata["finding"] for trial in sorted(trials, key=lambda t: t.arm) if "finding" in trial.metadata
    ]
    family: Mapping[str, str] = next((finding["family"] for finding in findings if finding.get("family")), {})
    return {
        "family": family,
        "laws": [{key: value for key, value in finding.items() if key != "family"} for finding in findings],
    }


def table(config: Mapping[str, Any], evidence: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Lines for people."""
    rows = list(evidence.get("family", {}).items())
    for finding in evidence.get("laws", ()):
        rows.append((finding["law"], _line(finding)))
        rows += [("", f"the target tried to {words}; it could not") for words in finding.get("tried", ())]
    return rows


def _line(finding: Mapping[str, Any]) -> str:
    power, shown = finding["power"], finding["counterexample"]
    if shown:
        inputs = ", ".join(f"{name} = {text}" for name, text in shown["inputs"].items())
        return f"REFUTED  {inputs[:200]}: {shown['left'][:100]} is not {shown['right'][:100]}"
    caught = f"; of {power['planted']} corrupted compositions {power['caught']} were caught" if power else ""
    return f"{finding['verdict'].replace('_', ' ').upper()}  {finding['detail']}{caught}"


def programs(config: Mapping[str, Any], evidence: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Counterexamples as programs that can be pasted."""
    found = [finding for finding in evidence.get("laws", ()) if finding["counterexample"]]
    return [(f"{finding['law']} is broken", finding["counterexample"]["code"]) for finding in found]
