"""Decisions that come one after the other, without an end: which of them stand together.

Hypothesis t of a series is rejected when its e-value is at least 1/αₜ with αₜ = α γₜ (R + 1), where all
γₜ = 1/log₂(t + 1) − 1/log₂(t + 2) add up to 1 and R is how many before it are rejected: e-LOND [1]. The false discovery rate
is at most α after every hypothesis, whatever the dependence: a wrong t is among the K rejected in the end only where
e ≥ 1/αₜ and R + 1 ≤ K, so that it adds E 1/K ≤ E e αₜ/K ≤ α γₜ.

References
[1] Xu & Ramdas 2024, Online multiple testing with e-values, AISTATS.
[2] Javanmard & Montanari 2015, On online control of false discovery rate (LOND, for p-values).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stand:
    """A hypothesis of a series: the level αₜ that it had, and whether its e-value of at least 1/αₜ rejects it."""

    level: float
    rejected: bool


def share_of(index: int) -> float:
    """γ of the hypothesis at a place, counted from 1: all of them add up to 1."""
    return 1 / math.log2(index + 1) - 1 / math.log2(index + 2)


def e_lond(logs: Sequence[float], alpha: float) -> list[Stand]:
    """For the logarithms of the e-values, in the order in which the hypotheses were stated."""
    stands: list[Stand] = []
    rejected = 0
    for index, log in enumerate(logs, 1):
        level = min(1.0, alpha * share_of(index) * (rejected + 1))
        stands.append(Stand(level, log >= -math.log(level)))
        rejected += stands[-1].rejected
    return stands
