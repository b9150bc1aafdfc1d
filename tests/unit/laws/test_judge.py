"""The judge's calibration: stories of known truth, and a rate that is corrected for what the judge gets wrong."""

import random

import pytest

from kgents.domain.ports import Limits, Reply
from kgents.errors import UsageError
from kgents.laws.judge import Counts, Judge, simulated_judge, story
from kgents.stats.evalues import RateAbove


@pytest.mark.parametrize("seed", range(20))
async def test_a_perfect_judge_knows_every_story(seed):
    judge = Judge(simulated_judge("simulated-judge:se=1,sp=1"), 1, Limits())
    assert (await judge.judge(story(seed, True), seed)).incoherent is True
    assert (await judge.judge(story(seed, False), seed)).incoherent is False


async def test_votes_make_a_judge_better():
    wrong = {}
    for votes in (1, 9):
        judge = Judge(simulated_judge("simulated-judge:se=0.7,sp=0.7"), votes, Limits())
        said = [(await judge.judge(story(seed, True), seed)).incoherent for seed in range(100)]
        wrong[votes] = said.count(False)
    assert wrong[9] < wrong[1] / 1.5


async def test_an_opinion_without_an_answer_is_none():
    class Mumbles:
        async def generate(self, prompt, seed, limits, *, trial=0):
            return Reply("Hard to tell.")

    assert (await Judge(Mumbles(), 3, Limits()).judge("x", 1)).incoherent is None


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5])
def test_the_corrected_rate_covers_the_truth(rate):
    """In at least 95 % of 200 calibrations; judged by a sequential test at 1e-9."""
    draw, missed = random.Random(3), RateAbove(0.05)
    for _ in range(200):
        planted = sum(draw.random() < 0.85 for _ in range(40))
        sound = sum(draw.random() < 0.1 for _ in range(40))
        traces = sum(draw.random() < (0.85 if draw.random() < rate else 0.1) for _ in range(80))
        found = Counts((planted, 40), (sound, 40), (traces, 80)).corrected()
        missed.see(not found["low"] <= rate <= found["high"])
    assert missed.log < 20.7


def test_a_judge_that_cannot_tell_says_nothing_about_the_rate():
    found = Counts((5, 10), (5, 10), (9, 30)).corrected()
    assert (found["low"], found["high"]) == (0.0, 1.0)


@pytest.mark.parametrize("text", ["simulated-judge:se=2", "simulated-judge:x=1", "simulated-judge:se"])
def test_a_parameter_that_is_not_there_is_a_usage_error(text):
    with pytest.raises(UsageError, match="--judge"):
        simulated_judge(text)
