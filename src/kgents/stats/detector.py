"""Has a rate, or a mean score, fallen below a limit: a monitor that never ends, with a bound on how often it cries wolf.

For every start j and every rate q below the limit m there is a gambler who bets from trial j on that the rate is q: trial x
multiplies what he has by (1 − q)/(1 − m) + x (q/m − (1 − q)/(1 − m)), which is the likelihood ratio where x is 0 or 1, never
negative for x in [0, 1], and in expectation at most 1 while the mean of x, given all before, is at least m. The sum over all
starts, averaged over a grid of q, is an e-detector [1] of Shiryaev and Roberts' kind [2]: at any stopping time N its expectation
is at most that of N, because each trial adds one gambler with one unit. It is at least A when an alarm is raised, so that
without a fall the average run length to an alarm is at least A, whatever the law of the trials.

What can be reached: no monitor of that average run length has, in the worst case, a delay of fewer than about log A / kl(q, m)
trials after a fall from m to q, as A grows [3].

References
[1] Shin, Ramdas & Rinaldo 2024, E-detectors: a nonparametric framework for sequential change detection, NEJSDS 2(2).
[2] Shiryaev 1963; Roberts 1966.
[3] Lorden 1971, Procedures for reacting to a change in distribution, Ann. Math. Statist. 42.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

STEPS = (0.3, 0.5, 0.8, 1.2, 1.8, 2.7, 4.0)  # by how much the log odds fall, of the gamblers


@dataclass(slots=True)
class FallDetector:
    """Trials come one by one, each a number in [0, 1].

    limit               in (0, 1): without a fall the mean of each trial, given those before, is at least this
    average_run_length  above 1: without a fall an alarm comes after so many trials on average, at least
    trials              how many came
    alarm               after how many the alarm was raised; None while there is none. What comes later changes nothing
    """

    limit: float
    average_run_length: float
    trials: int = 0
    alarm: int | None = None
    _sums: list[float] = field(default_factory=lambda: [0.0] * len(STEPS))
    _path: list[float] = field(default_factory=list)
    _ends: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.limit < 1 or not self.average_run_length > 1:
            raise ValueError(f"limit {self.limit}, average run length {self.average_run_length}")
        self._ends = tuple(_ends(self.limit, step) for step in STEPS)

    @property
    def value(self) -> float:
        """What all gamblers together have now; an alarm is raised at the average run length."""
        return math.fsum(self._sums) / len(STEPS)

    def add(self, x: float) -> None:
        """Takes the next trial. ValueError where it is outside [0, 1]."""
        if not 0 <= x <= 1:
            raise ValueError(f"{x} is not from 0 to 1")
        if self.alarm is not None:
            return
        self.trials += 1
        self._path.append(x)
        self._sums = [(had + 1) * factor for had, factor in zip(self._sums, self._factors(x), strict=True)]
        if self.value >= self.average_run_length:
            self.alarm = self.trials

    def since(self) -> int | None:
        """The trial, counted from 1, from which on a fall explains best what came up to the alarm; None without one.

        An estimate: that of the start whose gamblers have most.
        """
        if self.alarm is None:
            return None
        best, start, logs = -math.inf, self.alarm, [0.0] * len(STEPS)
        for since in range(self.alarm, 0, -1):
            gains = self._factors(self._path[since - 1])
            logs = [log + _log(gain) for log, gain in zip(logs, gains, strict=True)]
            if (have := _log_mean(logs)) > best:
                best, start = have, since
        return start

    def _factors(self, x: float) -> list[float]:
        return [none + x * (every - none) for none, every in self._ends]


def _ends(limit: float, step: float) -> tuple[float, float]:
    """By how much a failure and a success multiply what a gambler has."""
    odds = limit / (1 - limit) * math.exp(-step)
    rate = odds / (1 + odds)
    return (1 - rate) / (1 - limit), rate / limit


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _log_mean(logs: Sequence[float]) -> float:
    largest = max(logs)
    return largest + math.log(math.fsum(math.exp(log - largest) for log in logs) / len(logs))
