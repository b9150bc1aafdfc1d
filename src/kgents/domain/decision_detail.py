"""What a decision says besides verdict, reason and counts, as types.

Canonical JSON: numbers that are not integers are decimal strings, and what an older version did not write is absent.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict


class FalseAlarms(TypedDict):
    """Of comparisons of an arm with itself."""

    comparisons: int
    different: int
    first_better: int


class ScoreStanding(TypedDict):
    """Trials, mean and limits of scores, in their units."""

    trials: int
    mean: str
    low: str
    high: str
    each_side: str


class _ScorePairs(TypedDict):
    pairs: int
    means: Sequence[str | None]
    mean: str
    low: str
    high: str
    each_side: str


class ScorePairStanding(_ScorePairs, total=False):
    """Pairs, the mean of either arm, and the mean difference with its limits, in the units of the scores.

    arms, verdict  of three arms or more: which two, and 'a', 'b', another word, or None while they are open
    """

    margin: str
    arms: Sequence[int]
    verdict: str | None


class Extraction(TypedDict):
    """Whether answers fail to be read more often in one half of the blocks."""

    e_value: str
    differs: bool


class BlockFigures(TypedDict, total=False):
    """What was measured of an arm of blocks, (estimate, low, high) each; of traces `incoherence_rate` and `coverage` alone."""

    blocks: int
    excess_disagreement: Sequence[str]
    agreement_drop: Sequence[str]
    self_agreement: Sequence[str]
    extraction: Extraction
    incoherence_rate: Sequence[str]
    coverage: Mapping[str, int]


class LawDecided(BlockFigures):
    """The word on a law, and its evidence."""

    verdict: str
    e_value: str


class DecisionDetail(TypedDict, total=False):
    """What a decider says besides verdict, reason and counts; which of these, says the decider.

    sentence   the decision in words
    status     of a comparison, an arm each: best, eliminated, open, …
    pairs      [a, b, pairs, wins of a, wins of b, word or None] of every two arms
    arms       [verdict, reason] of arms that are decided for themselves; `levels` of their intervals
    guard      of a second question [trials, harmless, verdict, reason] an arm; `rate` is then [verdict, reason] of the first
    changes    of tests at two commits: [passed at the first only, at the second only, word]
    first_bad  of a bisection: numbers of the first and the last commit at which the rate may have fallen; `likeliest` are
               [number, probability], `rates` those of passing before and from there on, `error` how often it is wrong
    """

    sentence: str
    status: Sequence[str]
    pairs: Sequence[Sequence[Any]]
    probability_best: str
    against_itself: FalseAlarms
    scores: ScoreStanding
    score_difference: ScorePairStanding
    score_differences: Sequence[ScorePairStanding]
    arms: Sequence[Sequence[str | None]]
    levels: Sequence[str]
    guard: Sequence[Sequence[Any]]
    rate: Sequence[Sequence[str | None]]
    laws: Sequence[LawDecided]
    changes: Sequence[Sequence[Any]]
    first_bad: Sequence[int] | None
    likeliest: Sequence[Sequence[Any]]
    rates: Sequence[str]
    error: str
