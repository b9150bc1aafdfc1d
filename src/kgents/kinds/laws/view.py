"""How the laws of objects are shown."""

from collections.abc import Sequence

from kgents.domain.ports import Trial
from kgents.kinds.laws.options import LawsConfig, LawsEvidence
from kgents.laws.finding import FindingData


def headline(config: LawsConfig) -> str:
    """One line for history: what was tried."""
    return f"{config['object']}: {', '.join(config['laws'])}"


def evidence(trials: Sequence[Trial]) -> LawsEvidence:
    """What the kind adds to the evidence."""
    findings: list[FindingData] = [
        trial.metadata["finding"] for trial in sorted(trials, key=lambda t: t.arm) if "finding" in trial.metadata
    ]
    family = next((each["family"] for each in findings if each.get("family")), {})
    return {
        "family": family,
        "laws": [_alone(finding) for finding in findings],
    }


def _alone(finding: FindingData) -> FindingData:
    """Without the family, which all findings share."""
    alone = finding.copy()
    alone.pop("family", None)
    return alone


def table(evidence: LawsEvidence) -> Sequence[tuple[str, str]]:
    """Lines for people."""
    rows = list(evidence["family"].items())
    for finding in evidence["laws"]:
        rows.append((finding["law"], _line(finding)))
        rows += [("", f"the target tried to {words}; it could not") for words in finding.get("tried", ())]
    return rows


def _line(finding: FindingData) -> str:
    power, shown = finding["power"], finding["counterexample"]
    if shown:
        inputs = ", ".join(f"{name} = {text}" for name, text in shown["inputs"].items())
        changed = f"; {finding['detail'][:200]}" if finding["detail"] else ""
        return f"REFUTED  {inputs[:200]}: {shown['left'][:100]} is not {shown['right'][:100]}{changed}"
    caught = f"; of {power['planted']} corrupted compositions {power['caught']} were caught" if power else ""
    return f"{finding['verdict'].replace('_', ' ').upper()}  {finding['detail']}{caught}"


def programs(evidence: LawsEvidence) -> Sequence[tuple[str, str]]:
    """Counterexamples as programs that can be pasted."""
    shown = [(finding["law"], finding["counterexample"]) for finding in evidence["laws"]]
    return [(f"{law} is broken", example["code"]) for law, example in shown if example]
