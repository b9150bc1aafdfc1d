"""Signs of trials that are not independent draws."""

from random import Random

from kgents.domain.fact import Finished
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import Plan
from kgents.engine.independence import Independence, shifted
from kgents.stats import Design, Rule

PLAN = Plan(
    "exp-1", "generate", "", Design(Rule.FIXED, None, 0.95, 40, futility=0.0), "", 1, facts={"watch_outputs": True}
)
SIMULATED = Plan("exp-1", "generate", "", PLAN.design, "", 1)


def seen(*trials: Finished) -> Independence:
    found = Independence()
    for trial in trials:
        found.see(trial)
    return found


def trial(index: int, model: str = "m-1", us: int = 1000, cached: int = 0, success: bool | None = True) -> Finished:
    cause = None if success else Cause.NETWORK
    return Finished(0, index, success, cause, duration_us=us, usage=Usage(100, 7, None, 1, cached), model=model)


def test_a_model_that_changes_is_named_with_the_trial_it_changed_at() -> None:
    found = seen(trial(0), trial(1), trial(2, "m-2"), trial(3, "m-2")).model_drift(PLAN)
    assert found is not None
    assert "m-1 from trial 0, m-2 from trial 2" in found
    assert seen(trial(0), trial(1)).model_drift(PLAN) is None
    assert seen(trial(0), trial(1, "", success=None), trial(2)).model_drift(PLAN) is None


def test_a_pace_that_changes_is_said_of_providers_only() -> None:
    drifting = seen(*(trial(n, us=1000 + n if n < 15 else 3000 + n) for n in range(30)))
    assert drifting.latency_drift(PLAN) == (
        "the time a trial takes changed in mid-run: 0.00101 s in the first half, 0.00302 s in the second (medians)"
    )
    assert drifting.latency_drift(SIMULATED) is None
    assert seen(*(trial(n, us=1000 + n if n < 9 else 3000) for n in range(18))).latency_drift(PLAN) is None
    assert seen(*(trial(n, us=1000 + n) for n in range(40))).latency_drift(PLAN) is None


def test_false_alarms_of_the_pace_are_as_rare_as_they_are_said_to_be() -> None:
    draw, alarms = Random(5), 0
    for _ in range(2000):
        sample = [round(draw.lognormvariate(0, 1) * 1e6) for _ in range(30)]
        alarms += shifted(sample[:15], sample[15:])
    assert alarms <= 8  # 0.001 of 2000 are 2; a Poisson of 2 exceeds 8 once in 4000


def test_what_was_seen_is_a_function_of_the_trials() -> None:
    trials = [trial(n, f"m-{n // 3}", us=n) for n in range(9)]
    assert seen(*trials).state() == seen(*trials).state()
    assert seen(*trials).state() != seen(*trials[:8]).state()


def test_of_many_changes_of_the_model_the_first_are_named() -> None:
    """Four models, each with the trial from which on it answered."""
    said = seen(*(trial(index, f"m-{index}") for index in range(7))).model_drift(PLAN)
    assert said is not None
    assert said.endswith("m-0 from trial 0, m-1 from trial 1, m-2 from trial 2, m-3 from trial 3")
