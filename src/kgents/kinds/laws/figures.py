"""What the laws of objects have drawn: a table of the laws, and each counterexample."""

from collections.abc import Sequence

from kgents.kinds.figure import Figure, Table
from kgents.kinds.laws.options import LawsEvidence
from kgents.laws.finding import FindingData


def figures(evidence: LawsEvidence) -> Sequence[Figure]:
    """The laws, then the counterexamples of those that are broken."""
    laws = evidence["laws"]
    family = [Table("Family", ("", ""), list(evidence["family"].items()))] if evidence["family"] else []
    return [
        *_counterexamples(laws),
        Table("Laws", ("law", "verdict", "cases", "told"), [_law(law) for law in laws]),
        *family,
    ]


def _law(finding: FindingData) -> Sequence[str]:
    power = finding["power"]
    caught = f"of {power['planted']} corrupted compositions {power['caught']} were caught" if power else ""
    tried = [f"the target tried to {words}; it could not" for words in finding.get("tried", ())]
    told = "; ".join(part for part in (finding["detail"], caught, *tried) if part)
    return finding["law"], finding["verdict"].replace("_", " "), str(finding["cases"]), told


def _counterexamples(laws: Sequence[FindingData]) -> Sequence[Table]:
    rows = [
        (
            law["law"],
            "\n".join(f"{name} = {text}" for name, text in shown["inputs"].items()),
            shown["left"],
            shown["right"],
        )
        for law in laws
        if (shown := law["counterexample"])
    ]
    if not rows:
        return ()
    return (Table("Counterexamples", ("law", "inputs", "left", "is not right"), rows, frozenset({1, 2, 3})),)
