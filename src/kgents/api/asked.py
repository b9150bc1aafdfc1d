"""What is asked of a function: whether its success rate, or the mean of its scores, is above a target, or how large it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kgents.api.design import betting, fixed, paired, paired_scores, score_range, sequential
from kgents.stats import Design


@dataclass(frozen=True, slots=True)
class Asked:
    """A design, how its arms belong together, and what configuration and facts of the plan say besides.

    capped_by_default  whether nobody named a cap; `decides`: whether there is a verdict on one rate or mean
    """

    design: Design
    layout: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, object] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    oracle: str = "return value"
    capped_by_default: bool = False
    decides: bool = True


def deciding(
    target: float, confidence: float, max_trials: int | None, score: tuple[float, float] | None = None
) -> Asked:
    """Is the rate, or with the range of scores their mean, above the target?"""
    if score is None:
        return Asked(sequential(target, confidence, max_trials), capped_by_default=max_trials is None)
    low, high = score_range(score)
    return replace(
        _scored(betting(target, confidence, max_trials, low, high), low, high), capped_by_default=max_trials is None
    )


def measuring(n: int, confidence: float, score: tuple[float, float] | None = None) -> Asked:
    """How large is the rate, or with the range of scores their mean? By n trials."""
    design = fixed(n, confidence)
    return replace(Asked(design) if score is None else _scored(design, *score_range(score)), decides=False)


def comparing(
    arms: int, confidence: float, max_trials: int | None, margin: float, score: tuple[float, float] | None
) -> Asked:
    """Which of so many functions succeeds more often, or with the range of scores, which has the highest mean?"""
    from kgents.domain.plan import DecidedBy, Layout
    from kgents.engine import compare
    from kgents.engine.score_pairs import rule_digest
    from kgents.kinds.command.score import RESOLUTION

    if score is None:
        design = paired(confidence, max_trials, margin)
        layout = {"layout": Layout.COMPARE, "boundary_digest": compare.rule_digest(design, arms)}
        return Asked(design, layout, decides=False)
    low, high = score_range(score)
    design, scale = paired_scores(confidence, max_trials, margin, low, high), [repr(low), repr(high), RESOLUTION]
    layout = {
        "layout": Layout.BLOCKS,
        "decider": DecidedBy.SCORE_PAIRS,
        "boundary_digest": rule_digest(design, scale, None),
    }
    return Asked(design, layout, {"score": scale[:2]}, {"scale": scale}, "score")


def _scored(design: Design, low: float, high: float) -> Asked:
    from kgents.domain.plan import DecidedBy, Layout
    from kgents.engine.scores import rule_digest
    from kgents.kinds.command.score import RESOLUTION

    scale = [repr(low), repr(high), RESOLUTION]
    layout = {"layout": Layout.BLOCKS, "decider": DecidedBy.SCORES, "boundary_digest": rule_digest(design, scale)}
    return Asked(design, layout, {"score": scale[:2]}, {"scale": scale}, "score")
