"""Which of several rates is the largest, under uniform priors: a Bayesian statement, not an error rate.

References
[1] Russo 2016, Simple Bayesian Algorithms for Best-Arm Identification (top-two sampling).
[2] Miller 2015, Formulas for Bayesian A/B Testing.
"""

import math
from collections.abc import Sequence

Count = tuple[int, int]


def beats(a: Count, b: Count) -> float:
    """P(rate of a > rate of b) for (trials, successes) of each [2].

    With α, β the parameters: Σᵢ B(αb + i, βa + βb) / ((βa + i) B(1 + i, βa) B(αb, βb)) over i < αa, all terms positive;
    the larger sum is avoided by symmetry.
    """
    (n_a, s_a), (n_b, s_b) = a, b
    if s_a > s_b:
        return 1 - beats(b, a)
    alpha_a, beta_a, alpha_b, beta_b = s_a + 1, n_a - s_a + 1, s_b + 1, n_b - s_b + 1
    lgamma = math.lgamma
    log = (
        lgamma(alpha_b) + lgamma(beta_a + beta_b) - lgamma(alpha_b + beta_a + beta_b)
        - math.log(beta_a) - lgamma(1.0) - lgamma(beta_a) + lgamma(1 + beta_a)
        - lgamma(alpha_b) - lgamma(beta_b) + lgamma(alpha_b + beta_b)
    )  # fmt: skip
    term = total = math.exp(log)
    for i in range(alpha_a - 1):
        term *= (alpha_b + i) * (beta_a + i) / ((alpha_b + beta_a + beta_b + i) * (1 + i))
        total += term
    return min(1.0, max(0.0, total))


def leader(counts: Sequence[Count]) -> int:
    """The arm with the largest posterior mean; the first among equals."""
    return max(range(len(counts)), key=lambda arm: ((counts[arm][1] + 1) / (counts[arm][0] + 2), -arm))


def challenger(counts: Sequence[Count], best: int) -> int:
    """The arm that is most likely to be better than the leader [1]; the one with fewer trials among equals."""
    others = [arm for arm in range(len(counts)) if arm != best]
    return max(others, key=lambda arm: (beats(counts[arm], counts[best]), -counts[arm][0], -arm))


def best_at_least(counts: Sequence[Count], best: int) -> float:
    """A lower bound of P(this arm has the largest rate): 1 − Σ P(another is better than it)."""
    return max(0.0, 1 - sum(beats(counts[arm], counts[best]) for arm in range(len(counts)) if arm != best))
