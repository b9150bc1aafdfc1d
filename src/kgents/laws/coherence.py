"""Coherence of a trace: whether what its steps say can be true together (the sheaf condition).

Layers: exact arithmetic of each line and of what it carries on, the answers that it gives, then all claims about
variables together. Incoherence in a trace is a precise and
rare signal: most wrong answers are coherent. Rule: a trace with nothing to check is `unchecked`, never coherent.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kgents.engine.verdicts import CODES
from kgents.laws.answers import number as _number
from kgents.laws.claims import Claim, claims, false_arithmetic
from kgents.laws.cores import MOST, core

_ANSWER = re.compile(r"(?:####|\b(?:final answer|answer) is:?|\\boxed\{)\s*(\$?[-−]?\d[\d,]*(?:\.\d+)?)", re.IGNORECASE)
_SCOPES = (
    "case ", "suppose", "assume", " if ", "otherwise", "contradiction", "let's try", "wait", "actually", "instead",
    "mistake", "correction", "recheck", "option", "part (",
)  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class TraceFinding:
    """The verdict on one trace: the core that contradicts itself, by line, and how many claims were checked."""

    verdict: Coherence
    core: tuple[Claim, ...] = ()
    checked: int = 0

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        lines = [{"line": claim.line, "text": claim.text} for claim in self.core]
        return {"verdict": self.verdict.value, "core": lines, "checked": self.checked}


def examine_trace(trace: str) -> TraceFinding:
    """Whether a trace contradicts itself. UsageError where it has variables and Z3 is not installed."""
    found = claims(trace)
    checked = 0
    for claim in found:
        false = false_arithmetic(claim)
        checked += false is not None
        if false:
            return TraceFinding(Coherence.INCOHERENT, (claim,), checked)
    joint = [] if abstains(trace) else [claim for claim in [*found, *answers(trace)] if claim.names][:MOST]
    if len(joint) > 1:
        checked += len(joint)
        obstruction = core(joint)
        if obstruction is not None:
            return TraceFinding(Coherence.INCOHERENT, tuple(obstruction), checked)
    return TraceFinding(Coherence.COHERENT if checked else Coherence.UNCHECKED, (), checked)


def answers(trace: str) -> list[Claim]:
    """The answers that a trace gives, as claims on one value; the same answer twice is one claim."""
    found: dict[str, Claim] = {}
    for number, line in enumerate(trace.splitlines(), 1):
        for text in _ANSWER.findall(line):
            value = _number(text)
            if value is not None:
                shown = f"({value})" if value.denominator > 1 or value < 0 else str(value)
                found.setdefault(shown, Claim(number, line.strip()[:120], "answer", "=", shown, frozenset({"answer"})))
    return list(found.values()) if len(found) > 1 else []


def abstains(trace: str) -> bool:
    """Whether a trace argues by cases, so that claims of different scope must not be joined."""
    lowered = trace.lower()
    return any(word in lowered for word in _SCOPES)


def coverage(findings: Sequence[TraceFinding]) -> dict[str, int]:
    """How many traces are coherent, incoherent and unchecked."""
    counts = Counter(finding.verdict.value for finding in findings)
    return {word.value: counts.get(word.value, 0) for word in Coherence}
