"""Means of bounded numbers, whatever their law: e-values, confidence sequences and decisions by betting."""

from kgents.stats.means.against import AgainstTarget
from kgents.stats.means.paired import PairedMean, paired_mean
from kgents.stats.means.sequence import MeanSequence, limits
from kgents.stats.means.wealth import AGAINST_SCORES, EVENLY, PAIRED, Counts, log_wealth
from kgents.stats.means.zone import Zone

__all__ = [
    "AGAINST_SCORES",
    "EVENLY",
    "PAIRED",
    "AgainstTarget",
    "Counts",
    "MeanSequence",
    "PairedMean",
    "Zone",
    "limits",
    "log_wealth",
    "paired_mean",
]
