"""Means of bounded numbers, whatever their law: e-values, confidence sequences and decisions by betting."""

from kgents.stats.means.against import AgainstTarget
from kgents.stats.means.paired import PairedMean, paired_mean
from kgents.stats.means.sequence import MeanSequence
from kgents.stats.means.wealth import AGAINST_SCORES, EVENLY, Counts, log_wealth

__all__ = [
    "AGAINST_SCORES",
    "EVENLY",
    "AgainstTarget",
    "Counts",
    "MeanSequence",
    "PairedMean",
    "log_wealth",
    "paired_mean",
]
