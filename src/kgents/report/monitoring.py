"""The trials of a series as one sequence: whether their rate has fallen, and since when (`kg experiment monitor`).

Rule: the order is that in which the experiments were begun, and in each that in which its trials were launched; of each the
trials that count. What ended an experiment is of no account: a bet on a trial depends on those before it alone.
"""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from kgents.domain.plan import DecidedBy, Layout
from kgents.domain.ports import Store
from kgents.domain.prefix import counted
from kgents.domain.summary import Summary
from kgents.domain.words import number
from kgents.errors import UsageError
from kgents.stats import FallDetector


@dataclass(frozen=True, slots=True)
class Moment:
    """A trial of the sequence, counted from 1, and the experiment that it belongs to."""

    trial: int
    experiment: str
    begun: str


@dataclass(frozen=True, slots=True)
class Monitored:
    """What the monitor came to.

    rate     what the rate, or the mean score, was at least
    value    of the detector after the last trial, or at the alarm
    alarm    when it was raised; None: it was not
    since    since when the rate seems to have fallen: an estimate
    """

    rate: float
    run_length: float
    experiments: int
    trials: int
    value: float
    alarm: Moment | None
    since: Moment | None

    def to_json(self) -> str:
        """The JSON document."""
        names = ("trial", "experiment", "begun")
        moments = {
            name: moment and {field: getattr(moment, field) for field in names}
            for name, moment in (("alarm", self.alarm), ("since", self.since))
        }
        numbers = {name: getattr(self, name) for name in ("rate", "run_length", "experiments", "trials", "value")}
        return json.dumps({**numbers, **moments}, indent=2) + "\n"

    def to_text(self) -> str:
        """For people."""
        seen = f"{number(self.trials, 'trial')} of {number(self.experiments, 'experiment')}"
        promise = f"without a fall an alarm comes after {self.run_length:g} trials on average, at least"
        if self.alarm is None or self.since is None:
            return (
                f"no sign of a fall below {self.rate:g} in {seen}: {self.value:.3g} of {self.run_length:g}; {promise}\n"
            )
        return (
            f"the rate seems to have fallen below {self.rate:g} since about trial {self.since.trial} "
            f"({self.since.experiment}, begun {self.since.begun})\n"
            f"alarm at trial {self.alarm.trial} ({self.alarm.experiment}), in {seen}; {promise}\n"
        )


def has_one_rate(summary: Summary) -> bool:
    """Whether its trials are draws of one arm, with success or score, and no tasks of a suite."""
    plan = summary.plan
    scored = plan.decider is DecidedBy.SCORES
    return len(plan.arms) == 1 and "suite" not in plan.facts and (scored or plan.layout is Layout.INDEPENDENT)


async def monitored(store: Store, summaries: Sequence[Summary], rate: float | None, run_length: float) -> Monitored:
    """Watches the trials of experiments, oldest first. UsageError where their limit is not said, or not of all."""
    limit, low, high = _limit(summaries, rate)
    if not low < limit < high:
        raise UsageError(f"--rate {limit:g}: between {low:g} and {high:g}, both excluded", "such as --rate 0.9")
    detector = FallDetector((limit - low) / (high - low), run_length)
    moments: list[Moment] = []
    for summary in summaries:
        begun = summary.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
        async for x in _outcomes(store, summary):
            detector.add(x)
            moments.append(Moment(len(moments) + 1, summary.plan.experiment, begun))
    start = detector.since()
    return Monitored(
        limit, run_length, len(summaries), len(moments), detector.value,
        None if detector.alarm is None else moments[detector.alarm - 1], None if start is None else moments[start - 1],
    )  # fmt: skip


def _limit(summaries: Sequence[Summary], rate: float | None) -> tuple[float, float, float]:
    """(what the rate was at least, the range of the outcomes), in the units of the scores."""
    scales = {_scale(summary) for summary in summaries}
    if len(scales) > 1:
        raise UsageError(
            "rates and scores, or scores of different ranges, are no one sequence", "another series or tag"
        )
    ((low, high, _),) = scales
    if rate is not None:
        return rate, low, high
    targets = {summary.plan.design.target for summary in summaries}
    target = targets.pop() if len(targets) == 1 else None
    if target is None:
        raise UsageError("these experiments have no target in common", "say what the rate was at least: --rate 0.9")
    return low + target * (high - low), low, high


def _scale(summary: Summary) -> tuple[float, float, int]:
    """Least and largest outcome, and the resolution between them; 0: it is a success or none."""
    low, high, resolution = summary.plan.facts.get("scale", (0, 1, 0))
    return float(low), float(high), int(resolution)


async def _outcomes(store: Store, summary: Summary) -> AsyncIterator[float]:
    """What counts of an experiment, as shares of the range, in order."""
    _, _, resolution = _scale(summary)
    left = summary.counts[0]
    async for trial in store.trials(summary.plan.experiment, texts=False):
        success = counted(trial.success, trial.cause, summary.plan.errors)
        if success is None or not left:
            continue
        left -= 1
        yield (trial.score[0] / resolution if trial.score else 0.0) if resolution else float(success)
