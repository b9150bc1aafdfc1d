"""The score of a trial, read from what a command wrote to its standard output.

Rule: a score that cannot be read, or is outside its range, is an error of the trial and says so: it is not evidence.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NotRequired, TypedDict

from kgents.domain.plan import DecidedBy, Layout
from kgents.domain.words import number as counted
from kgents.engine import score_pairs
from kgents.engine.scores import rule_digest
from kgents.errors import UsageError
from kgents.kinds.kind import Request

RESOLUTION = 1_000_000  # steps of the range: what scores are rounded to
LAST_LINE, JSON, TESTS = "last-line", "json:", "tests"  # TESTS: of candidates, the share of their tests that pass


class ScoresData(TypedDict, total=False):
    """Of an experiment about a mean, in the units of the scores; empty before the first."""

    trials: float
    mean: float
    low: float
    high: float
    each_side: float


class ScoreDifferenceData(TypedDict):
    """Of a comparison of scores, in their units."""

    pairs: int
    mean_of_first: float | None
    mean_of_second: float | None
    mean: float
    low: float
    high: float
    each_side: float
    margin: NotRequired[float]


class NamedDifferenceData(ScoreDifferenceData):
    """Of two of several arms, by name; `verdict`: the better arm's name, a word, or None while it is open."""

    a: str
    b: str
    verdict: str | None


class ScoresEvidence(TypedDict, total=False):
    """Of `evidence`: the scores of one arm, of two, or of every two of several."""

    scores: ScoresData
    score_difference: ScoreDifferenceData
    score_differences: list[NamedDifferenceData]


@dataclass(frozen=True, slots=True)
class ScoreReader:
    """Where the score stands (`last-line`, or `json:KEY`, KEY with dots for what is inside), and its range."""

    source: str
    low: float
    high: float

    def read(self, output: str) -> int:
        """The score as an integer of 0 … RESOLUTION. ValueError with what is wrong in words."""
        value = _of_json(output, self.source[len(JSON) :]) if self.source.startswith(JSON) else _of_line(output)
        if not self.low <= value <= self.high:
            raise ValueError(f"the score {value:g} is outside {self.low:g} … {self.high:g} (--score-range)")
        return round((value - self.low) / (self.high - self.low) * RESOLUTION)


def reader_of(source: str, asked: str) -> ScoreReader:
    """From --score and --score-range as typed; UsageError for what they are not."""
    if source != LAST_LINE and not (source.startswith(JSON) and len(source) > len(JSON)):
        raise UsageError(f"--score {source}: last-line, or json:KEY", "--score last-line")
    try:
        low, high = (float(part) for part in asked.split(","))
    except ValueError:
        raise UsageError(f"--score-range {asked}: two numbers, LOW,HIGH", "--score-range 0,1") from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise UsageError(f"--score-range {asked}: LOW is below HIGH, both finite", "--score-range 0,1")
    return ScoreReader(source, low, high)


def _of_line(output: str) -> float:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if not lines:
        raise ValueError("no score: nothing was written to standard output")
    return _number(lines[-1], f"the last line {lines[-1][:80]!r}")


def _of_json(output: str, key: str) -> float:
    """Of the last line that is a JSON object, or of the whole output."""
    for text in [*reversed(output.split("\n")), output]:
        try:
            value: Any = json.loads(text)
        except ValueError:
            continue
        if isinstance(value, dict):
            for part in key.split("."):
                if not isinstance(value, dict) or part not in value:
                    raise ValueError(f"no score: the JSON object has no {key!r}")
                value = value[part]
            return _number(value, f"{key!r}")
    raise ValueError("no score: no line is a JSON object")


def _number(value: Any, where: str) -> float:
    try:
        number = float(value) if isinstance(value, (str, int, float)) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise ValueError(f"no score: {where} is no number")
    return number


def decided_by_mean(request: Request, low: str, high: str) -> Request:
    """The request, decided by the mean of scores from `low` to `high`: by betting, which needs no prior and no law of them."""
    scale = [low, high, RESOLUTION]
    facts = {**request.facts, "scale": scale}
    return replace(
        request,
        facts=facts,
        decider=DecidedBy.SCORES,
        layout=Layout.BLOCKS,
        boundary_digest=rule_digest(request.design, scale),
    )


def decided_by_pairs(request: Request, low: str, high: str, claim: str | None) -> Request:
    """The request, its arms compared by their scores from `low` to `high`: pair by pair, by betting on the differences."""
    scale = [low, high, RESOLUTION]
    facts = {
        **request.facts,
        "scale": scale,
        **({} if claim is None else {"claim": claim}),
    }
    digest = score_pairs.rule_digest(request.design, scale, claim)
    return replace(request, facts=facts, decider=DecidedBy.SCORE_PAIRS, layout=Layout.BLOCKS, boundary_digest=digest)


def rows_of_scores(evidence: ScoresEvidence) -> Sequence[tuple[str, str]]:
    """The mean score and its limits, where scores were asked for."""
    scores, difference = evidence.get("scores"), evidence.get("score_difference")
    if "score_differences" in evidence:
        return [_row(told) for told in evidence["score_differences"] if told["pairs"]]
    if difference is not None and difference["pairs"]:
        limits = _limits(difference)
        means = (
            f"{difference['mean_of_first']:.6g} and {difference['mean_of_second']:.6g} of {difference['pairs']} pairs"
        )
        return (
            ("mean scores", means),
            ("difference", f"{difference['mean']:.6g}   the first less the second"),
            ("interval", f"{limits} valid at every look"),
        )
    if scores is None or not scores["trials"]:
        return ()
    limits = (
        f"{scores['low']:.6g} … {scores['high']:.6g}   (each side {100 * scores['each_side']:g} %) valid at every look"
    )
    return (("mean score", f"{scores['mean']:.6g}"), ("interval", limits))


def _row(told: NamedDifferenceData) -> tuple[str, str]:
    """Two of several arms: the mean difference, its limits, and the verdict."""
    verdict = f": {told['verdict']}" if told["verdict"] else ""
    pairs = f"{told['mean']:.6g} in {counted(told['pairs'], 'pair')}"
    return f"{told['a']} − {told['b']}", f"{pairs}   {_limits(told)} valid at every look{verdict}"


def _limits(difference: ScoreDifferenceData) -> str:
    return f"{difference['low']:.6g} … {difference['high']:.6g}   (each side {100 * difference['each_side']:g} %)"
