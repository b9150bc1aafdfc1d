"""What failed, how often and why, and how long trials took: the figures that need every trial.

Rule: one pass over the trials in constant memory; an example of each cause is the error of its first trial.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from kgents.domain.outcome import Cause
from kgents.domain.plan import Errors
from kgents.domain.ports import Trial
from kgents.domain.prefix import counted
from kgents.domain.summary import Summary
from kgents.harness.signs import remedy, with_remedy
from kgents.report.document_types import CauseData, DurationData, FailureData, FigureData


@dataclass(slots=True)
class _Group:
    """Trials of one cause."""

    example: str | None
    trials: int = 0
    counted: int = 0


@dataclass(slots=True)
class Figures:
    """Sums over trials: by cause, and of durations in seconds (mean, sum of squares about it, largest)."""

    errors: Errors = Errors.EXCLUDE
    trials: int = 0
    mean: float = 0.0
    squares: float = 0.0
    slowest: float = 0.0
    answers: int = 0
    groups: dict[Cause, _Group] = field(default_factory=dict)

    def add(self, row: Trial) -> None:
        """Counts a trial."""
        seconds = row.duration_us / 1e6
        self.trials += 1
        gap = seconds - self.mean
        self.mean += gap / self.trials
        self.squares += gap * (seconds - self.mean)
        self.slowest = max(self.slowest, seconds)
        self.answers += row.usage.calls > 0 and (row.success is not None or row.usage.output_tokens > 0)
        if row.cause is not None:
            group = self.groups.setdefault(row.cause, _Group(row.error))
            group.trials += 1
            group.counted += counted(row.success, row.cause, self.errors) is not None

    def evidence(self) -> FigureData:
        """`causes` (most frequent first), `duration_seconds` and `answers` of the JSON document."""
        ordered = sorted(self.groups.items(), key=lambda pair: (-pair[1].trials, pair[0].value))
        spread = math.sqrt(self.squares / (self.trials - 1)) if self.trials > 1 else None
        duration: DurationData | None = None
        if self.trials:
            duration = {"mean": self.mean, "sd": spread, "slowest": self.slowest}
        causes = [_cause(cause, group) for cause, group in ordered]
        return {"causes": causes, "duration_seconds": duration, "answers": self.answers}


def _cause(cause: Cause, group: _Group) -> CauseData:
    return {
        "cause": cause.value,
        "trials": group.trials,
        "counted": group.counted,
        "example": group.example,
        "hint": remedy(cause, group.example or "") or None,
    }


def failure(summary: Summary, causes: Sequence[CauseData]) -> FailureData | None:
    """Why a run failed: `error` of the JSON document; None where it did not. `causes`: why its trials did not succeed."""
    stop = summary.stop
    if stop is None or stop.reason.value not in ("errors", "fatal"):
        return None
    cause = _behind(stop.text, causes)
    message = stop.text if cause is None else with_remedy(cause, stop.text)
    hint = None if cause is None else remedy(cause, stop.text) or None
    return {"kind": stop.reason.value if cause is None else cause.value, "message": message, "hint": hint}


def _behind(text: str, causes: Sequence[CauseData]) -> Cause | None:
    """The cause of a stop: that of the trials whose error the text quotes, else the most frequent that is not counted."""
    rows = [row for row in causes if row["counted"] < row["trials"]]
    quoted = [row for row in rows if row["example"] and row["example"] in text]
    first = next(iter(quoted or rows), None)
    return None if first is None else Cause(first["cause"])
