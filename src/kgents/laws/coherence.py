"""Coherence of a trace: whether what its steps say can be true together (the sheaf condition).

Layers: exact arithmetic of every line and of what it carries on, spans of days and hours, the answers that a trace gives
against each other and against its work, then all claims about variables together. Rule: what is denied, quoted, taken back
or not understood is left out; a trace with nothing to check is `unchecked`, never coherent.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NotRequired, TypedDict

from kgents.engine.verdicts import CODES
from kgents.errors import KgentsError
from kgents.laws.claims import Claim


class Coherence(StrEnum):
    """What can be said of a trace."""

    COHERENT = "coherent"
    INCOHERENT = "incoherent"
    UNCHECKED = "unchecked"


CODE_OF = {
    Coherence.COHERENT: CODES.index("not_refuted"),
    Coherence.INCOHERENT: CODES.index("refuted"),
    Coherence.UNCHECKED: CODES.index("vacuous"),
}


class LineData(TypedDict):
    """A line of a trace; `line` is its number, from 1."""

    line: int
    text: str


class TraceData(TypedDict):
    """A finding as JSON; the last two but `reason` are absent in records from before."""

    verdict: str
    core: list[LineData]
    checked: int
    equalities: NotRequired[int]
    covered: NotRequired[int]
    reason: NotRequired[str]


@dataclass(frozen=True, slots=True)
class TraceFinding:
    """The verdict on one trace.

    core        the statements that contradict each other, by line
    checked     how many statements were checked
    equalities  how many lines have an equals sign
    covered     in how many of them something was checked
    reason      why a trace could not be examined
    """

    verdict: Coherence
    core: tuple[Claim, ...] = ()
    checked: int = 0
    equalities: int = 0
    covered: int = 0
    reason: str = ""

    def to_data(self) -> TraceData:
        """As JSON."""
        lines: list[LineData] = [{"line": claim.line, "text": claim.text} for claim in self.core]
        data: TraceData = {"verdict": self.verdict.value, "core": lines, "checked": self.checked,
                           "equalities": self.equalities, "covered": self.covered}  # fmt: skip
        return {**data, "reason": self.reason} if self.reason else data


def examine_trace(trace: str) -> TraceFinding:
    """Whether a trace contradicts itself. UsageError where it has variables and Z3 is not installed."""
    from kgents.laws.tracing.examination import Examination

    examined = Examination(trace)
    core = examined.core()
    checked = examined.checked
    verdict = Coherence.INCOHERENT if core else Coherence.COHERENT if checked else Coherence.UNCHECKED
    return TraceFinding(verdict, tuple(core), checked, examined.equalities, len(examined.covered))


def examined(trace: str) -> TraceFinding:
    """The finding on a trace; one that cannot be examined is unchecked and says why. UsageError without Z3."""
    try:
        return examine_trace(trace)
    except KgentsError:
        raise
    except Exception as wrong:  # noqa: BLE001 - whatever a trace does to the reader or to Z3, the other traces are examined
        return TraceFinding(
            Coherence.UNCHECKED, reason=f"it could not be examined: {type(wrong).__name__}: {wrong}"[:300]
        )


def coverage(findings: Sequence[TraceFinding]) -> dict[str, int]:
    """How many traces are coherent, incoherent and unchecked."""
    counts = Counter(finding.verdict.value for finding in findings)
    return {word.value: counts.get(word.value, 0) for word in Coherence}
