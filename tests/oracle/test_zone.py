"""Equivalence and non-inferiority of pairs: exact errors, by recursion over (wins, losses) and what was shown."""

from collections.abc import Iterator

import numpy as np
import pytest

from kgents.domain.fact import Verdict
from kgents.engine.compare import Compare
from kgents.engine.not_worse import NotWorse
from kgents.stats import Design, Duel, Rule, Zone
from kgents.stats.means import PAIRED

Table = np.ndarray
BETS = np.array(PAIRED)


def wealth(mean: float, up: Table, same: Table, down: Table) -> Table:
    """The logarithm of what the gambler against "at most `mean`" has, of (d + 1)/2 that came so often as 1, ½ and 0."""
    parts = [np.log1p(BETS * (x / mean - 1)) for x in (1.0, 0.5, 0.0)]
    logs = up[..., None] * parts[0] + same[..., None] * parts[1] + down[..., None] * parts[2]
    top = logs.max(-1, keepdims=True)
    return np.log(np.exp(logs - top).mean(-1)) + top[..., 0]


def walk(margin: float, alpha: float, win: float, loss: float, pairs: int, most: int) -> Iterator[dict[str, float]]:
    """After every pair: the chance that each was shown by now. At most `most` wins and losses are followed.

    The index of a mass: wins, losses, not worse, not better, beyond.
    """
    mass = np.zeros((most + 2, most + 2, 2, 2, 2))
    mass[0, 0, 0, 0, 0] = 1.0
    wins, losses = np.meshgrid(np.arange(most + 2), np.arange(most + 2), indexing="ij")
    for number in range(1, pairs + 1):
        moved = mass * (1 - win - loss)
        moved[1:] += win * mass[:-1]
        moved[:, 1:] += loss * mass[:, :-1]
        same = np.maximum(number - wins - losses, 0)
        shown = (
            wealth((1 - margin) / 2, wins, same, losses),
            wealth((1 - margin) / 2, losses, same, wins),
            wealth((1 + margin) / 2, wins, same, losses),
        )
        for axis, logs in enumerate(shown, 2):
            reached = logs >= -np.log(alpha)
            moved = np.moveaxis(moved, axis, 2)
            moved[reached, 1] += moved[reached, 0]
            moved[reached, 0] = 0.0
            moved = np.moveaxis(moved, 2, axis)
        mass = moved
        yield {
            "equivalent": mass[:, :, 1, 1].sum(), "not worse": mass[:, :, 1].sum(),
            "not better": mass[:, :, :, 1].sum(), "beyond": mass[..., 1].sum(),
        }  # fmt: skip


@pytest.mark.parametrize(("win", "loss"), [(0.1, 0.0), (0.2, 0.1), (0.55, 0.45), (0.0, 0.1)])
def test_arms_at_the_margin_are_seldom_called_equivalent(win: float, loss: float) -> None:
    """The difference is the margin, whatever the rate at which the two differ: error at most α within 50 pairs."""
    *_, last = walk(0.1, 0.05, win, loss, 50, 50)
    assert last["equivalent"] <= 0.05
    assert last["not better" if win > loss else "not worse"] <= 0.05
    assert last["beyond"] <= 0.05


def test_each_side_alone_errs_with_alpha_at_most() -> None:
    """At a margin of 0.3 the errors are spent within 60 pairs; they stay below α."""
    *_, last = walk(0.3, 0.1, 0.45, 0.15, 60, 60)
    assert 0.02 < last["beyond"] <= 0.1
    assert 0.02 < last["not better"] <= 0.1


def test_pairs_until_equivalent_where_both_hardly_ever_differ() -> None:
    """0.99 against 0.99, margin 0.05: at most 160 pairs in expectation, exactly; the union of two sequences took 356."""
    expected, left = 0.0, 1.0
    for shown in walk(0.05, 0.05, 0.0099, 0.0099, 500, 24):
        expected += left
        left = 1 - shown["equivalent"]
    assert left < 0.005
    assert expected + left * 500 <= 160


def test_a_zone_is_what_the_recursion_takes_it_for() -> None:
    """The three gamblers of Zone on a path have what the recursion says."""
    zone = Zone(0.15, 0.05)
    for number in range(1, 61):
        wins, losses = number // 5, number // 9
        zone.look({1: wins, 0: number - wins - losses, -1: losses})
    up, same, down = (np.array([count]) for count in (12, 42, 6))
    assert zone.not_worse == (wealth(0.425, up, same, down)[0] >= np.log(20))
    assert zone._above({1: 12, 0: 42, -1: 6}) == pytest.approx(wealth(0.425, up, same, down)[0])
    assert zone._below({1: 12, 0: 42, -1: 6}) == pytest.approx(wealth(0.425, down, same, up)[0])
    assert zone._above({1: 12, 0: 42, -1: 6}, -1) == pytest.approx(wealth(0.575, up, same, down)[0])


def play(decider: Compare, outcomes: list[tuple[bool, bool]]) -> int:
    """Feeds pairs until it is decided; how many it took."""
    for index, pair in enumerate(outcomes):
        for arm, success in enumerate(pair):
            assert decider.propose([0, 0]) == (arm, index)
            decider.launch(arm, index)
            decider.consume(arm, index, success, ())
        if decider.decision() is not None:
            return index + 1
    raise AssertionError("not decided")


DESIGN = Design(Rule.CALIBRATED, 0.5, 0.95, 400, futility=0.0, margin=0.1)


def test_the_engine_says_equivalent_when_both_are_shown() -> None:
    """And a plan of calibration version 1 says it when the union of two sequences does: later."""
    same = [(True, True)] * 400
    today, before = Compare(DESIGN, ("a", "b")), Compare(DESIGN, ("a", "b"), 1)
    counts = play(today, same), play(before, same)
    zone = Zone(0.1, 0.05)
    first = next(n for n in range(1, 400) if zone.look({0: n}) or zone.equivalent)
    assert counts[0] == first
    union = Duel(0.05, 400, 0.1)
    assert counts[1] == next(n for n in range(1, 400) if union.decide(n, 0, 0) == "equivalent")
    assert counts[0] < 0.6 * counts[1]
    decision = today.decision()
    assert decision is not None
    assert (decision.verdict, decision.reason, decision.detail["status"]) == (
        Verdict.SUPPORTED,
        "equivalence",
        ["equivalent", "equivalent"],
    )


def test_what_is_shown_of_one_side_is_said_at_the_cap() -> None:
    """Non-inferiority stands where equivalence was not reached."""
    decider = Compare(Design(Rule.CALIBRATED, 0.5, 0.95, 40, futility=0.0, margin=0.2), ("old", "new"))
    play(
        decider,
        [(False, True), *[(True, True)] * 17, (False, True), (True, False), (False, True), *[(True, True)] * 30],
    )
    decision = decider.decision()
    assert decision is not None
    assert decision.detail["sentence"] in (
        "old and new cannot be told apart; new is not worse than old by 0.2 or more",
        "old and new are equivalent within the margin",
    )


def test_whether_an_arm_is_not_worse_is_asked_alone() -> None:
    """Supported, refuted and the cap; no pair is launched that could turn out to be needless."""
    better = NotWorse(DESIGN, ("old", "new"))
    assert play(better, [(False, True)] * 99) < 8
    decision = better.decision()
    assert decision is not None
    assert decision.verdict is Verdict.SUPPORTED
    assert decision.detail["sentence"] == "supported: new is not worse than old by 0.1 or more; error at most 5 %"
    worse = NotWorse(DESIGN, ("old", "new"))
    play(worse, [(True, False)] * 99)
    decision = worse.decision()
    assert decision is not None
    assert (decision.verdict, decision.detail["status"]) == (Verdict.REFUTED, ["baseline", "worse"])
    short = NotWorse(Design(Rule.CALIBRATED, 0.5, 0.95, 5, futility=0.0, margin=0.1), ("old", "new"))
    play(short, [(True, True)] * 5)
    decision = short.decision()
    assert decision is not None
    assert (decision.verdict, decision.reason) == (Verdict.INCONCLUSIVE, "cap")
    with pytest.raises(ValueError, match="two arms"):
        NotWorse(DESIGN, ("a", "b", "c"))


def test_the_shortest_way_to_a_verdict_is_never_longer_than_told() -> None:
    """`distance` is a number of pairs before which nothing can be shown: the best pairs for each side are not enough."""
    for wins, losses, same in ((0, 0, 0), (2, 5, 30), (0, 0, 25)):
        counts = {1: wins, 0: same, -1: losses}
        zone = Zone(0.15, 0.05)
        zone.look(counts)
        told, alone = zone.distance(counts, 12), zone.distance_of_one(counts, 12)
        for more in range(1, max(told, alone)):
            for up in range(more + 1):
                for down in range(more + 1 - up):
                    later = Zone(0.15, 0.05, 1, zone.not_worse, zone.not_better, zone.beyond)
                    later.look({1: wins + up, 0: same + more - up - down, -1: losses + down})
                    assert not (more < told and later.equivalent)
                    assert not (more < alone and (later.not_better or later.beyond))
