"""Exact statistics of Bernoulli trials on the (n, s) lattice: numbers in, numbers out.

Rule: nothing here knows what a trial is, and nothing is approximated or simulated.
"""

from typing import TYPE_CHECKING

from kgents.stats.names import by_name

if TYPE_CHECKING:
    from kgents.stats.analysis import (
        Analysis,
        Posterior,
        analyse,
        clopper_pearson,
        confidence_sequence,
        credible_interval,
    )
    from kgents.stats.beta import binomial_at_least, binomial_at_most
    from kgents.stats.boundary import Boundary, Side
    from kgents.stats.characteristics import HORIZON, Characteristics, characteristics, solve_cap
    from kgents.stats.contest import beats, best_at_least, challenger, leader
    from kgents.stats.design import Design, DesignError, Prior, Rule, check_confidence
    from kgents.stats.detector import FallDetector
    from kgents.stats.drift import change, drift
    from kgents.stats.duel import Duel
    from kgents.stats.excluded import Excluded, excluded
    from kgents.stats.families import Control, Tails, holm_adjusted, p_values, rejected, share
    from kgents.stats.history import power_prior
    from kgents.stats.interval import Interval
    from kgents.stats.means import (
        AgainstTarget,
        Difference,
        Law,
        MeanSequence,
        PairedMean,
        PairsForecast,
        ScoreForecast,
        Zone,
        beta_law,
        difference_law,
        foresee_pairs,
        foresee_scores,
        log_wealth,
        paired_clusters,
        paired_mean,
        reduced,
    )
    from kgents.stats.one_sided import log_rate_above, log_rate_below
    from kgents.stats.online import Stand, e_lond, share_of
    from kgents.stats.outlook import Outlook, outlook
    from kgents.stats.pairs import DuelOdds, duel_odds
    from kgents.stats.passk import pass_at_k, pass_at_k_interval, pass_at_k_stopped
    from kgents.stats.picture import draw_boundary
    from kgents.stats.rules import Feasibility, boundary, feasibility
    from kgents.stats.shown import Method, ShownInterval, family_interval, shown_interval
    from kgents.stats.sign import sign_test
    from kgents.stats.suite import Outlay, SuiteDifference, SuiteMean, suite_difference, suite_mean

__all__ = [
    "HORIZON",
    "AgainstTarget",
    "Analysis",
    "Boundary",
    "Characteristics",
    "Control",
    "Design",
    "DesignError",
    "Difference",
    "Duel",
    "DuelOdds",
    "Excluded",
    "FallDetector",
    "Feasibility",
    "Interval",
    "Law",
    "MeanSequence",
    "Method",
    "Outlay",
    "Outlook",
    "PairedMean",
    "PairsForecast",
    "Posterior",
    "Prior",
    "Rule",
    "ScoreForecast",
    "ShownInterval",
    "Side",
    "Stand",
    "SuiteDifference",
    "SuiteMean",
    "Tails",
    "Zone",
    "analyse",
    "beats",
    "best_at_least",
    "beta_law",
    "binomial_at_least",
    "binomial_at_most",
    "boundary",
    "challenger",
    "change",
    "characteristics",
    "check_confidence",
    "clopper_pearson",
    "confidence_sequence",
    "credible_interval",
    "difference_law",
    "draw_boundary",
    "drift",
    "duel_odds",
    "e_lond",
    "excluded",
    "family_interval",
    "feasibility",
    "foresee_pairs",
    "foresee_scores",
    "holm_adjusted",
    "leader",
    "log_rate_above",
    "log_rate_below",
    "log_wealth",
    "outlook",
    "p_values",
    "paired_clusters",
    "paired_mean",
    "pass_at_k",
    "pass_at_k_interval",
    "pass_at_k_stopped",
    "power_prior",
    "reduced",
    "rejected",
    "share",
    "share_of",
    "shown_interval",
    "sign_test",
    "solve_cap",
    "suite_difference",
    "suite_mean",
]

by_name(
    __name__,
    {
        "analysis": "Analysis Posterior analyse clopper_pearson confidence_sequence credible_interval",
        "beta": "binomial_at_least binomial_at_most",
        "boundary": "Boundary Side",
        "characteristics": "HORIZON Characteristics characteristics solve_cap",
        "contest": "beats best_at_least challenger leader",
        "design": "Design DesignError Prior Rule check_confidence",
        "detector": "FallDetector",
        "drift": "change drift",
        "duel": "Duel",
        "excluded": "Excluded excluded",
        "families": "Control Tails holm_adjusted p_values rejected share",
        "history": "power_prior",
        "interval": "Interval",
        "means": "AgainstTarget Difference Law MeanSequence PairedMean PairsForecast ScoreForecast Zone "
        "beta_law difference_law foresee_pairs foresee_scores log_wealth paired_clusters paired_mean reduced",
        "one_sided": "log_rate_above log_rate_below",
        "online": "Stand e_lond share_of",
        "outlook": "Outlook outlook",
        "pairs": "DuelOdds duel_odds",
        "passk": "pass_at_k pass_at_k_interval pass_at_k_stopped",
        "picture": "draw_boundary",
        "rules": "Feasibility boundary feasibility",
        "shown": "Method ShownInterval family_interval shown_interval",
        "sign": "sign_test",
        "suite": "Outlay SuiteDifference SuiteMean suite_difference suite_mean",
    },
)
