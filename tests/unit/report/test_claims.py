"""What a verdict promises, in words: whose error it is, how much of it, and what it hangs on."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from summaries import plan, played

from kgents.domain.outcome import Cause
from kgents.domain.plan import DecidedBy, Errors, Layout
from kgents.report.claims import (
    against,
    comparison_promise,
    family_promise,
    hang_of_arms,
    hangs,
    interval_text,
    promise,
    short_interval,
)
from kgents.report.sentence import sentence
from kgents.stats import Design, Rule

RATE = Design(Rule.CALIBRATED, 0.8, 0.95, 60, futility=0.0)


def data(**more: Any) -> Any:
    """An interval as the document has it."""
    return {"level": 0.9, "low": 0.53, "high": 0.97, "each_side": 0.05, "method": "stage-wise", **more}


@pytest.mark.parametrize(
    ("design", "words"),
    [
        (RATE, "error at most 5 %"),
        (Design(Rule.POSTERIOR, 0.8, 0.9, 60), "posterior probability at least 90 %, no error rate is promised"),
        (Design(Rule.SPRT, 0.8, 0.99, 60, margin=0.05), "error at most 1 % for rates up to 0.75 and from 0.85"),
    ],
)
def test_a_verdict_on_one_rate_says_how_often_it_is_wrong(design: Design, words: str) -> None:
    assert promise(design) == words


@pytest.mark.parametrize(
    ("arms", "status", "more", "words"),
    [
        (2, ["best", "eliminated"], {}, "; error at most 10 % over both directions"),
        (2, ["equivalent", "equivalent"], {}, "; error at most 5 %"),
        (2, ["open", "open"], {}, ""),
        (2, ["best", "eliminated"], {"facts": {"allocation": "top-two"}}, ""),
        (2, ["best", "eliminated"], {"layout": Layout.INDEPENDENT}, ""),
        (3, ["eliminated", "open", "open"], {}, ("; the best of 3 is thrown out with probability at most 5 %, "
         "any arm is called worse wrongly with at most 15 %")),
        (30, ["eliminated"] + ["open"] * 29, {}, ("; the best of 30 is thrown out with probability at most 5 %, "
         "any arm is called worse wrongly with at most 100 %")),
        (3, ["eliminated", "equivalent", "equivalent"], {}, ("; the best of 3 is thrown out with probability at most 5 %, "
         "any arm is called worse wrongly with at most 15 %")),
    ],
)  # fmt: skip
def test_a_comparison_says_the_error_of_what_it_told_apart(
    arms: int, status: list[str], more: dict[str, Any], words: str
) -> None:
    asked = plan(RATE, arms, **{"layout": Layout.COMPARE, **more})
    assert comparison_promise(asked, status) == words
    assert comparison_promise(replace(asked, kind="suite"), status) == (
        words and f"{words}, on the tasks of this suite"
    )


def test_of_scores_over_a_suite_it_is_said_on_which_tasks() -> None:
    """Their own sentence says the error."""
    asked = plan(RATE, 2, layout=Layout.BLOCKS, decider=DecidedBy.SCORE_PAIRS)
    assert comparison_promise(asked, ["eliminated", "best"]) == ""
    of_tasks = replace(asked, kind="suite")
    assert comparison_promise(of_tasks, ["baseline", "not worse"]) == ", on the tasks of this suite"
    assert comparison_promise(of_tasks, ["open", "open"]) == ""


@pytest.mark.parametrize(
    ("design", "facts", "words"),
    [
        (RATE, {}, "; error at most 5 % for each, 20 % for any of them"),
        (Design(Rule.CALIBRATED, 0.8, 0.7, 60), {}, "; error at most 30 % for each, 100 % for any of them"),
        (RATE, {"family": "all"}, "; error at most 5 % on either side for all 4 together (Holm)"),
        (RATE, {"family": "fdr"}, ("; at most 5 % of those called supported, and of those called refuted, are expected to be "
         "wrong (Benjamini-Hochberg)")),
        (Design(Rule.POSTERIOR, 0.8, 0.9, 60), {}, "; no error rate is promised"),
    ],
)  # fmt: skip
def test_arms_with_a_verdict_each_say_whose_error_it_is(design: Design, facts: dict[str, str], words: str) -> None:
    assert family_promise(plan(design, 4, facts=facts)) == words


def test_a_verdict_that_hangs_on_what_does_not_count_says_so() -> None:
    """One trial more that failed and there would be no verdict: supported just so, with one that the world spoilt."""
    told = [
        hangs(played(RATE, lambda arm, index, lost=lost: Cause.NETWORK if index < lost else True)) for lost in (0, 1, 3)
    ]
    assert told == [
        "",
        "; hangs on a trial that does not count: counted as failed, there would be no such verdict",
        "; hangs on 3 trials that do not count: counted as failed, there would be no such verdict",
    ]
    lost = played(RATE, lambda arm, index: Cause.NETWORK if index < 3 else False)
    assert hangs(lost) == "; hangs on 3 trials that do not count: counted as passed, there would be no such verdict"


def test_arms_with_a_verdict_each_say_how_many_hang_on_what_does_not_count() -> None:
    """The first of three loses trials to the world, then the second too; a run that counts them hangs on none."""
    for spoilt, words in (
        (0, ""),
        (1, "; 1 verdict hangs on trials that do not count"),
        (2, "; 2 verdicts hang on trials that do not count"),
    ):

        def answer(arm: int, index: int, spoilt: int = spoilt) -> Cause | bool:
            return Cause.NETWORK if arm < spoilt and index < 3 else True

        assert hang_of_arms(played(RATE, answer, 3)) == words
        assert hang_of_arms(played(RATE, answer, 3, errors=Errors.COUNT)) == ""
        assert (words in sentence(played(RATE, answer, 3))) is True


@pytest.mark.parametrize(
    ("right", "lost", "words"),
    [(14, 0, ""), (10, 1, "; 1 verdict hangs on trials that do not count"), (14, 1, "")],
)
@pytest.mark.parametrize("family", ["all", "fdr"])
def test_a_verdict_that_only_the_family_gives_hangs_on_what_does_not_count(
    family: str, right: int, lost: int, words: str
) -> None:
    """Of two fixed arms one is surely right. What that leaves of the error, all of it, is enough for 10 of 10 and 14 of 15,
    but not for 10 of 11."""

    def answer(arm: int, index: int) -> Cause | bool:
        return Cause.NETWORK if arm == 1 and index < lost else True

    told = played(Design(Rule.FIXED, 0.7, 0.95, right + lost), answer, 2, facts={"family": family})
    assert told.decision is not None
    assert [word for word, _ in told.decision.detail["arms"]] == ["supported", "supported"]
    assert hang_of_arms(told) == words


def test_a_verdict_against_a_stored_run_names_it_and_the_error_of_both() -> None:
    base = {"experiment": "exp-1", "low": "0.8123", "margin": "0.05", "error": "0.025"}
    fell = played(RATE, lambda arm, index: False, facts={"baseline": base})
    target = "; the target is 0.812, the lower limit of exp-1 (error 2.5 %), less 0.05"
    assert against(fell) == f"{target}: the rate fell by more than 0.05, error at most 5 % in all"
    assert against(played(RATE, lambda arm, index: True, facts={"baseline": base})) == target
    same = played(RATE, lambda arm, index: False, facts={"baseline": {**base, "margin": "0"}})
    assert against(same).endswith(", less 0: the rate fell, error at most 5 % in all")
    assert against(played(RATE, lambda arm, index: True)) == ""


def test_an_interval_says_its_level_on_each_side_or_at_every_look() -> None:
    assert interval_text(data()) == "0.530 … 0.970   (each side 5 %) exact for this design"
    assert short_interval(data()) == "0.530 … 0.970 (each side 5 %)"
    looking = data(each_side=None, level=0.95, method="confidence sequence")
    assert interval_text(looking) == "0.530 … 0.970   (95 %) valid at every look"
    assert short_interval(looking) == "0.530 … 0.970 (95 % at every look)"
