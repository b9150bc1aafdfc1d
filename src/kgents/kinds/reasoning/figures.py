"""What laws of reasoning have drawn: by how much answers differ where nothing relevant changed."""

from collections.abc import Sequence

from kgents.kinds.figure import Bar, Figure, Forest, Table
from kgents.kinds.reasoning.options import ReasoningConfig, ReasoningEvidence, ReasoningLaw
from kgents.kinds.reasoning.view import table
from kgents.laws.judge import RateData

TONES = {"refuted": "bad", "holds": "good", "measurable": "hold"}
TITLES = {
    "excess_disagreement": "Excess disagreement, with intervals",
    "agreement_drop": "Agreement drop, with intervals",
    "incoherence_rate": "Incoherent traces, with intervals",
}


def figures(config: ReasoningConfig, evidence: ReasoningEvidence) -> Sequence[Figure]:
    """Interval bars of every law, then its lines as a table; none before it is decided."""
    laws = evidence["laws"]
    if not laws:
        return ()
    measured = [
        ("excess_disagreement", [(law, law["excess_disagreement"]) for law in laws if "excess_disagreement" in law]),
        ("agreement_drop", [(law, law["agreement_drop"]) for law in laws if "agreement_drop" in law]),
        ("incoherence_rate", [(law, law["incoherence_rate"]) for law in laws if "incoherence_rate" in law]),
    ]
    drawn = [_forest(name, rows, float(config["epsilon"])) for name, rows in measured if rows]
    return [*drawn, Table("Laws", ("", ""), table(config, evidence))]


def _forest(name: str, rows: Sequence[tuple[ReasoningLaw, RateData]], epsilon: float) -> Forest:
    bars = [Bar(law["law"], span["estimate"], span["low"], span["high"], law["verdict"].replace("_", " "),
                TONES.get(law["verdict"], "run")) for law, span in rows]  # fmt: skip
    low, high = min(0.0, *(bar.low for bar in bars)), max(epsilon, *(bar.high for bar in bars))
    return Forest(TITLES[name], bars, name.replace("_", " "), low, high, epsilon, "allowed")
