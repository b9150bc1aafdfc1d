"""One pass over the trials: signs, sums, folded answers, and no more of anything than a page has room for."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import Errors, Plan
from kgents.domain.ports import Trial
from kgents.report.html.collect import (
    ALONE,
    ARMS,
    KEPT,
    SIGNS,
    TEXTS,
    Answer,
    Collected,
    Window,
    content_of,
    key_of,
    row_of,
    sign_of,
    words,
)
from kgents.stats import Design, Rule

DESIGN = Design(Rule.FIXED, None, 0.95, 5000, futility=0.0)
AT = datetime(2026, 1, 1, tzinfo=UTC)
ALL = Window(0, 10_000)


def plan(arms: int = 1, errors: Errors = Errors.EXCLUDE) -> Plan:
    names = tuple(f"arm{number}" for number in range(arms)) if arms > 1 else ("",)
    return Plan("exp-1", "null", "", DESIGN, "", 1, names, errors=errors)


def trial(index: int, success: bool | None = True, arm: int = 0, text: str | None = "a", **more: object) -> Trial:
    cause = None if success else Cause.NETWORK if success is None else Cause.WRONG_OUTPUT
    fields: dict[str, object] = {"cause": cause, "error": None, "duration_us": 1000 * index, "usage": Usage(), **more}
    return Trial(arm, index, success, confidence=1.0, timestamp=AT, addresses=(text, None), **fields)  # type: ignore[arg-type]


def collected(trials: list[Trial], planned: Plan, window: Window = ALL) -> Collected:
    gathered = Collected()
    for one in trials:
        gathered.add(one, planned, False, window)
    return gathered


def test_the_path_counts_successes_of_the_only_arm_and_signs_tell_what_does_not_count() -> None:
    trials = [trial(0), trial(1, False), trial(2, None), trial(3), trial(4)]
    gathered = collected(trials, plan())
    assert gathered.path == [1, 1, 2, 3]
    assert gathered.signs == {"": list("+-?++")}
    assert gathered.total == 5
    assert gathered.causes == {Cause.WRONG_OUTPUT: 1, Cause.NETWORK: 1}
    gathered.add(trial(5), plan(), True, ALL)
    assert gathered.signs[""][-1] == "?"
    assert gathered.path == [1, 1, 2, 3]
    assert collected(trials, plan(2)).path == []
    assert [sign_of(trial(0, None), plan(errors=errors), False) for errors in (Errors.EXCLUDE, Errors.COUNT)] == [
        "?",
        "-",
    ]


def test_durations_tokens_and_costs_are_measured_with_what_came_of_them() -> None:
    spent = Usage(100, 7, Decimal("0.25"), 1)
    trials = [trial(3, usage=spent), trial(4, False, usage=replace(spent, input_tokens=0)), trial(5, False)]
    gathered = collected(trials, plan())
    assert gathered.durations == [(3.0, True), (4.0, False), (5.0, False)]
    assert gathered.tokens == [(107.0, True), (7.0, False)]
    assert gathered.costs == [(0.25, True), (0.25, False)]
    assert collected([trial(0, usage=Usage(9, 0, None, 1))], plan()).tokens == [(9.0, True)]


def test_the_list_has_the_trials_of_its_window_and_the_sums_have_all() -> None:
    gathered = collected([trial(index) for index in range(10)], plan(), Window(3, 4))
    assert [row.index for row in gathered.rows] == [3, 4, 5, 6]
    assert [row.milliseconds for row in gathered.rows] == [3.0, 4.0, 5.0, 6.0]
    assert (gathered.total, len(gathered.path)) == (10, 10)
    assert row_of(trial(3), plan(), False) == gathered.rows[0]
    assert collected([trial(index) for index in range(250)], plan(), Window()).rows[-1].index == 199


def test_no_more_signs_are_drawn_than_fit() -> None:
    assert len(collected([trial(index) for index in range(ALONE + 5)], plan()).signs[""]) == ALONE
    many = collected([trial(index, arm=1) for index in range(SIGNS + 5)], plan(2))
    assert len(many.signs["arm1"]) == SIGNS


def test_equal_answers_are_one_with_its_count_and_its_arms() -> None:
    trials = [trial(0), trial(1, arm=1), trial(2), trial(3, text="b"), trial(4, False)]
    gathered = collected(trials, plan(2))
    (first, answer), (_, other) = gathered.folded("+", 9)
    assert (answer.count, dict(answer.arms), answer.first.index) == (3, {"arm0": 2, "arm1": 1}, 0)
    assert (other.count, other.first.index) == (1, 3)
    assert [row.answer for row in gathered.rows[:3]] == [first] * 3 == [key_of(content_of(trial(0)))] * 3
    assert [kept.count for _, kept in gathered.folded("-", 9)] == [1]
    assert len(gathered.folded("+", 1)) == 1


def test_of_an_answer_of_many_arms_the_first_are_told() -> None:
    """How often each of them gave it is counted to the end."""
    gathered = collected([trial(0, arm=arm) for arm in [*range(ARMS + 3), 0, 0, ARMS + 1]], plan(ARMS + 3))
    ((_, answer),) = gathered.folded("+", 9)
    assert answer.count == ARMS + 6
    assert dict(answer.arms) == {f"arm{number}": 1 if number else 3 for number in range(ARMS)}
    answer.join(Answer(trial(0), "+", 5, Counter({"arm1": 2, "arm14": 3})))
    assert (answer.count, answer.arms["arm1"], len(answer.arms)) == (ARMS + 11, 3, ARMS)


def test_answers_beyond_those_kept_are_counted_by_their_sign() -> None:
    gathered = collected([trial(index, index % 2 == 0, text=str(index)) for index in range(KEPT + 5)], plan())
    assert len(gathered.answers) == KEPT
    assert gathered.others == {"+": 3, "-": 2}


@pytest.mark.parametrize(
    "differing", [{"success": False}, {"error": "x"}, {"addresses": ("b", None)}, {"addresses": ("a", "c")}]
)
def test_an_answer_is_its_outcome_its_diagnosis_and_its_text(differing: dict[str, object]) -> None:
    """The candidate where there is one, else the output."""
    one = trial(0)
    assert content_of(one) == content_of(replace(trial(7), arm=2, output="read"))
    assert content_of(one) != content_of(replace(one, **differing))  # type: ignore[arg-type]
    both = replace(one, addresses=("a", "c"))
    assert content_of(both) == content_of(replace(one, addresses=("other", "c")))


def test_what_a_failed_program_printed_differs_by_a_time_and_its_diagnosis_does_not() -> None:
    """Two runs of a failing test are one failure, whatever second they name; without a diagnosis the texts tell."""
    told = replace(trial(0), success=False, cause=Cause.EXIT_STATUS, error="exit status 1: test_a: too late")
    later = replace(told, index=1, addresses=("later", None))
    assert content_of(told) == content_of(later) != content_of(replace(later, error="exit status 1: test_b"))
    assert content_of(replace(told, error=None)) != content_of(replace(later, error=None))
    assert content_of(replace(told, cause=Cause.WRONG_OUTPUT)) != content_of(replace(later, cause=Cause.WRONG_OUTPUT))


def test_texts_are_taken_while_there_is_room() -> None:
    gathered = collected([trial(0), trial(1, text="b"), trial(2, text="b")], plan())
    once, twice = gathered.answers
    gathered.fill(once, replace(trial(0), output="x" * 1000, candidate="y" * 10))
    assert gathered.characters == 1010
    assert gathered.answers[once].first.output == "x" * 1000
    gathered.characters = TEXTS - 5
    gathered.fill(twice, replace(trial(1, text="b"), output="12345"))
    assert gathered.characters == TEXTS
    assert twice in gathered.answers
    gathered.fill(twice, replace(trial(1, text="b"), output="1"))
    assert twice not in gathered.answers
    assert gathered.others == {"+": 2}


def test_answers_whose_texts_were_erased_are_one() -> None:
    gathered = collected([trial(0), trial(1, text="b"), trial(2, text="b"), trial(3, None, text=None)], plan())
    for content, answer in list(gathered.answers.items()):
        gathered.fill(content, answer.first)
    assert [(answer.count, dict(answer.arms)) for _, answer in gathered.folded("+", 9)] == [(3, {"": 3})]
    ((_, nothing),) = gathered.folded("?", 9)  # it never had a text
    assert nothing.count == 1


@pytest.mark.parametrize(
    ("cause", "said"),
    [(Cause.WRONG_OUTPUT, "wrong_output"), (Cause.NETWORK, "network (world)"), (Cause.INTERNAL, "internal (ours)")],
)
def test_an_outcome_in_words_says_whose_fault_it_was_not(cause: Cause, said: str) -> None:
    assert words(trial(0, False, cause=cause)) == said
    assert words(trial(0)) == "success"
