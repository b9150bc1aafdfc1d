"""Means of bounded numbers, whatever their law: e-values, confidence sequences and decisions by betting."""

from typing import TYPE_CHECKING

from kgents.stats.names import by_name

if TYPE_CHECKING:
    from kgents.stats.means.against import AgainstTarget
    from kgents.stats.means.aimed import AgainstTargetAimed
    from kgents.stats.means.binary import BinaryRule, binary_rule
    from kgents.stats.means.difference import Difference
    from kgents.stats.means.foreseen import Law, ScoreForecast, beta_law, foresee_scores, reduced
    from kgents.stats.means.foreseen_pairs import PairsForecast, difference_law, foresee_pairs
    from kgents.stats.means.paired import PairedMean, paired_clusters, paired_mean
    from kgents.stats.means.sequence import MeanSequence, RatioSequence, limits
    from kgents.stats.means.wealth import AGAINST_SCORES, EVENLY, PAIRED, Counts, against_scores, log_wealth
    from kgents.stats.means.within import AgainstTargetWithin
    from kgents.stats.means.zone import Zone

__all__ = [
    "AGAINST_SCORES",
    "EVENLY",
    "PAIRED",
    "AgainstTarget",
    "AgainstTargetAimed",
    "AgainstTargetWithin",
    "BinaryRule",
    "Counts",
    "Difference",
    "Law",
    "MeanSequence",
    "PairedMean",
    "PairsForecast",
    "RatioSequence",
    "ScoreForecast",
    "Zone",
    "against_scores",
    "beta_law",
    "binary_rule",
    "difference_law",
    "foresee_pairs",
    "foresee_scores",
    "limits",
    "log_wealth",
    "paired_clusters",
    "paired_mean",
    "reduced",
]

by_name(
    __name__,
    {
        "against": "AgainstTarget",
        "aimed": "AgainstTargetAimed",
        "binary": "BinaryRule binary_rule",
        "difference": "Difference",
        "foreseen": "Law ScoreForecast beta_law foresee_scores reduced",
        "foreseen_pairs": "PairsForecast difference_law foresee_pairs",
        "paired": "PairedMean paired_clusters paired_mean",
        "sequence": "MeanSequence RatioSequence limits",
        "wealth": "AGAINST_SCORES EVENLY PAIRED Counts against_scores log_wealth",
        "within": "AgainstTargetWithin",
        "zone": "Zone",
    },
)
