"""The loop: replay, order, waste, budgets, errors, interruption."""

import sys
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from player import Player, plan, play, survive

from kgents.domain.fact import Finished, Stopped, StopReason, Verdict
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import Budget, Errors, Layout
from kgents.engine.run import STUBBORN, Done, Run, Start, Wait
from kgents.stats import Design, Rule

ADAPTIVE = Design(Rule.CALIBRATED, 0.5, 0.95, 30)
FIXED = Design(Rule.FIXED, None, 0.95, 12, futility=0.0)
CAUSES = [True, True, True, False, Cause.NETWORK, Cause.EXCEPTION]


def script(seed: int) -> list[bool | Cause]:
    """Outcomes by trial index, the same for every order of arrival."""
    random = Random(seed)
    return [random.choice(CAUSES) for _ in range(200)]


runs = given(
    seed=st.integers(0, 10_000),
    order=st.integers(0, 10_000),
    concurrency=st.integers(1, 9),
    design=st.sampled_from([ADAPTIVE, FIXED]),
    arms=st.integers(1, 3),
)
few = settings(max_examples=40, deadline=None, derandomize=True)


@few
@runs
def test_every_prefix_replayed_gives_the_identical_state(
    seed: int, order: int, concurrency: int, design: Design, arms: int
) -> None:
    outcomes = script(seed)
    first = play(design, lambda arm, index: outcomes[index + 7 * arm], concurrency, order, arms)
    second = Run(concurrency)
    third = Run(concurrency)
    for entry in first.entries:
        second.receive(entry)
        third.receive(entry)
        assert second.state() == third.state()
        assert repr(second.next()) == repr(third.next())
    assert second.state() == first.run.state()


@few
@runs
def test_the_decision_does_not_depend_on_the_order_of_arrival(
    seed: int, order: int, concurrency: int, design: Design, arms: int
) -> None:
    outcomes = script(seed)

    def answer(arm: int, index: int) -> bool | Cause:
        return outcomes[index + 7 * arm]

    parallel = play(design, answer, concurrency, order, arms, max_errors=1000).run
    alone = play(design, answer, 1, 0, arms, max_errors=1000).run
    assert parallel.decided == alone.decided


@few
@given(seed=st.integers(0, 10_000), order=st.integers(0, 10_000), cut=st.floats(0, 1), concurrency=st.integers(1, 6))
def test_a_killed_run_resumed_decides_the_same_and_repeats_nothing(
    seed: int, order: int, cut: float, concurrency: int
) -> None:
    outcomes = script(seed)

    def answer(arm: int, index: int) -> bool | Cause:
        return outcomes[index]

    whole = play(ADAPTIVE, answer, concurrency, order, max_errors=1000)
    entries = whole.entries[: 1 + int(cut * (len(whole.entries) - 1))]
    done = {entry.fact.index for entry in entries if isinstance(entry.fact, Finished)}
    resumed = survive(entries, answer, concurrency, order + 1)
    assert resumed.run.decided == whole.run.decided
    assert not done & {index for _, index in resumed.started}


@few
@runs
def test_no_trial_is_needless(seed: int, order: int, concurrency: int, design: Design, arms: int) -> None:
    outcomes = script(seed)
    player = play(design, lambda arm, index: outcomes[index + 7 * arm], concurrency, order, arms, max_errors=1000)
    assert player.run.decided is not None
    finished = sum(isinstance(entry.fact, Finished) for entry in player.entries)
    uncounted = sum(isinstance(entry.fact, Finished) and entry.fact.success is None for entry in player.entries)
    assert finished - uncounted == sum(n for n, _ in player.run.decided.counts)
    assert player.most_in_flight <= concurrency


def test_a_slow_failure_cannot_be_overtaken_by_fast_successes() -> None:
    """With everything else in flight, the decision waits for the trial that was launched first."""
    player = Player(lambda arm, index: index != 0, Run(4), Random(0))
    run = player.run
    from kgents.domain.fact import Planned, Started

    player.witness(Planned(plan(Design(Rule.CALIBRATED, 0.5, 0.9, 5, futility=0.0))))
    for _ in range(4):
        command = run.next()
        assert isinstance(command, Start)
        player.witness(Started(command.slot.arm, command.slot.index))
    assert isinstance(run.next(), Wait)  # the nearest decision is four trials away
    for index in (1, 2, 3):
        player.witness(Finished(0, index, True))
        assert run.decided is None
        assert isinstance(run.next(), Wait)


def test_four_successes_decide_at_confidence_ninety_with_cap_five() -> None:
    player = play(Design(Rule.CALIBRATED, 0.5, 0.9, 5), lambda arm, index: True, 3)
    assert player.run.decided is not None
    assert (player.run.decided.verdict, player.run.decided.counts) == (Verdict.SUPPORTED, ((4, 4),))


def test_a_fixed_number_runs_exactly_that_number_even_when_the_world_spoils_some() -> None:
    player = play(FIXED, lambda arm, index: Cause.NETWORK if index % 4 == 0 else True)
    assert len(player.started) == 12
    assert player.run.decided is not None
    assert player.run.decided.counts == ((9, 9),)
    assert player.run.decided.verdict is Verdict.ESTIMATE


def test_errors_count_as_failures_when_the_policy_says_so() -> None:
    player = play(FIXED, lambda arm, index: Cause.NETWORK if index % 4 == 0 else True, errors=Errors.COUNT)
    assert player.run.decided is not None
    assert player.run.decided.counts == ((12, 9),)


def test_faults_of_ours_never_count_against_the_program() -> None:
    player = play(FIXED, lambda arm, index: Cause.SANDBOX if index < 3 else True, errors=Errors.COUNT)
    assert player.run.decided is not None
    assert player.run.decided.counts == ((9, 9),)


@pytest.mark.parametrize("cause", [Cause.AUTH, Cause.QUOTA, Cause.HARNESS_MISSING])
def test_a_fatal_error_ends_the_run_after_one_trial(cause: Cause) -> None:
    player = play(ADAPTIVE, lambda arm, index: cause)
    assert len(player.started) == 1
    assert player.run.stopped == Stopped(StopReason.FATAL, cause.value)


@pytest.mark.parametrize("concurrency", [1, 4, 12])
def test_a_fixed_number_is_given_up_however_many_run_at_once(concurrency: int) -> None:
    """Eleven of twelve give no evidence and six end the run: also where all twelve had begun by then."""
    player = play(FIXED, lambda arm, index: True if index == 0 else Cause.SANDBOX, concurrency, max_errors=6)
    assert player.run.decided is None
    assert isinstance(player.run.stopped, Stopped)
    assert player.run.stopped.reason is StopReason.ERRORS


def test_too_many_errors_of_the_world_end_the_run() -> None:
    player = play(ADAPTIVE, lambda arm, index: Cause.OVERLOADED, max_errors=6)
    assert len(player.started) == 6
    assert player.run.stopped is not None
    assert player.run.stopped.reason is StopReason.ERRORS


def test_a_failed_fixed_run_can_be_resumed_and_replaces_what_was_spoilt() -> None:
    broken = play(Design(Rule.FIXED, None, 0.95, 3, futility=0.0), lambda arm, index: Cause.NETWORK)
    assert broken.run.stopped is not None
    healed = survive(broken.entries, lambda arm, index: True, 1, 0)
    assert healed.run.decided is not None
    assert healed.run.decided.counts == ((3, 3),)


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        (Budget(tokens=100), StopReason.BUDGET_TOKENS),
        (Budget(usd=Decimal("0.05")), StopReason.BUDGET_USD),
        (Budget(seconds=8.0), StopReason.BUDGET_SECONDS),
    ],
)
def test_a_budget_is_checked_before_each_trial_and_can_be_raised(budget: Budget, reason: StopReason) -> None:
    player = Player(lambda arm, index: index % 2 == 0, Run(1), Random(0), usage=Usage(20, 5, Decimal("0.0125"), 1))
    player.begin(plan(ADAPTIVE, budget=budget))
    assert player.run.stopped is not None
    assert player.run.stopped.reason is reason
    assert len(player.started) == 4
    assert isinstance(player.run.next(), Done)
    from kgents.domain.fact import Resumed

    player.witness(Resumed(Budget()))
    player.play()
    assert player.run.decided is not None


def test_a_trial_that_could_not_be_paid_for_ends_the_run_and_is_run_again_later() -> None:
    """The books may be full before the record is: what is in flight has been paid for already."""
    from kgents.domain.fact import Planned, Resumed, Voided

    player = Player(lambda arm, index: True, Run(3), Random(0), usage=Usage(20, 5, Decimal("0.0125"), 1))
    player.witness(Planned(plan(FIXED, budget=Budget(tokens=10_000))))
    player.play(steps=3)
    slot = player.flying.pop(1)
    player.run.exhaust()
    player.witness(Voided(*slot, Usage(7, 0, None, 1)))
    player.play()
    assert player.run.stopped is not None
    assert player.run.stopped.reason is StopReason.BUDGET_TOKENS
    assert len(player.started) == 3
    assert player.run.usage == Usage(47, 10, None, 3)
    assert player.run.known_usd == Decimal("0.0250")
    player.witness(Resumed(Budget()))
    player.play()
    assert player.run.decided is not None
    assert player.started.count(slot) == 2


def test_a_wall_that_one_trial_met_is_known() -> None:
    player = play(FIXED, lambda arm, index: Cause.AUTH)
    assert player.run.doomed
    assert len(player.started) == 1


def test_an_interrupted_run_launches_nothing_new_and_stops_when_the_last_trial_lands() -> None:
    player = Player(lambda arm, index: True, Run(3), Random(0))
    from kgents.domain.fact import Planned

    player.witness(Planned(plan(FIXED)))
    player.play(steps=3)
    player.run.interrupt()
    player.play()
    assert len(player.started) == 3
    assert player.run.stopped == Stopped(StopReason.INTERRUPTED)
    finished = survive(player.entries, lambda arm, index: True, 2, 1)
    assert finished.run.decided is not None
    assert finished.run.decided.counts == ((12, 12),)


def test_a_cancelled_trial_is_void_and_runs_again_with_its_seed() -> None:
    from kgents.domain.fact import Planned, Resumed, Started, Voided

    player = Player(lambda arm, index: True, Run(1), Random(0))
    player.witness(Planned(plan(FIXED)))
    first = player.run.next()
    assert isinstance(first, Start)
    player.witness(Started(0, 0))
    player.witness(Voided(0, 0))
    player.run.interrupt()
    player.play()
    player.witness(Resumed(Budget()))
    assert player.run.next() == first


def test_seeds_depend_on_the_trial_and_on_nothing_else() -> None:
    seeds: list[dict[int, int]] = []
    for concurrency in (1, 5):
        run = Run(concurrency)
        player = Player(lambda arm, index: index % 3 > 0, run, Random(concurrency))
        found: dict[int, int] = {}
        original = run.next

        def spy(found: dict[int, int] = found, original=original):  # type: ignore[no-untyped-def]
            command = original()
            if isinstance(command, Start):
                found[command.slot.index] = command.slot.seed
            return command

        run.next = spy  # type: ignore[method-assign]
        player.begin(plan(FIXED))
        seeds.append(found)
    assert seeds[0] == seeds[1]
    assert len(set(seeds[0].values())) == 12


def test_identical_outputs_are_suspicious() -> None:
    player = play(FIXED, lambda arm, index: False, facts={"watch_outputs": True})
    kinds = [entry.fact.kind for entry in player.entries]
    assert kinds.count("experiment.warned") == 1
    assert kinds.index("experiment.warned") < kinds.index("experiment.decided")


def test_a_cause_that_does_not_go_away_ends_a_run_after_so_many_trials_in_a_row() -> None:
    """Not after fewer, and a trial between that was answered begins the count anew."""
    stubborn = next(cause for cause in Cause if cause.stubborn)
    two = [stubborn] * (STUBBORN - 1)
    said = [*two, True, *two, True, *two, stubborn, True]
    player = play(FIXED, lambda arm, index: said[index], max_errors=100)
    (stop,) = [entry.fact for entry in player.entries if isinstance(entry.fact, Stopped)]
    assert (stop.reason, stop.text) == (StopReason.FATAL, stubborn.value)
    assert len(player.started) == len(said) - 1


def test_a_comparison_counts_the_successes_of_each_arm() -> None:
    """The first arm always succeeds, the second never."""
    design = Design(Rule.CALIBRATED, 0.5, 0.95, 30, futility=0.0)
    player = play(design, lambda arm, index: arm == 0, arms=2, layout=Layout.COMPARE)
    decided = player.run.decided
    assert decided is not None
    assert decided.detail["status"] == ["best", "eliminated"]
    (trials, successes), (others, none) = decided.counts
    assert trials == successes > 4
    assert (others, none) == (trials, 0)
