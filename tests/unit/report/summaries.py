"""Summaries of runs without a world: the marks of a plan and of what came of it, folded."""

import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from player import EPOCH, Answer, Player, plan, play

from kgents.domain.fact import Fact, Planned
from kgents.domain.mark import ORIGIN, Entry, seal
from kgents.domain.plan import Plan
from kgents.domain.summary import Summary
from kgents.stats import Design

__all__ = ["EPOCH", "Player", "folded", "of_entries", "plan", "play", "played"]


def of_entries(entries: Iterable[Entry]) -> Summary:
    """The fold of the marks of these entries."""
    first, *others = entries
    mark = seal("exp-test", 0, ORIGIN, first)
    summary = Summary.begin(mark)
    for number, entry in enumerate(others, 1):
        mark = seal("exp-test", number, mark.id, entry)
        summary.add(mark)
    return summary


def folded(planned: Plan, *facts: Fact) -> Summary:
    """Facts that follow each other by a second."""
    return of_entries(Entry(EPOCH + timedelta(seconds=at), fact) for at, fact in enumerate([Planned(planned), *facts]))


def played(design: Design, answer: Answer, arms: int = 1, **more: object) -> Summary:
    """A whole run."""
    return of_entries(play(design, answer, arms=arms, **more).entries)
