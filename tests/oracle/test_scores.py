"""Scores against a target: errors by exact enumeration of every sequence of counts, trials beside the information bound."""

import math
import random

import pytest

from kgents.domain.fact import Verdict
from kgents.domain.plan import DecidedBy, Layout, Plan, PlanFacts
from kgents.domain.versions import Versions
from kgents.engine.deciders import decider_of
from kgents.engine.scores import Scale, Scores
from kgents.stats import AgainstTarget, Design, Rule

TARGET = 0.5
LAWS = {  # of integers 0 … 4, each with mean 2: scores 0, ¼, ½, ¾, 1 at the target itself
    "two points": (0.5, 0, 0, 0, 0.5),
    "even": (0.2, 0.2, 0.2, 0.2, 0.2),
    "skewed": (0.0, 0.6, 0.0, 0.2, 0.2),
    "one in five at the top": (0.0, 0.5, 0.2, 0.1, 0.2),
}


def _errors(law: tuple[float, ...], cap: int, alpha: float) -> tuple[float, float]:
    """P("supported"), P("refuted") within the cap, by the recursion over counts of each score."""
    states: dict[tuple[int, ...], float] = {(0,) * 5: 1.0}
    up = down = 0.0
    for _ in range(cap):
        following: dict[tuple[int, ...], float] = {}
        for counts, mass in states.items():
            for x, chance in enumerate(law):
                if chance:
                    more = (*counts[:x], counts[x] + 1, *counts[x + 1 :])
                    following[more] = following.get(more, 0.0) + mass * chance
        states = {}
        for counts, mass in following.items():
            verdict = _against(counts, alpha).verdict
            up += mass * (verdict == "supported")
            down += mass * (verdict == "refuted")
            if verdict is None:
                states[counts] = mass
    return up, down


def _against(counts: tuple[int, ...], alpha: float) -> AgainstTarget:
    against = AgainstTarget(4, TARGET, alpha)
    for x, count in enumerate(counts):
        for _ in range(count):
            against.add(x)
    return against


@pytest.mark.parametrize("law", LAWS)
def test_at_the_target_each_verdict_errs_by_alpha_at_most(law: str) -> None:
    """Exactly, looking after every trial, for laws of several shapes."""
    masses = LAWS[law]
    assert math.isclose(sum(x * p for x, p in enumerate(masses)), 2)
    up, down = _errors(masses, 12, 0.1)
    assert max(up, down) > 0
    assert up <= 0.1
    assert down <= 0.1


def test_a_verdict_and_the_interval_beside_it_agree() -> None:
    """Over random sequences: supported exactly when the lower limit reaches the target, refuted when the upper one does."""
    draw = random.Random(4)
    seen = set()
    for mean in (0.3, 0.5, 0.7):
        for _ in range(20):
            against = AgainstTarget(100, TARGET, 0.05)
            while against.verdict is None and against.n < 60:
                against.add(min(100, max(0, round(100 * draw.gauss(mean, 0.2)))))
            interval = against.interval()
            seen.add(against.verdict)
            assert (against.verdict == "supported") == (interval.low >= TARGET - 1e-9)
            assert (against.verdict == "refuted") == (interval.high <= TARGET + 1e-9)
    assert seen == {"supported", "refuted", None}


def test_the_bet_on_a_number_does_not_depend_on_it() -> None:
    """The wealth after one more number is linear in that number: the stake was fixed before."""
    against = []
    for x in (0, 50, 100):
        one = AgainstTarget(100, 0.6, 0.05)
        for earlier in (90, 20, 70, 100):
            one.add(earlier)
        one.add(x)
        against.append(sum(math.exp(log) for log in one._above))
    assert against[1] == pytest.approx((against[0] + against[2]) / 2, rel=1e-12)


def test_trials_beside_the_bound() -> None:
    """Beta(8, 2) against 0.7: 36 trials on average or fewer, where no test can need less than 25."""
    draw, total = random.Random(1), 0
    for _ in range(300):
        against = AgainstTarget(1_000_000, 0.7, 0.05)
        while against.verdict is None:
            against.add(round(1_000_000 * draw.betavariate(8, 2)))
        total += against.n
        assert against.n < 400
    assert 25 <= total / 300 <= 36


@pytest.mark.parametrize("rule", [Rule.ANYTIME, Rule.FIXED])
def test_no_trial_in_flight_is_needless(rule: Rule) -> None:
    """With as many in flight as it allows, whatever they come to, none ends after the decision."""
    draw = random.Random(7)
    for _ in range(20):
        decider = Scores(Design(rule, 0.6, 0.95, 40, futility=0.0), Scale(0, 1, 100))
        launched = consumed = 0
        while decider.decision() is None:
            while (proposed := decider.propose([launched - consumed])) is not None:
                assert proposed == (0, launched)
                decider.launch(*proposed)
                launched += 1
            decider.consume(0, consumed, True, (draw.choice((100, 100, 90, 30)),))
            consumed += 1
        assert launched == consumed


def test_a_failed_trial_has_the_least_score_and_a_spoilt_one_none() -> None:
    """Nine trials without a score beside one perfect one: the mean is 0.1; the spoilt one is not counted."""
    decider = Scores(Design(Rule.FIXED, None, 0.95, 10, futility=0.0), Scale(0, 1, 100))
    decider.consume(0, 0, None, ())
    decider.consume(0, 1, True, (100,))
    for index in range(2, 11):
        decider.consume(0, index, False, ())
    decision = decider.decision()
    assert decision is not None
    assert (decision.verdict, decision.counts) == (Verdict.ESTIMATE, ((10, 1),))
    assert decision.detail["scores"]["mean"] == "0.1"


BEGUN_WITH = {  # version of the calibration: for each law and target below, when it was decided, and the lower limit then
    1: [(322, "0.412563"), (32, "0.453158"), (39, "0.701425")],
    2: [(322, "0.412563"), (32, "0.453158"), (39, "0.701425")],
    3: [(315, "0.428451"), (44, "0.451127"), (43, "0.700411")],
    4: [(301, "0.426763"), (56, "0.452709"), (44, "0.702526")],
    5: [(301, "0.426763"), (54, "0.451361"), (43, "0.700411")],
}


@pytest.mark.parametrize("version", BEGUN_WITH)
def test_a_run_bets_as_it_began(version: int) -> None:
    """What decides by a plan is what decided when its version was today's."""
    draw, found = random.Random(3), []
    for target, scores in ((0.6, (0, 100)), (0.45, (40, 60)), (0.7, (75, 80))):
        design = Design(Rule.ANYTIME, target, 0.95, 1000, futility=0.0)
        facts: PlanFacts = {"scale": ["0", "1", 100]}
        layout, versions = Layout.BLOCKS, Versions(calibration=version)
        decider = decider_of(
            Plan(
                "exp-1",
                "command",
                "c" * 64,
                design,
                "",
                1,
                layout=layout,
                facts=facts,
                decider=DecidedBy.SCORES,
                versions=versions,
            )
        )
        trials = 0
        while (decided := decider.decision()) is None:
            decider.launch(0, trials)
            decider.consume(0, trials, True, (draw.choice(scores),))
            trials += 1
        found.append((trials, decided.detail["scores"]["low"]))
    assert found == BEGUN_WITH[version]
