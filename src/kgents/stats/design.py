"""A design: which rule decides about a rate, against which target, with which error rates, within which cap."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from kgents.stats.beta import above, below
from kgents.stats.shape import SHAPED_FROM

LARGEST_CAP = 100_000  # of sequential rules; a fixed number of trials is bounded by LARGEST_FIXED
LARGEST_FIXED = 10_000_000
LEAST_DOUBT = 1e-200


class Rule(StrEnum):
    """When a run stops. See docs/statistics.md."""

    CALIBRATED = "calibrated"
    POSTERIOR = "posterior"
    ANYTIME = "anytime"
    SPRT = "sprt"
    FIXED = "fixed"


class DesignError(ValueError):
    """A parameter of a design is outside of its range, or contradicts another."""

    def __init__(self, parameter: str, value: object, allowed: str) -> None:
        super().__init__(f"{parameter} = {value}: {allowed}")
        self.parameter = parameter
        self.value = value
        self.allowed = allowed


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
    margin      SPRT: the errors hold at target ± margin, between them nothing is promised;
                comparisons: arms whose rates differ by less are equivalent
    filled      CALIBRATED: what a threshold leaves of the error is spent on single states; False in plans on record
                from before there was this
    shaped      CALIBRATED, with a cap of SHAPED_FROM or more: the threshold depends on the trials that were done (`shape`);
                False in plans on record from before there was this
    """

    rule: Rule = Rule.CALIBRATED
    target: float | None = 0.5
    confidence: float = 0.95
    max_trials: int | None = 100
    prior: Prior = Prior()
    futility: float = 0.02
    margin: float | None = None
    filled: bool = True
    shaped: bool = True

    @property
    def has_shape(self) -> bool:
        """Whether its threshold depends on the trials that were done."""
        return self.shaped and _may_be_shaped(self.rule, self.max_trials)

    def validate(self) -> None:
        """DesignError for the first parameter that is out of range."""
        check_confidence(self.confidence)
        if self.target is not None:
            _between("target", self.target, 0.0, 1.0)
        elif self.rule is not Rule.FIXED:
            raise DesignError("target", None, "a sequential rule needs a target between 0 and 1")
        if not (0 < self.prior.a < math.inf and 0 < self.prior.b < math.inf):
            raise DesignError("prior", f"{self.prior.a:g},{self.prior.b:g}", "both parameters are above 0 and finite")
        self._validate_doubt()
        if not 0 <= self.futility < 0.5:
            raise DesignError("futility", self.futility, "a probability from 0 (off) to below 0.5")
        self._validate_cap()
        self._validate_margin()

    def _validate_doubt(self) -> None:
        """A sequential rule needs a prior that leaves the question open, if by a hair."""
        if self.rule is Rule.FIXED or self.target is None:
            return
        a, b = self.prior.a, self.prior.b
        if min(below(a, b, self.target), above(a, b, self.target)) < LEAST_DOUBT:
            raise DesignError(
                "prior",
                f"{a:g},{b:g}",
                f"it has to leave a probability of {LEAST_DOUBT:g} on either side of the target",
            )

    def _validate_cap(self) -> None:
        if self.max_trials is None:
            if self.rule is not Rule.ANYTIME:
                raise DesignError("max_trials", "none", f"only --rule anytime works without a cap, not {self.rule}")
            if self.futility:
                raise DesignError("futility", self.futility, "without a cap there is no futility; leave it at 0")
            return
        largest = LARGEST_FIXED if self.rule is Rule.FIXED else LARGEST_CAP
        if not 1 <= self.max_trials <= largest:
            raise DesignError("max_trials", self.max_trials, f"from 1 to {largest}")

    def _validate_margin(self) -> None:
        if self.rule is Rule.SPRT and self.margin is None:
            raise DesignError("margin", None, "--rule sprt needs the half-width of the zone you do not care about")
        if self.margin is None:
            return
        if self.rule is not Rule.SPRT:
            raise DesignError("margin", self.margin, f"only --rule sprt has a margin, not {self.rule}")
        target = self.target or 0.0
        if not self.margin > 0 or not (target - self.margin > 0 and target + self.margin < 1):
            raise DesignError("margin", self.margin, f"above 0, and {target:g} ± margin inside (0, 1)")

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
            **({"filled": True} if self.filled else {}),
            **({"shaped": True} if self.has_shape else {}),
        }

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Design":
        """The inverse of `to_data`."""
        a, b = data["prior"]
        return _read(
            data["rule"],
            data["target"],
            data["confidence"],
            data["max_trials"],
            a,
            b,
            data["futility"],
            data["margin"],
            data.get("filled", False),
            data.get("shaped", False),
        )


@lru_cache(maxsize=1024, typed=True)
def _read(
    rule: str,
    target: Any,
    confidence: Any,
    cap: Any,
    a: Any,
    b: Any,
    futility: Any,
    margin: Any,
    filled: Any,
    shaped: Any,
) -> Design:
    """A design from its data; of a record of many experiments most have one of a few."""
    return Design(
        rule=Rule(rule),
        target=None if target is None else float(target),
        confidence=float(confidence),
        max_trials=cap,
        prior=Prior(float(a), float(b)),
        futility=float(futility),
        margin=None if margin is None else float(margin),
        filled=filled,
        shaped=shaped or not _may_be_shaped(Rule(rule), cap),
    )


def _may_be_shaped(rule: Rule, cap: int | None) -> bool:
    """Whether it makes a difference: to all other designs it is not written, and read as True."""
    return rule is Rule.CALIBRATED and cap is not None and cap >= SHAPED_FROM


def check_confidence(confidence: float) -> None:
    """DesignError unless it is above ½ and below 1: an error of ½ on either side is a coin."""
    _between("confidence", confidence, 0.5, 1.0)


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low < value < high:
        raise DesignError(name, value, f"between {low:g} and {high:g}, both excluded")
