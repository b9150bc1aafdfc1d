"""What an examination of a law came to.

Rule: "not refuted" is said with the number of distinct cases and with the instrument's power, never as a probability.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NotRequired, TypedDict


class LawVerdict(StrEnum):
    """What can be said of one law of one object."""

    REFUTED = "refuted"  # a counterexample was found, shrunk and replayed
    NOT_REFUTED = "not_refuted"  # none was found in so many distinct cases
    VACUOUS = "vacuous"  # too few distinct cases or observations to say anything
    UNDEFINED = "undefined"  # both sides raise in most cases
    NO_IDENTITY = "no_identity"  # the law needs a neutral element and none was found
    ERROR = "error"  # the law could not be examined


class CounterexampleData(TypedDict):
    """Inputs by the name in the law, the two sides, and a program that shows it."""

    inputs: dict[str, str]
    left: str
    right: str
    code: str


class PowerData(TypedDict):
    """How many of the corrupted compositions were caught."""

    caught: int
    planted: int


class FindingData(TypedDict):
    """A finding as JSON; the verdict is one of LawVerdict."""

    law: str
    verdict: str
    cases: int
    counterexample: CounterexampleData | None
    power: PowerData | None
    detail: str
    tried: NotRequired[list[str]]
    family: NotRequired[dict[str, str]]


class ExaminationData(TypedDict):
    """All findings of a target as JSON."""

    target: str
    family: dict[str, str]
    laws: list[FindingData]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Inputs as source text, what the two sides came to, and a program that shows it."""

    inputs: Mapping[str, str]
    left: str
    right: str
    code: str

    def to_data(self) -> CounterexampleData:
        """As JSON."""
        return {"inputs": dict(self.inputs), "left": self.left, "right": self.right, "code": self.code}


@dataclass(frozen=True, slots=True)
class Power:
    """How many of the deliberately corrupted compositions the same generator caught."""

    caught: int
    planted: int

    def to_data(self) -> PowerData:
        """As JSON."""
        return {"caught": self.caught, "planted": self.planted}


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one law.

    cases   distinct inputs that were compared
    detail  one sentence for people, where the verdict needs one
    """

    law: str
    verdict: LawVerdict
    cases: int = 0
    counterexample: Counterexample | None = None
    power: Power | None = None
    detail: str = ""

    def to_data(self) -> FindingData:
        """As JSON."""
        return {
            "law": self.law,
            "verdict": self.verdict.value,
            "cases": self.cases,
            "counterexample": None if self.counterexample is None else self.counterexample.to_data(),
            "power": None if self.power is None else self.power.to_data(),
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found about one target, and how the target was understood."""

    target: str
    family: Mapping[str, str]
    findings: tuple[Finding, ...]

    @property
    def refuted(self) -> tuple[Finding, ...]:
        """The laws that do not hold."""
        return tuple(finding for finding in self.findings if finding.verdict is LawVerdict.REFUTED)

    def to_data(self) -> ExaminationData:
        """As JSON."""
        return {
            "target": self.target,
            "family": dict(self.family),
            "laws": [finding.to_data() for finding in self.findings],
        }
