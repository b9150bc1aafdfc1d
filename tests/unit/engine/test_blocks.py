"""Blocks of four answers: what is measured beside the verdict counts every block."""

import pytest

from kgents.engine.blocks import NOTHING, Blocks
from kgents.stats import Design, Rule

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
    assert float(law["extraction"]["e_value"]) >= 20


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
