"""Elapsed time is measured by a clock that is never set, and budgets of seconds go by it."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))
from player import Player, plan

from kgents.domain.fact import Fact, Finished, Planned, Resumed, Started, Stopped, StopReason, Warned
from kgents.domain.mark import Entry, read_mark, seal
from kgents.domain.plan import Budget
from kgents.engine.run import Record, Run
from kgents.stats import Design, Rule

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DESIGN = Design(Rule.FIXED, None, 0.95, 3)


def run_of(*steps: tuple[float, float | None, Fact]) -> Run:
    """A run with a budget of 10 s that received facts, each (hours after noon, measured seconds, fact)."""
    run = Run()
    run.receive(Entry(NOON, Planned(plan(DESIGN, budget=Budget(10.0)))))
    for hours, seconds, fact in steps:
        run.receive(Entry(NOON + timedelta(hours=hours), fact, None if seconds is None else round(seconds * 1e6)))
    return run


def test_a_clock_that_is_set_neither_ends_nor_prolongs_a_budget() -> None:
    """Two days ahead or back: what was measured counts."""
    for hours in (48.0, -48.0):
        run = run_of((hours, 0.5, Started(0, 0)), (hours, 2.0, Finished(0, 0, True)))
        assert run.elapsed == timedelta(seconds=2)
        assert run.seconds_left == 8.0
    run = run_of((-48, 0.5, Started(0, 0)), (-48, 11.0, Finished(0, 0, True)))
    command = run.next()
    while isinstance(command, Record) and isinstance(command.fact, Warned):
        run.receive(Entry(NOON, command.fact, 11_000_000))
        command = run.next()
    assert isinstance(command, Record)
    assert isinstance(command.fact, Stopped)
    assert command.fact.reason is StopReason.BUDGET_SECONDS


def test_a_resume_measures_anew() -> None:
    """What passed before and after is added; the time between is nobody's."""
    run = run_of((1, 4.0, Started(0, 0)), (9, 0.0, Resumed(Budget(10.0))), (9, 3.0, Finished(0, 0, True)))
    assert run.elapsed == timedelta(seconds=7)


def test_records_from_before_it_was_measured_never_add_less_than_nothing() -> None:
    """Their times of day are taken, but for those that go back."""
    run = run_of((1, None, Started(0, 0)), (-5, None, Finished(0, 0, True)), (-4, None, Started(0, 1)))
    assert run.elapsed == timedelta(hours=2)


def test_the_measured_time_is_in_the_mark_and_comes_back() -> None:
    """Also through its bytes; a mark without it has none."""
    mark = read_mark(seal("exp-test", 1, "0" * 64, Entry(NOON, Started(0, 3), 1234)).body)
    assert mark.data["elapsed_us"] == 1234
    assert mark.entry == Entry(NOON, Started(0, 3), 1234)
    assert read_mark(seal("exp-test", 1, "0" * 64, Entry(NOON, Started(0, 3))).body).entry.elapsed_us is None


def test_an_end_before_the_beginning_is_warned_about() -> None:
    """One warning, before the decision."""
    design = Design(Rule.FIXED, None, 0.95, 1)
    player = Player(lambda arm, index: True, Run(), Random(0))
    player.witness(Planned(plan(design)))
    player.witness(Started(0, 0))
    player.run.receive(Entry(NOON - timedelta(days=999), Finished(0, 0, True), 5))
    command = player.run.next()
    assert isinstance(command, Record)
    assert isinstance(command.fact, Warned)
    assert command.fact.code == "clock_went_back"


def test_a_fact_that_was_measured_earlier_adds_nothing() -> None:
    """Facts of trials in flight may be recorded out of order, by a hair."""
    run = run_of((0, 2.0, Started(0, 0)), (0, 1.0, Started(0, 1)), (0, 2.0, Finished(0, 0, True)))
    assert run.elapsed == timedelta(seconds=2)
    assert run.seconds_left == 8.0
