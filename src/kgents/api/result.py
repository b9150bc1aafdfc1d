"""What an experiment came to, as a value of Python; whatever is not a number comes from the record when it is asked for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgents.api.recorded import Source, framed, report, written
from kgents.domain.outcome import Usage
from kgents.errors import UsageError

if TYPE_CHECKING:
    from kgents.domain.ports import Store
    from kgents.domain.summary import Summary

Document = Mapping[str, Any]
SHOWN_CHARACTERS = 2000  # of the first failure, in the message of expect()


class NotSupported(AssertionError):
    """`Result.expect()` of an experiment whose verdict is not SUPPORTED; `result` is what it came to."""

    def __init__(self, message: str, result: "Result") -> None:
        super().__init__(message)
        self.result = result


@dataclass(frozen=True, slots=True)
class Result:
    """What an experiment came to.

    verdict     "supported", "refuted", "inconclusive", "estimate", or None where it was stopped before one
    status      "completed", "interrupted", "stopped" or "failed"
    sentence    what a person should read
    successes   of the trials that count; `trials` is how many those are
    low, high   interval of the rate that agrees with the verdict: each end errs by 1 − confidence at most, exact for the
                design; without a verdict at `confidence`, while undecided valid at every look; None where there is none
    usage       what all trials consumed; `cost_usd` None where a price is unknown
    warnings    one text each
    best        name of the arm that won a comparison; None elsewhere and where none did
    arms        per arm: name, counts, rate; `pairs` per two arms of a comparison: who won how often
    """

    id: str
    name: str | None
    verdict: str | None
    status: str
    sentence: str
    successes: int
    trials: int
    target: float | None
    confidence: float
    low: float | None
    high: float | None
    usage: Usage
    warnings: tuple[str, ...]
    best: str | None = None
    arms: tuple[Document, ...] = field(default=(), repr=False)
    pairs: tuple[Document, ...] = field(default=(), repr=False)
    evidence: Document = field(default_factory=dict, repr=False)
    _source: Source = field(default=Source(None), repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Result {self.id}: {self.sentence}>"

    def __bool__(self) -> bool:
        """TypeError: inconclusive is neither true nor false."""
        raise TypeError(
            "a Result is neither true nor false: ask result.supported or result.refuted, or result.expect()"
        )

    @property
    def supported(self) -> bool:
        """Whether the rate was shown to be above the target (of a comparison: whether it was decided)."""
        return self.verdict == "supported"

    @property
    def refuted(self) -> bool:
        """Whether the rate was shown not to be above the target."""
        return self.verdict == "refuted"

    @property
    def rate(self) -> float | None:
        """Successes over trials; None before the first trial that counts."""
        return self.successes / self.trials if self.trials else None

    @property
    def mean(self) -> float | None:
        """The mean of the scores, or of a comparison the mean difference, where scores were asked for.

        `low` and `high` are its limits then, valid at every look; a difference is that of the first function less the second.
        """
        scores: Document = self.evidence.get("scores") or self.evidence.get("score_difference") or {}
        return scores.get("mean")

    def expect(self) -> "Result":
        """This result where it is supported; NotSupported, an AssertionError with sentence and first failure, elsewhere."""
        if self.supported:
            return self
        failures = self.failures()
        first = f"\n\nfirst failure, {_failure(failures[0])}" if failures else ""
        raise NotSupported(f"{self.sentence}\nkg experiment show {self.id} --trials{first}", self)

    def failures(self) -> list[dict[str, Any]]:
        """The trials that count and failed, in order, as `to_dict()["trials"]` has them."""
        return [row for row in self.to_dict()["trials"] if row["counted"] and not row["success"]]

    def to_json(self) -> str:
        """The JSON document: what `kg experiment show ID --json` prints, byte for byte."""
        return written(self._source, self.id, ".json")

    def to_dict(self) -> dict[str, Any]:
        """The JSON document as data."""
        loaded: dict[str, Any] = json.loads(self.to_json())
        return loaded

    def to_pandas(self) -> Any:
        """A data frame, one row a trial. UsageError where pandas is not installed."""
        return frame(self.to_dict()["trials"])

    def report(self, path: str | Path) -> Path:
        """Writes a file whose suffix names the format: .html .md .csv .json .jsonl .junit.xml. UsageError for others."""
        if not isinstance(path, str | Path):
            raise UsageError(f"path = {path!r}: the name of a file is needed", 'such as report("x.html")')
        return report(self._source, self.id, Path(path))

    def _repr_html_(self) -> str:
        """For notebooks: the page of the experiment in a frame that runs nothing."""
        return framed(self._source, self.id)


def frame(rows: list[dict[str, Any]]) -> Any:
    """A data frame of pandas, which is imported here and nowhere else. UsageError where it is not installed."""
    try:
        import pandas as pd
    except ImportError as wrong:
        raise UsageError("to_pandas() needs pandas, which is not installed", "pip install pandas") from wrong
    return pd.DataFrame(rows)


def _failure(row: Document) -> str:
    arm = f"{row['arm']} " if row["arm"] else ""
    told = row["metadata"].get("traceback") or row["error"] or row["cause"]
    return f"{arm}trial {row['index']} (seed {row['seed']}):\n{str(told).rstrip()[-SHOWN_CHARACTERS:]}"


async def result_of(store: "Store", summary: "Summary", source: Source) -> Result:
    """The result of an experiment as its record stands."""
    from kgents.kinds.config import config_of
    from kgents.report.completing import complete
    from kgents.report.sentence import sentence

    document = await complete(store, summary, await config_of(store, summary.plan))
    evidence, design = document["evidence"], summary.plan.design
    trials, successes = summary.counts
    intervals = (
        evidence.get("scores"),
        evidence.get("score_difference"),
        evidence.get("interval"),
        evidence.get("confidence_interval"),
        evidence.get("confidence_sequence"),
    )
    interval = next(filter(None, intervals), None)
    winners = [arm["name"] for arm in document["arms"] if arm.get("status") == "best"]
    return Result(
        id=summary.plan.experiment,
        name=summary.plan.name,
        verdict=summary.verdict and summary.verdict.value,
        status=summary.status.value,
        sentence=sentence(summary, evidence),
        successes=successes,
        trials=trials,
        target=target_of(summary),
        confidence=design.confidence,
        low=None if interval is None else interval.get("low"),
        high=None if interval is None else interval.get("high"),
        usage=summary.usage,
        warnings=tuple(warning.text for warning in summary.warnings),
        best=winners[0] if winners else None,
        arms=tuple(document["arms"]),
        pairs=tuple(evidence.get("pairs", ())),
        evidence=evidence,
        _source=source,
    )


def target_of(summary: "Summary") -> float | None:
    """The target as it was asked for: of scores in their units, else a rate."""
    target, scale = summary.plan.design.target, summary.plan.facts.get("scale")
    if target is None or scale is None:
        return target
    if len(summary.plan.arms) > 1:  # a comparison has none
        return None
    low, high = float(scale[0]), float(scale[1])
    return round(low + target * (high - low), 12)
