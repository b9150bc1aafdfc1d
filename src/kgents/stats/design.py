"""A design: which rule decides about a rate, against which target, with which error rates, within which cap."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kgents.stats.boundary import Boundary


class Rule(StrEnum):
    """When a run stops. See docs/statistics.md."""

    CALIBRATED = "calibrated"
    POSTERIOR = "posterior"
    ANYTIME = "anytime"
    SPRT = "sprt"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Prior:
    """A Beta(a, b) prior of the rate."""

    a: float = 1.0
    b: float = 1.0


@dataclass(frozen=True, slots=True)
class Design:
    """What a decision is made by.

    target      the rate in (0, 1) that is to be exceeded; None: an estimate is asked for, no verdict (FIXED only)
    confidence  in (0.5, 1); each of the two errors is at most 1 − confidence
    max_trials  the cap; None only for ANYTIME; for FIXED the number of trials
    futility    stop inconclusive when the predictive probability of a verdict falls below it; 0 is off
    margin      SPRT: the indifference zone is target ± margin
    """

    rule: Rule = Rule.CALIBRATED
    target: float | None = 0.5
    confidence: float = 0.95
    max_trials: int | None = 100
    prior: Prior = Prior()
    futility: float = 0.02
    margin: float | None = None

    def to_data(self) -> dict[str, Any]:
        """JSON data without floats: numbers that are not integers as their shortest decimal string."""
        return {
            "rule": self.rule.value,
            "target": None if self.target is None else repr(self.target),
            "confidence": repr(self.confidence),
            "max_trials": self.max_trials,
            "prior": [repr(self.prior.a), repr(self.prior.b)],
            "futility": repr(self.futility),
            "margin": None if self.margin is None else repr(self.margin),
        }

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Design":
        """The inverse of `to_data`."""
        a, b = data["prior"]
        return Design(
            rule=Rule(data["rule"]),
            target=None if data["target"] is None else float(data["target"]),
            confidence=float(data["confidence"]),
            max_trials=data["max_trials"],
            prior=Prior(float(a), float(b)),
            futility=float(data["futility"]),
            margin=None if data["margin"] is None else float(data["margin"]),
        )


def boundary(design: Design) -> Boundary:
    """The boundary of a design; the same object for the same design."""
    raise NotImplementedError(design)
