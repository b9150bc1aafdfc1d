"""What is to be expected of the rest of a run: exact, from the plan, and so not always cheap.

Rule: working it out takes at most a twentieth of the time that passes; until then what was worked out last is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from kgents.domain.decision_detail import ScorePairStanding, ScoreStanding
from kgents.domain.plan import Layout, Plan
from kgents.engine.decider import Decider
from kgents.engine.run import Run
from kgents.engine.score_pairs import ScorePairs
from kgents.engine.scores import Scores
from kgents.report.live.board import Clock
from kgents.stats import Boundary, Rule, ShownInterval, Side, boundary, outlook, shown_interval

SHARE = 20  # after the numbers were worked out, so many times as long passes before they are worked out again
MOST_STEPS = 10_000  # trials in a row that are looked ahead
DESIGN_ARMS = 50  # with more arms than this the expected trials are not worked out


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is ahead of a run in one state.

    interval     of the rate, of one arm; None where arms do not have one rate
    expected     trials that are still expected; None where the design says nothing about them
    soon         the probability that at most ten more are needed, of one arm
    supported    after so many successes in a row; None: never
    refuted      after so many failures in a row; None: never
    score        the mean score of one arm, and its limits
    scores       of every two arms the mean scores of their pairs, the difference and its limits
    """

    interval: ShownInterval | None = None
    expected: float | None = None
    soon: float | None = None
    supported: int | None = None
    refuted: int | None = None
    score: ScoreStanding | None = None
    scores: Sequence[ScorePairStanding] = ()


class Forecaster:
    """Works forecasts out, as often as that is cheap."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = 0.0
        self._state: tuple[tuple[int, int], ...] | None = None
        self._last = Forecast()

    def of(self, run: Run | None) -> Forecast:
        """The forecast for a run, or the one before it; of a run that has not begun nothing is known."""
        if run is None:
            return self._last
        state = tuple((tally.trials, tally.successes) for tally in run.counted.tallies)
        now = self._clock()
        if state != self._state and now >= self._next:
            self._last, self._state = _with_scores(forecast(run.plan, state), run.decider), state
            self._next = self._clock() + SHARE * (self._clock() - now)
        return self._last


def _with_scores(ahead: Forecast, decider: Decider) -> Forecast:
    """The forecast, with where the mean scores stand, if they decide."""
    if isinstance(decider, ScorePairs):
        return replace(ahead, scores=decider.standing())
    return replace(ahead, score=decider.standing()) if isinstance(decider, Scores) else ahead


def forecast(plan: Plan, state: tuple[tuple[int, int], ...]) -> Forecast:
    """What is ahead, from the counted (trials, successes) of every arm."""
    design = plan.arm_design
    if plan.layout is not Layout.INDEPENDENT or "allowances" in plan.facts or "harmless" in plan.facts:
        return Forecast()
    if len(state) > 1:
        few = len(state) <= DESIGN_ARMS and design.max_trials is not None
        ahead = (outlook(design, n, s).expected_trials_left for n, s in state if _is_open(plan, n, s)) if few else ()
        return Forecast(expected=sum(ahead) if few else None)
    ((n, s),) = state
    interval = shown_interval(design, n, s, stopped=False) if n else None
    supported, refuted = _runs(boundary(design), n, s) if design.rule is not Rule.FIXED else (None, None)
    if design.max_trials is None:
        return Forecast(interval, supported=supported, refuted=refuted)
    rest = outlook(design, n, s)
    return Forecast(interval, rest.expected_trials_left, rest.done_within_ten, supported, refuted)


def _is_open(plan: Plan, n: int, s: int) -> bool:
    return plan.design.rule is Rule.FIXED or boundary(plan.arm_design).decide(n, s) is None


def _runs(limits: Boundary, n: int, s: int) -> tuple[int | None, int | None]:
    """How many successes in a row would support, and how many failures in a row would refute, from this state."""
    return _steps(limits, n, s, 1, Side.SUPPORTED), _steps(limits, n, s, 0, Side.REFUTED)


def _steps(limits: Boundary, n: int, s: int, gain: int, side: Side) -> int | None:
    for step in count():
        if step > MOST_STEPS or (limits.max_trials is not None and n + step > limits.max_trials):
            return None
        verdict = limits.decide(n + step, s + gain * step)
        if verdict is not None:
            return step if verdict is side else None
    return None
