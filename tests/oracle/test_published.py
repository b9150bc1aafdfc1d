"""Operating characteristics of boundaries that others have published, to the digits that they printed.

References
[1] Novikov, Novikov & Farkhshatov 2021, A computational approach to the Kiefer-Weiss problem for sampling from a Bernoulli
    population, arXiv:2110.04802; its results.csv (github.com/tosinabase/Kiefer-Weiss): Wald's SPRT at given thresholds.
[2] Simon 1989, Optimal two-stage designs for phase II clinical trials, Controlled Clinical Trials 10, 1; as printed by
    ph2simon of the R package clinfun.
[3] Wald 1947, Sequential Analysis: the bounds of the errors of any SPRT.
"""

import math

import pytest

from kgents.stats import Boundary, Design, Rule, characteristics
from kgents.stats.lattice import forward, mass

SPRT = [  # θ₀, θ₁, θ, log A, log B, α at θ₀, β at θ₁, expected trials at θ, 99 % quantile of trials
    (0.05, 0.15, 0.076846178793028, -2.13007890800412, 1.84945091269363,
     0.100177213286582, 0.099388777200239, 40.5332536508766, 149),
    (0.05, 0.15, 0.082295897173327, -2.89671174337309, 2.58699169658096,
     0.04992946627218, 0.049790670375191, 71.9301376364661, 269),
    (0.05, 0.15, 0.088811584892462, -7.54719646217578, 7.21869137285693,
     0.00049960651093, 0.000500608174696, 469.316029484364, 1819),
    (0.1, 0.2, 0.139434231510851, -2.881991964293, 2.7038865862655,
     0.050027607988317, 0.049815882603034, 106.659413621296, 410),
    (0.1, 0.2, 0.14203018854383, -4.53415246273875, 4.34934097616239,
     0.009991391616878, 0.009990034944726, 258.586068693112, 1007),
    (0.2, 0.3, 0.2449894534209, -2.88415908079134, 2.78263130124993,
     0.050068832116582, 0.049924474064624, 160.295575295673, 627),
    (0.4, 0.5, 0.449024057665828, -2.11730316147769, 2.10093978471784,
     0.10008040230092, 0.099881568164954, 118.787360296802, 465),
    (0.4, 0.5, 0.449445707351416, -4.51388151476683, 4.49889721900214,
     0.009998173470534, 0.009999201400009, 519.046389710714, 2037),
]  # fmt: skip


def sprt(low: float, high: float, log_a: float, log_b: float, cap: int) -> Boundary:
    """Wald's test of θ₀ against θ₁ with these thresholds: H₁ is supported where the log likelihood ratio reaches log B."""
    gain, loss = math.log(high / low), math.log((1 - low) / (1 - high))
    upper = [min(n + 1, math.ceil((log_b + n * loss) / (gain + loss))) for n in range(cap + 1)]
    lower = [max(-1, math.floor((log_a + n * loss) / (gain + loss))) for n in range(cap + 1)]
    return Boundary(cap, upper, lower, [None] * (cap + 1))


def ends(found: Boundary, p: float) -> tuple[float, float, float, int]:
    """P(supported), P(refuted), the expected trials and the least n by which 99 % of runs have stopped."""
    up = down = trials = done = 0.0
    quantile = 0
    for row in forward(found, p, found.max_trials or 0):
        supported, refuted, rest = mass(row.supported), mass(row.refuted), mass(row.inconclusive)
        up, down, trials = up + supported, down + refuted, trials + row.n * (supported + refuted + rest)
        done += supported + refuted
        quantile = quantile or (row.n if done >= 0.99 else 0)
    return up, down, trials, quantile


@pytest.mark.parametrize(("low", "high", "p", "log_a", "log_b", "alpha", "beta", "trials", "quantile"), SPRT)
def test_walds_test_errs_and_lasts_as_published(
    low: float,
    high: float,
    p: float,
    log_a: float,
    log_b: float,
    alpha: float,
    beta: float,
    trials: float,
    quantile: int,
) -> None:
    found = sprt(low, high, log_a, log_b, 6 * quantile)
    wrong, missed, (_, _, mean, late) = ends(found, low)[0], ends(found, high)[1], ends(found, p)
    assert wrong == pytest.approx(alpha, rel=1e-9)
    assert missed == pytest.approx(beta, rel=1e-9)
    assert mean == pytest.approx(trials, rel=1e-9)
    assert late - 1 == quantile  # theirs is the last number by which not yet 99 % have stopped
    assert wrong <= math.exp(-log_b)  # [3]
    assert missed <= math.exp(log_a)


@pytest.mark.parametrize(
    ("confidence", "error", "trials"),
    [
        (0.9, 0.099089927284406, 121),
        (0.95, 0.046973440251763, 225),
        (0.975, 0.021610189849221, 361),
        (0.99, 0.009800956484242, 529),
        (0.995, 0.004415940266052, 729),
        (0.9995, 0.000487619989026, 1444),
    ],
)
def test_the_rule_finds_the_thresholds_that_are_published(confidence: float, error: float, trials: int) -> None:
    """θ₀ = 0.45, θ₁ = 0.55 [1]: the least strict test with these errors."""
    design = Design(Rule.SPRT, 0.5, confidence, 30 * trials, futility=0.0, margin=0.05)
    low, middle = characteristics(design, [0.45, 0.5])
    assert low.supported == pytest.approx(error, rel=1e-9)
    assert middle.expected_trials == pytest.approx(trials, rel=1e-9)


SIMON = [  # p₀, p₁, α, β, r₁, n₁, r, n, expected trials and chance of an early end at p₀
    (0.2, 0.4, 0.05, 0.2, 4, 18, 10, 33, 22.25, 0.7164),
    (0.2, 0.4, 0.05, 0.2, 3, 13, 12, 43, 20.58, 0.7473),
    (0.2, 0.4, 0.1, 0.1, 3, 19, 10, 36, 28.26, 0.4551),
    (0.2, 0.4, 0.1, 0.1, 3, 17, 10, 37, 26.02, 0.5489),
    (0.2, 0.35, 0.05, 0.05, 15, 68, 25, 95, 75.44, 0.7244),
    (0.2, 0.35, 0.05, 0.05, 11, 53, 26, 99, 69.88, 0.6330),
    (0.25, 0.45, 0.1, 0.1, 5, 23, 13, 39, 31.50, 0.4685),
    (0.25, 0.45, 0.1, 0.1, 3, 14, 14, 44, 28.36, 0.5213),
    (0.3, 0.5, 0.05, 0.16, 6, 20, 17, 42, 28.62, 0.6080),
    (0.3, 0.5, 0.05, 0.16, 6, 19, 18, 45, 27.70, 0.6655),
]


@pytest.mark.parametrize(("p0", "p1", "alpha", "beta", "r1", "n1", "r", "n", "expected", "early"), SIMON)
def test_two_stages_end_early_as_often_as_published(
    p0: float, p1: float, alpha: float, beta: float, r1: int, n1: int, r: int, n: int, expected: float, early: float
) -> None:
    upper, lower = [m + 1 for m in range(n + 1)], [-1] * (n + 1)
    lower[n1], lower[n], upper[n] = r1, r, r + 1
    found = Boundary(n, upper, lower, [None] * (n + 1))
    up, down, trials, _ = ends(found, p0)
    assert round(trials, 2) == expected
    assert round((n - trials) / (n - n1), 4) == early
    assert up <= alpha
    assert up + down == pytest.approx(1, abs=1e-12)
    assert ends(found, p1)[1] <= beta
