"""Blocks of four answers: what is measured beside the verdict counts every block."""

import pytest

from kgents.engine.blocks import NOTHING, Blocks
from kgents.stats import Design, Rule
from kgents.stats.evalues import Betting, OddOneOut, average, excess

DESIGN = Design(Rule.FIXED, None, 0.95, 40, futility=0.0)


def played(block: tuple[int, ...], times: int) -> Blocks:
    """One law that was asked so many blocks with these answers."""
    decider = Blocks(DESIGN, 1, 0.3)
    for index in range(times):
        decider.launch(0, index)
        decider.consume(0, index, block[0] == block[2], block)
    return decider


def test_answers_that_are_missing_on_one_side_alone_are_noticed() -> None:
    """Plain questions are answered always, transformed ones never: reading the answers is what differs."""
    decision = played((1, 1, NOTHING, NOTHING), 40).decision()
    assert decision is not None
    (law,) = decision.detail["laws"]
    assert law["extraction"]["differs"] is True
    betting, odd = Betting(), OddOneOut()
    for _ in range(law["blocks"]):
        betting.see(excess((0, 0, 1, 1)))
        odd.see((0, 0, 1, 1))
    assert float(law["extraction"]["e_value"]) == pytest.approx(average([betting.log, odd.log]), rel=1e-5)


def test_answers_that_are_never_missing_say_nothing_of_extraction() -> None:
    """Equal answers hold the law, and the e-value of missing ones stays below its bar."""
    decision = played((1, 1, 1, 1), 40).decision()
    assert decision is not None
    (law,) = decision.detail["laws"]
    assert law["extraction"]["differs"] is False
    assert law["blocks"] <= 40
    assert [float(share) for share in law["self_agreement"]] == [1.0, 1.0]
    assert decision.counts == ((law["blocks"], law["blocks"]),)
    assert float(law["excess_disagreement"][0]) == pytest.approx(0)


def measured(block: tuple[int, ...], times: int, epsilon: float) -> str:
    """The verdict of one law that goes on until its effect is known, after so many blocks with these answers."""
    decider = Blocks(Design(Rule.FIXED, None, 0.95, 400, futility=0.0), 1, epsilon, measure=True)
    for index in range(times):
        decider.launch(0, index)
        decider.consume(0, index, block[0] == block[2], block)
    return str(decider._arms[0].verdict)


def test_an_effect_is_known_where_either_way_to_see_it_is_beyond_epsilon() -> None:
    """Transformed answers that agree with nothing: half of the disagreement is their own, the drop of agreement is whole."""
    assert measured((1, 1, 2, 3), 5, 0.6) == "None"
    assert measured((1, 1, 2, 3), 100, 0.6) == "violated"
    assert measured((1, 1, 1, 1), 100, 0.6) == "holds"
