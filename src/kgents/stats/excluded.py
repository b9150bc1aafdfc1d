"""What trials that do not count could have meant: the worst and the best that their outcomes could have been.

References
[1] Manski 1989, Anatomy of the selection problem (bounds without an assumption on what is missing).
"""

from dataclasses import dataclass, replace

from kgents.stats.boundary import Side
from kgents.stats.design import Design, Rule
from kgents.stats.rules import boundary


@dataclass(frozen=True, slots=True)
class Excluded:
    """Of trials that were left out.

    low, high  the success rate had all been failures, and had all been successes [1]
    hangs      whether the verdict of the counted trials hangs on leaving them out: "supported" would not stand with all
               of them as failures, "refuted" not with all of them as successes
    """

    low: float
    high: float
    hangs: bool


def excluded(design: Design, n: int, s: int, errors: int) -> Excluded:
    """For s successes in n trials that counted and `errors` > 0 that did not."""
    counted = _side(design, n, s)
    hangs = (counted is Side.SUPPORTED and _side(design, n + errors, s) is not Side.SUPPORTED) or (
        counted is Side.REFUTED and _side(design, n + errors, s + errors) is not Side.REFUTED
    )
    return Excluded(s / (n + errors), (s + errors) / (n + errors), hangs)


def _side(design: Design, n: int, s: int) -> Side | None:
    """The verdict in a state; beyond the cap of a sequential design there is none."""
    if design.target is None or not n:
        return None
    if design.rule is Rule.FIXED:
        return boundary(replace(design, max_trials=n)).decide(n, s)
    return None if design.max_trials is not None and n > design.max_trials else boundary(design).decide(n, s)
