"""What laws of reasoning came to: verdicts with the numbers behind them, and the bill."""

from collections.abc import Sequence
from dataclasses import dataclass

from kgents.domain.decision_detail import LawDecided
from kgents.domain.outcome import Usage
from kgents.laws.coherence import TraceFinding


@dataclass(frozen=True, slots=True)
class Span:
    """An estimate with the limits of its confidence sequence."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LawOfReasoning:
    """What was found of one law: `violated`, `holds`, `measurable` or `undecided`, and the numbers behind it.

    effects     by name: agreement_drop and excess_disagreement, or incoherence_rate
    unextracted how many plain and transformed answers had no answer in them; `extraction_differs` where that is an
                effect of its own
    errors      what the client raised in blocks that it spoilt, after its retries; they count for nothing
    """

    law: str
    verdict: str
    e_value: float
    blocks: int
    effects: dict[str, Span]
    unextracted: tuple[int, int] = (0, 0)
    extraction_differs: bool = False
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasoned:
    """All laws, and the bill."""

    laws: tuple[LawOfReasoning, ...]
    usage: Usage
    cores: tuple[TraceFinding, ...] = ()

    @property
    def violated(self) -> tuple[LawOfReasoning, ...]:
        """The laws that do not hold."""
        return tuple(law for law in self.laws if law.verdict in ("violated", "measurable"))


def law_of(name: str, decided: LawDecided, missing: tuple[int, int], errors: Sequence[str] = ()) -> LawOfReasoning:
    """A law from what the decider says of its arm."""
    measured = {
        "agreement_drop": decided.get("agreement_drop"),
        "excess_disagreement": decided.get("excess_disagreement"),
        "incoherence_rate": decided.get("incoherence_rate"),
    }
    effects = {name: Span(*map(float, numbers)) for name, numbers in measured.items() if numbers is not None}
    differs = "extraction" in decided and decided["extraction"]["differs"]
    return LawOfReasoning(
        name, decided["verdict"], float(decided["e_value"]), decided["blocks"], effects, missing, differs, tuple(errors)
    )
