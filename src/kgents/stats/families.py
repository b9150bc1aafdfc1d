"""Many hypotheses decided together: which of them stand when the error is that of all of them.

  ALL   the probability that any is rejected wrongly is at most α, whatever the dependence (Holm 1979)
  FDR   of those that are rejected, the expected share of wrong ones is at most α, for independent tests
        (Benjamini & Hochberg 1995)

Arms that are decided together each run by the boundary of their equal share α/m of the error (Bonferroni); what that leaves
is given out at the end, by the exact p-values of the states in which they stopped.

References
[1] Holm 1979, A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6, 65.
[2] Benjamini & Hochberg 1995, Controlling the false discovery rate, JRSS-B 57, 289.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from kgents.stats.beta import binomial_at_least, binomial_at_most
from kgents.stats.boundary import Side
from kgents.stats.design import Design, Rule
from kgents.stats.rules import boundary
from kgents.stats.stopped import tails_at


class Control(StrEnum):
    """Whose error 1 − confidence is."""

    EACH = "each"
    ALL = "all"
    FDR = "fdr"


@dataclass(frozen=True, slots=True)
class Tails:
    """P-values of one arm: against "not above the target" (small: supported), and against "not below it"."""

    above: float
    below: float


def share(design: Design, arms: int) -> Design:
    """The design of each of so many arms at an equal share of the error."""
    return replace(design, confidence=1 - (1 - design.confidence) / arms)


@lru_cache(maxsize=4096)
def p_values(design: Design, n: int, s: int) -> Tails:
    """Exact p-values of an arm that stopped by `design` after s successes in n trials.

    Stopping states are ordered stage-wise; a fixed number of trials by successes. With Rule.SPRT the hypotheses are
    "at most target − margin" and "at least target + margin". Without a trial nothing is known: 1 and 1.
    """
    target = design.target
    if not n or target is None:
        return Tails(1.0, 1.0)
    if design.rule is Rule.FIXED:
        return Tails(binomial_at_least(s, n, target), binomial_at_most(s, n, target))
    stopped, zone = boundary(design), (design.margin or 0.0) if design.rule is Rule.SPRT else 0.0
    above, below = tails_at(stopped, n, s, target - zone)[0], tails_at(stopped, n, s, target + zone)[1]
    side, alpha = stopped.decide(n, s), 1 - design.confidence  # what the boundary promises needs no digit more
    return Tails(
        min(above, alpha) if side is Side.SUPPORTED else above, min(below, alpha) if side is Side.REFUTED else below
    )


def rejected(p: Sequence[float], alpha: float, control: Control) -> list[float | None]:
    """For each hypothesis the level at which it is rejected; None where it stands."""
    match control:
        case Control.ALL:
            return _holm(p, alpha)
        case Control.FDR:
            return _benjamini_hochberg(p, alpha)
        case _:
            return [alpha if value <= alpha else None for value in p]


def _holm(p: Sequence[float], alpha: float) -> list[float | None]:
    levels: list[float | None] = [None] * len(p)
    for rank, number in enumerate(sorted(range(len(p)), key=lambda number: p[number])):
        level = alpha / (len(p) - rank)
        if p[number] > level:
            break
        levels[number] = level
    return levels


def _benjamini_hochberg(p: Sequence[float], alpha: float) -> list[float | None]:
    ordered = sorted(p)
    most = max((rank for rank, value in enumerate(ordered, 1) if value <= alpha * rank / len(p)), default=0)
    level = alpha * most / len(p) if p else 0.0
    return [level if most and value <= level else None for value in p]


def holm_adjusted(p: Sequence[float]) -> list[float]:
    """P-values that are compared with the error of the whole family [1]."""
    adjusted, running = [0.0] * len(p), 0.0
    for rank, number in enumerate(sorted(range(len(p)), key=lambda number: p[number])):
        running = max(running, min(1.0, (len(p) - rank) * p[number]))
        adjusted[number] = running
    return adjusted
