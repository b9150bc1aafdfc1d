"""The watch over the evidence: it sees outcomes while they are consumed and says what makes them suspicious.

Rule: a warning changes no decision. Each is said just before the run is decided or stops, and becomes a mark; one that later
trials contradict is withdrawn by a mark without a text.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kgents.domain.fact import Finished, Warned
from kgents.domain.outcome import Cause, Fault
from kgents.domain.plan import Layout, Plan
from kgents.engine.compare import duel_of
from kgents.engine.independence import Independence
from kgents.stats import Boundary, Rule, boundary, change, drift
from kgents.stats.analysis import confidence_sequence, credible_interval

FALSE_ALARM = 0.01  # of the test of drift, over all arms together
LEAST_TOLD = 1e-9  # p-values below it are rounding
SLOW = 0.8  # of the time-out
ALL_FAILED = 5  # candidates that fail their tests before it is the tests that are suspected
IDENTICAL = 4  # trials that may have one output by chance


@dataclass(slots=True)
class _Arm:
    """What is suspicious in the trials of one arm."""

    path: bytearray = field(default_factory=bytearray)  # 1 for a success; a run may have ten million
    by_index: dict[int, bool] = field(default_factory=dict)
    outputs: set[str | None] = field(default_factory=set)
    slow: int = 0
    timed_out: int = 0


class Watch:
    """Keeps what the warnings need: the path of every arm, digests of outputs, causes of errors, slow trials."""

    def __init__(self) -> None:
        self._arms: dict[int, _Arm] = {}
        self._causes: Counter[str] = Counter()
        self._on_record: dict[str, str] = {}
        self._independence = Independence()
        self._timeout_us: float | None = None
        self._paired = False
        self._begun: datetime | None = None
        self._went_back = False

    def plan(self, plan: Plan) -> None:
        """What is watched: needed before the first outcome."""
        limit = plan.facts.get("timeout")
        self._timeout_us = None if limit is None else float(limit) * 1e6
        self._paired = plan.layout is Layout.COMPARE
        self._arms = {number: _Arm() for number in range(len(plan.arms))}

    def pass_(self, at: datetime) -> None:
        """Takes the time of day of an entry."""
        self._begun = self._begun or at
        self._went_back = at < self._begun

    def see(self, trial: Finished, success: bool | None) -> None:
        """Takes a consumed outcome."""
        arm = self._arms[trial.arm]
        self._independence.see(trial)
        if success is not None:
            arm.path.append(success)
            if self._paired:
                arm.by_index[trial.index] = success
            if len(arm.outputs) < 2:
                arm.outputs.add(trial.output)
        arm.timed_out += trial.cause is Cause.TIMEOUT
        if self._timeout_us is not None and trial.cause is not Cause.TIMEOUT:
            arm.slow += success is not None and trial.duration_us >= SLOW * self._timeout_us
        if trial.cause is not None and trial.cause.fault is not Fault.PROGRAM:
            self._causes[trial.cause.value] += 1

    def record(self, warning: Warned) -> None:
        """A warning that is on record already."""
        self._on_record[warning.code] = warning.text

    def state(self) -> Hashable:
        """All that was seen."""
        arms = tuple(
            (bytes(arm.path), tuple(arm.by_index.items()), frozenset(arm.outputs), arm.slow, arm.timed_out)
            for arm in self._arms.values()
        )
        return (
            arms,
            tuple(sorted(self._causes.items())),
            tuple(sorted(self._on_record.items())),
            self._independence.state(),
        )

    def warning(self, plan: Plan) -> Warned | None:
        """The next warning that is to be said, or withdrawn (without a text) because it does not hold any more."""
        checks = {
            "identical_outputs": self._identical,
            "all_failed": self._all_failed,
            "one_error_class": self._one_error_class,
            "near_timeout": self._near_timeout,
            "clock_went_back": self._clock_went_back,
            "prior_excluded": self._prior_excluded,
            "drift": self._drift,
            "model_drift": self._independence.model_drift,
            "latency_drift": self._independence.latency_drift,
            "unknown_tokens": self._independence.unknown_tokens,
        }
        for code, check in checks.items():
            text, current = check(plan) or "", self._on_record.get(code, "")
            if text != current:
                return Warned(code, "" if current else text)
        return None

    def _clock_went_back(self, plan: Plan) -> str | None:
        if not self._went_back:
            return None
        return (
            "the clock of this machine was set back: the experiment ends before it began; how long trials took and budgets"
            " of seconds are measured by a clock that is never set"
        )

    def _identical(self, plan: Plan) -> str | None:
        if not plan.facts.get("watch_outputs"):
            return None
        for number, arm in self._arms.items():
            if len(arm.path) >= IDENTICAL and len(arm.outputs) == 1 and not all(arm.path):
                of = _of(plan, number)
                return f"all {len(arm.path)} outputs{of} are identical: does a cache answer? Trials must be independent"
        return None

    def _one_error_class(self, plan: Plan) -> str | None:
        errors = sum(self._causes.values())
        if errors < 3 or len(self._causes) != 1:
            return None
        return f"{errors} trials gave no evidence, all for one reason: {next(iter(self._causes))}"

    def _all_failed(self, plan: Plan) -> str | None:
        trials = sum(len(arm.path) for arm in self._arms.values())
        tested = (plan.oracle or "").startswith("tests")
        if not tested or trials < ALL_FAILED or any(any(arm.path) for arm in self._arms.values()):
            return None
        return f"all {trials} candidates fail the tests: is the oracle broken? Try a solution that is known to be right"

    def _near_timeout(self, plan: Plan) -> str | None:
        slow = sum(arm.slow for arm in self._arms.values())
        trials = sum(len(arm.path) for arm in self._arms.values())
        if self._timeout_us is None or slow < 3 or 20 * slow < trials:
            return None
        cut = sum(arm.timed_out for arm in self._arms.values())
        return (
            f"{slow} of {trials} trials took more than {SLOW:.0%} of the time-out of {self._timeout_us / 1e6:g} s, "
            f"{cut} were cut off by it: is it too short? (--timeout)"
        )

    def _prior_excluded(self, plan: Plan) -> str | None:
        """Only a prior that says more than the uniform one can be in the way."""
        prior, level = plan.design.prior, plan.design.confidence
        if plan.layout is not Layout.INDEPENDENT or prior.a + prior.b <= 2:
            return None
        believed = credible_interval(prior, 0, 0, level)
        for number, arm in self._arms.items():
            seen = confidence_sequence(len(arm.path), sum(arm.path), level)
            if seen.high < believed.low or seen.low > believed.high:
                return (
                    f"the prior Beta({prior.a:g}, {prior.b:g}) puts the rate{_of(plan, number)} between "
                    f"{believed.low:.3f} and {believed.high:.3f}, the trials between {seen.low:.3f} and "
                    f"{seen.high:.3f} ({level:.0%} each): the prior is excluded; --prior uniform is safe"
                )
        return None

    def _drift(self, plan: Plan) -> str | None:
        for name, path, p_value in self._tested(plan):
            if p_value is not None:
                first, second = _halves(path)
                return (
                    f"the rate{name} seems to change during the run: {first} in the first half, {second} in the second; "
                    f"{p_value} for one and the same rate (said in at most {FALSE_ALARM:.0%} of runs that do not drift)"
                )
        return None

    def _tested(self, plan: Plan) -> Iterator[tuple[str, Sequence[int], str | None]]:
        """(of what, the sequence, how unlikely it is) of all that is looked at; None where it is likely enough.

        Tasks of a suite are drawn without replacement: exchangeable, but not of one rate, which the e-value needs.
        """
        rule = self._one_rule(plan)
        if plan.layout is Layout.COMPARE and rule is not None:
            first, second = (arm.by_index for arm in self._arms.values())
            pairs = [(first[index], second[index]) for index in sorted(first.keys() & second.keys())]
            wins = [a for a, b in pairs if a != b]
            yield f" at which {plan.arms[0]} wins where the two differ", wins, _unlikely(rule, wins, 1)
        elif rule is not None or (plan.layout is not Layout.BLOCKS and "suite" not in plan.facts):
            for number, arm in self._arms.items():
                if rule is not None:
                    text = _unlikely(rule, arm.path, len(self._arms))
                else:
                    text = _changed(arm.path, plan.design.max_trials, len(self._arms))
                yield _of(plan, number), arm.path, text

    def _one_rule(self, plan: Plan) -> Callable[[], Boundary | None] | None:
        """What alone stops each sequence; None where more than that does, and its order is not exchangeable."""
        if {"harmless", "allocation", "claim"} & plan.facts.keys():
            return None
        match plan.layout:
            case Layout.INDEPENDENT:
                return lambda: None if plan.design.rule is Rule.FIXED else boundary(plan.arm_design)
            case Layout.COMPARE if len(self._arms) == 2 and plan.design.margin is None:
                return lambda: duel_of(plan.design, 2).boundary
            case _:  # blocks are stopped by e-values
                return None


def _unlikely(rule: Callable[[], Boundary | None], path: Sequence[int], share: int) -> str | None:
    p_value = drift(rule(), path)
    told = f"p = {p_value:.2g}" if p_value >= LEAST_TOLD else f"p < {LEAST_TOLD:g}"
    return f"{told}, exact," if p_value <= FALSE_ALARM / share else None


def _changed(path: Sequence[int], cap: int | None, share: int) -> str | None:
    """By an e-value, which is less sensitive than an exact test, and valid whatever stopped the sequence."""
    log = change(path, cap)
    return f"e = {math.exp(min(log, 700)):.2g}" if log >= math.log(share / FALSE_ALARM) else None


def _of(plan: Plan, number: int) -> str:
    return f" of {plan.arms[number]}" if len(plan.arms) > 1 else ""


def _halves(path: Sequence[int]) -> tuple[str, str]:
    middle = len(path) // 2
    return f"{sum(path[:middle])} of {middle}", f"{sum(path[middle:])} of {len(path) - middle}"
