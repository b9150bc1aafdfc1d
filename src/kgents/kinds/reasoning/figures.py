"""What laws of reasoning have drawn: by how much answers differ where nothing relevant changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgents.kinds.figure import Bar, Figure, Forest, Table
from kgents.kinds.reasoning.view import table

TONES = {"refuted": "bad", "holds": "good", "measurable": "hold"}
MEASURES = (("excess_disagreement", "Excess disagreement, with intervals"), ("agreement_drop", "Agreement drop, with intervals"),
            ("incoherence_rate", "Incoherent traces, with intervals"))  # fmt: skip


def figures(config: Mapping[str, Any], evidence: Mapping[str, Any]) -> Sequence[Figure]:
    """Interval bars of every law, then its lines as a table; none before it is decided."""
    laws = evidence.get("laws", ())
    if not laws:
        return ()
    drawn = [
        _forest(title, name, laws, float(config["epsilon"]))
        for name, title in MEASURES
        if any(law.get(name) for law in laws)
    ]
    return [*drawn, Table("Laws", ("", ""), table(config, evidence))]


def _forest(title: str, name: str, laws: Sequence[Mapping[str, Any]], epsilon: float) -> Forest:
    rows = [(law, law[name]) for law in laws if law.get(name)]
    bars = [Bar(law["law"], span["estimate"], span["low"], span["high"], law["verdict"].replace("_", " "),
                TONES.get(law["verdict"], "run")) for law, span in rows]  # fmt: skip
    low, high = min(0.0, *(bar.low for bar in bars)), max(epsilon, *(bar.high for bar in bars))
    return Forest(title, bars, name.replace("_", " "), low, high, epsilon, "allowed")
