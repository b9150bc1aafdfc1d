"""Arms on the same inputs: who wins, who is out and what is said, by every course of pairs."""

from collections.abc import Sequence
from itertools import product

import pytest

from kgents.domain.fact import Decided, Verdict
from kgents.engine.compare import Compare, duel_of
from kgents.engine.not_worse import NotWorse
from kgents.stats import Design, Rule

SHORT = Design(Rule.CALIBRATED, 0.5, 0.6, 6, futility=0.0)
LONG = Design(Rule.CALIBRATED, 0.5, 0.95, 60, futility=0.0)


def played(decider: Compare, outcomes: Sequence[Sequence[bool]]) -> Decided | None:
    """What is decided where input i has these outcomes of the arms; arms are asked for as the decider proposes."""
    pending = [0] * len(outcomes[0])
    while decider.decision() is None and (slot := decider.propose(pending)) is not None:
        decider.launch(*slot)
        decider.consume(*slot, outcomes[slot[1]][slot[0]], ())
    return decider.decision()


def test_each_pair_of_outcomes_is_counted_and_an_arm_is_better_wrongly_with_the_stated_error_at_most() -> None:
    """All 4⁶ courses of six pairs of fair trials; "better" is wrong in either direction."""
    better, verdicts = [0, 0], set()
    for course in product(product((False, True), repeat=2), repeat=6):
        decision = played(Compare(SHORT, ("a", "b")), course)
        assert decision is not None
        ((first, second, pairs, a_wins, b_wins, word),) = decision.detail["pairs"]
        seen = course[:pairs]
        assert (first, second) == (0, 1)
        assert a_wins == sum(a and not b for a, b in seen)
        assert b_wins == sum(b and not a for a, b in seen)
        assert decision.counts == ((pairs, sum(a for a, _ in seen)), (pairs, sum(b for _, b in seen)))
        if word == "inconclusive":
            told = (Verdict.INCONCLUSIVE, "cap", ["open", "open"], "a and b cannot be told apart")
        else:
            names = ("a", "b") if word == "a" else ("b", "a")
            status = ["best", "eliminated"] if word == "a" else ["eliminated", "best"]
            told = (Verdict.SUPPORTED, "boundary", status, f"{names[0]} is better than {names[1]}")
            better[word == "b"] += 1
            assert (a_wins > b_wins) == (word == "a")
        assert (decision.verdict, decision.reason, decision.detail["status"], decision.detail["sentence"]) == told
        verdicts.add(word)
    assert verdicts == {"a", "b", "inconclusive"}
    assert better[0] == better[1]
    assert 0 < better[0] / 4**6 <= 0.4


def test_an_arm_that_is_beaten_takes_no_more_trials_and_the_rest_go_on() -> None:
    """c fails always, a and b by turns: c is out long before the cap, a and b stay open."""
    outcomes = [(index % 2 == 0, index % 2 == 1, False) for index in range(60)]
    decision = played(Compare(LONG, ("a", "b", "c")), outcomes)
    assert decision is not None
    assert decision.detail["status"] == ["open", "open", "eliminated"]
    assert (decision.verdict, decision.reason) == (Verdict.INCONCLUSIVE, "cap")
    assert decision.detail["sentence"] == "a and b cannot be told apart"
    trials = [n for n, _ in decision.counts]
    assert trials[0] == trials[1] == 60
    assert trials[2] < 30


def test_one_of_three_that_beats_both_is_the_best() -> None:
    outcomes = [(False, True, False)] * 60
    decision = played(Compare(LONG, ("a", "b", "c")), outcomes)
    assert decision is not None
    assert decision.detail["sentence"] == "b is better than a, c"
    assert decision.detail["status"] == ["eliminated", "best", "eliminated"]


def test_each_of_more_comparisons_has_its_share_of_the_error() -> None:
    """Two arms: one comparison decides on the best; with k arms it has to stand k − 1 of them."""
    assert [duel_of(LONG, arms).alpha for arms in (1, 2, 3, 6)] == pytest.approx([0.05, 0.05, 0.025, 0.01])
    wins = [n for arms in (2, 3, 6) for n in range(1, 60) if duel_of(LONG, arms).decide(n, n, 0) == "a"]
    firsts = [next(n for n in range(1, 60) if duel_of(LONG, arms).decide(n, n, 0) == "a") for arms in (2, 3, 6)]
    assert firsts == sorted(firsts)
    assert len(set(firsts)) > 1
    assert wins


def test_arms_that_always_agree_are_equivalent_within_a_margin() -> None:
    design = Design(Rule.CALIBRATED, 0.5, 0.95, 400, futility=0.0, margin=0.2)
    decision = played(Compare(design, ("a", "b")), [(index % 3 == 0,) * 2 for index in range(400)])
    assert decision is not None
    assert (decision.verdict, decision.reason) == (Verdict.SUPPORTED, "equivalence")
    assert decision.detail["status"] == ["equivalent", "equivalent"]
    assert decision.detail["sentence"] == "a and b are equivalent within the margin"
    assert decision.counts[0][0] < 100


def test_at_the_cap_it_is_said_which_arm_is_not_worse() -> None:
    """b wins one pair in ten: too seldom to be better at this cap, enough to be not worse by a fifth."""
    design = Design(Rule.CALIBRATED, 0.5, 0.95, 30, futility=0.0, margin=0.2)
    outcomes = [(index % 4 == 0, index % 4 == 0 or index % 10 == 1) for index in range(30)]
    decision = played(Compare(design, ("a", "b")), outcomes)
    assert decision is not None
    assert decision.reason == "cap"
    assert decision.detail["sentence"] == "a and b cannot be told apart; b is not worse than a by 0.2 or more"


@pytest.mark.parametrize(
    ("second", "verdict", "status", "sentence"),
    [
        ((True, True), Verdict.SUPPORTED, ["baseline", "not worse"],
         "supported: new is not worse than old by 0.2 or more; error at most 5 %"),
        ((False, False), Verdict.REFUTED, ["baseline", "worse"],
         "refuted: new is worse than old by more than 0.2; error at most 5 %"),
        ((True, False), Verdict.INCONCLUSIVE, ["open", "open"],
         "inconclusive: whether new is worse than old by 0.2 or more stays open; the cap is reached"),
    ],
)  # fmt: skip
def test_non_inferiority_is_supported_refuted_or_open(
    second: tuple[bool, bool], verdict: Verdict, status: list[str], sentence: str
) -> None:
    """The baseline passes always; the other always, never, or three times in four."""
    design = Design(Rule.CALIBRATED, 0.5, 0.95, 40, futility=0.0, margin=0.2)
    outcomes = [(True, second[index % 4 == 3]) for index in range(40)]
    decision = played(NotWorse(design, ("old", "new")), outcomes)
    assert decision is not None
    assert (decision.verdict, decision.detail["status"], decision.detail["sentence"]) == (verdict, status, sentence)
    assert decision.reason == ("cap" if verdict is Verdict.INCONCLUSIVE else "boundary")


@pytest.mark.parametrize(("margin", "names"), [(None, ("a", "b")), (0.2, ("a",)), (0.2, ("a", "b", "c"))])
def test_non_inferiority_needs_two_arms_and_a_margin(margin: float | None, names: tuple[str, ...]) -> None:
    design = Design(Rule.CALIBRATED, 0.5, 0.95, 40, futility=0.0, margin=margin)
    with pytest.raises(ValueError, match="of two arms, by a margin"):
        NotWorse(design, names)
