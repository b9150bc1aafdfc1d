"""How the laws of reasoning are shown."""

from collections import Counter
from collections.abc import Mapping, Sequence

from kgents.domain.decision_detail import LawDecided
from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.kinds.reasoning.options import (
    ExtractionData,
    ReasonedCore,
    ReasoningConfig,
    ReasoningEvidence,
    ReasoningLaw,
    SidesData,
)
from kgents.kinds.traces.view import finding_in
from kgents.laws.judge import RateData
from kgents.laws.transformations import TRANSFORMATIONS

_SHOWN = 5  # answers


def headline(config: ReasoningConfig) -> str:
    """One line for history: what was tried."""
    problems = len(config["problems"])
    return f"{problems} {'problem' if problems == 1 else 'problems'}: {', '.join(config['laws'])}"


def evidence(config: ReasoningConfig, summary: Summary, trials: Sequence[Trial]) -> ReasoningEvidence:
    """What the kind adds to the evidence."""
    if summary.decision is None:
        return {"laws": []}
    laws: list[ReasoningLaw] = []
    for number, law in enumerate(summary.decision.detail["laws"]):
        name = summary.plan.arms[number]
        mine = [trial for trial in trials if trial.arm == number and trial.score]
        single = len(config["problems"]) == 1
        laws.append(_rate(law) if name == "coherence" else _law(name, law, mine, single))
    if "coherence" not in summary.plan.arms:
        return {"laws": laws}
    traced = [(trial, finding) for trial in trials if (finding := finding_in(trial)) is not None]
    cores: list[ReasonedCore] = [
        {"trace": f"trace {trial.index}", "problem": trial.metadata["input"], **finding}
        for trial, finding in traced
        if finding["core"]
    ]
    return {"laws": laws, "cores": cores}


def _law(name: str, law: LawDecided, trials: Sequence[Trial], single: bool) -> ReasoningLaw:
    missing = [trial.metadata["unextracted"] for trial in trials]
    answers = 2 * max(1, len(trials))
    counts = {"plain": sum(p for p, _ in missing), "transformed": sum(t for _, t in missing)}
    agreement, extraction = law.get("self_agreement"), law.get("extraction")
    data: ReasoningLaw = {
        "law": name,
        "tier": TRANSFORMATIONS[name].tier if name in TRANSFORMATIONS else "call boundaries",
        "verdict": law["verdict"],
        "e_value": float(law["e_value"]),
        "agreement_drop": _interval(law["agreement_drop"]),
        "excess_disagreement": _interval(law["excess_disagreement"]),
        "self_agreement": None if agreement is None else _sides(*map(float, agreement)),
        "blocks": law["blocks"],
        "unextracted": counts,
        "extraction_failure_rate": _sides(counts["plain"] / answers, counts["transformed"] / answers),
        "extraction": None
        if extraction is None
        else {"e_value": float(extraction["e_value"]), "differs": extraction["differs"]},
    }
    if single:
        data["answers"] = _answers(trials)
    return data


def _sides(plain: float, transformed: float) -> SidesData:
    return {"plain": plain, "transformed": transformed}


def _answers(trials: Sequence[Trial]) -> dict[str, dict[str, int]]:
    """Of one problem: how often what was answered, by side; "" where there was no answer."""
    sides: dict[str, Counter[str]] = {"plain": Counter(), "transformed": Counter()}
    for trial in trials:
        keys = [key or "" for key in trial.metadata["answers"]]
        sides["plain"].update(keys[:2])
        sides["transformed"].update(keys[2:])
    return {side: dict(counts.most_common()) for side, counts in sides.items()}


def _rate(law: LawDecided) -> ReasoningLaw:
    return {
        "law": "coherence",
        "verdict": law["verdict"],
        "e_value": float(law["e_value"]),
        "incoherence_rate": _interval(law["incoherence_rate"]),
        "coverage": law["coverage"],
        "blocks": law["blocks"],
    }


def _interval(numbers: Sequence[str]) -> RateData:
    estimate, low, high = map(float, numbers)
    return {"estimate": estimate, "low": low, "high": high}


def table(config: ReasoningConfig, evidence: ReasoningEvidence) -> Sequence[tuple[str, str]]:
    """Lines for people."""
    rows = []
    for law in evidence["laws"]:
        rows.append((law["law"], _rate_line(law) if "incoherence_rate" in law else _line(law, config["epsilon"])))
        rows += [("", f"answered {side}: {_shares(counts)}") for side, counts in law.get("answers", {}).items()]
        extraction = law.get("extraction")
        if extraction and extraction["differs"]:
            value = extraction["e_value"]
            rows.append(
                (
                    "",
                    f"answers are missing on one side more than on the other (e-value {value:.3g}): a matter of format",
                )
            )
        if law.get("tier") == "effect":
            rows.append(("", "not neutral by design: an effect is measured, no law is tested"))
    for core in evidence.get("cores", []):
        rows += [(f"core of {core['trace']}", f"line {claim['line']}: {claim['text']}") for claim in core["core"]]
    return rows


def _shares(counts: Mapping[str, int]) -> str:
    """`42: 90 %, 41: 10 %`; rare answers together."""
    total = max(1, sum(counts.values()))
    shown = list(counts.items())[:_SHOWN]
    parts = [f"{key or 'no answer'}: {count / total:.0%}".replace("%", " %") for key, count in shown]
    rest = total - sum(count for _, count in shown)
    return ", ".join(
        [*parts, *([f"{len(counts) - _SHOWN} others: {rest / total:.0%}".replace("%", " %")] if rest else [])]
    )


def _line(law: ReasoningLaw, epsilon: str) -> str:
    drop, more = law["agreement_drop"], law["excess_disagreement"]
    words = {"holds": f"HOLDS WITHIN {epsilon}", "measurable": f"MEASURABLE, WITHIN {epsilon}"}
    missing = law["extraction_failure_rate"]
    alike = law["self_agreement"]
    agreement = f", self-agreement {alike['plain']:.3f} and {alike['transformed']:.3f}" if alike else ""
    return (
        f"{words.get(law['verdict'], law['verdict'].upper())}  "
        f"agreement drop {drop['estimate']:.3f} ({drop['low']:.3f} … {drop['high']:.3f}), "
        f"excess disagreement {more['estimate']:.3f} ({more['low']:.3f} … {more['high']:.3f}){agreement}, "
        f"e-value {law['e_value']:.3g}, {law['blocks']} blocks; without an answer: "
        f"{missing['plain']:.1%} plain, {missing['transformed']:.1%} transformed{_apart(law['extraction'])}"
    )


def _apart(extraction: ExtractionData | None) -> str:
    return f" (e-value {extraction['e_value']:.3g})" if extraction else ""


def _rate_line(law: ReasoningLaw) -> str:
    rate, covered = law["incoherence_rate"], law["coverage"]
    return (
        f"{law['verdict'].upper()}  incoherent {rate['estimate']:.3f} ({rate['low']:.3f} … {rate['high']:.3f}) of "
        f"{covered['checked']} traces that could be checked, {covered['unchecked']} could not; e-value {law['e_value']:.3g}"
    )
