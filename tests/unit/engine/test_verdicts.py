"""Laws examined once each: the joint verdict, by enumeration of all verdicts on three laws."""

from itertools import product

from kgents.domain.fact import Verdict
from kgents.engine.verdicts import CODES, Verdicts


def examined(codes: tuple[int, ...]) -> Verdicts:
    """Laws that are examined in the order in which the decider proposes them."""
    decider = Verdicts(len(codes))
    for number, code in enumerate(codes):
        assert decider.decision() is None
        assert decider.propose([0] * len(codes)) == (number, 0)
        decider.launch(number, 0)
        decider.consume(number, 0, True, (code,))
    assert decider.propose([0] * len(codes)) is None
    return decider


def test_one_refuted_law_refutes_and_what_was_not_examined_says_nothing() -> None:
    """All 216 ways in which three laws can come out."""
    for codes in product(range(len(CODES)), repeat=3):
        names = [CODES[code] for code in codes]
        decision = examined(codes).decision()
        assert decision is not None
        if "refuted" in names:
            verdict, beginning = Verdict.REFUTED, "refuted: "
        elif "not_refuted" in names:
            verdict, beginning = Verdict.SUPPORTED, "no law was refuted: "
        else:
            verdict, beginning = Verdict.INCONCLUSIVE, "no law could be examined: "
        assert (decision.verdict, decision.reason) == (verdict, "examined")
        assert decision.counts == tuple((1, 1) if name == "not_refuted" else (1, 0) for name in names)
        assert decision.detail["arms"] == [[name, "examined"] for name in names]
        assert decision.detail["sentence"].startswith(beginning)
        told = dict(
            part.split(" ", 1)[::-1] for part in decision.detail["sentence"].removeprefix(beginning).split(", ")
        )
        assert told == {name.replace("_", " "): str(names.count(name)) for name in names}


def test_codes_are_numbers_that_records_keep() -> None:
    """A stored score of before has to keep its meaning: codes are added at the end."""
    assert CODES[:6] == ("refuted", "not_refuted", "vacuous", "undefined", "no_identity", "error")


def test_a_law_in_flight_is_not_launched_again_and_a_spoilt_examination_is_repeated() -> None:
    decider = Verdicts(3)
    assert decider.propose([1, 0, 0]) == (1, 0)
    assert decider.propose([1, 1, 1]) is None
    before = decider.state()
    decider.launch(1, 0)
    assert decider.state() != before
    decider.consume(1, 0, None, ())
    decider.forgive()
    assert decider.propose([1, 0, 0]) == (1, 1)
    decider.launch(1, 0)  # a replayed start of an earlier trial takes no number back
    assert decider.propose([1, 0, 0]) == (1, 1)
    assert decider.decision() is None
    assert not decider.exhausted()
    launched = decider.state()
    decider.consume(1, 1, True, (1,))
    assert decider.state() != launched
