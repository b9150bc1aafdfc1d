"""Which decisions of a history stand together: `history --fdr`.

Every experiment that asked whether a rate is above its target leaves two e-values, of "it is not" and of "it is not below",
at whatever moment it ended. "Supported" decisions and "refuted" ones are two series, each with the whole false discovery
rate; an experiment takes its place in both when it is begun, whatever becomes of it.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from kgents.domain.fact import Verdict
from kgents.domain.plan import Layout
from kgents.domain.ports import Query, Store
from kgents.domain.summary import Summary
from kgents.domain.words import percent
from kgents.stats import Stand, e_lond, log_rate_above, log_rate_below

_HEAD = f"{'id':<20}  {'created':<16}  {'result':<12}  {'trials':>11}  {'e-value':>9}  {'needs':>9}  stands"
LARGEST = 1e9  # e-values above it are said so


@dataclass(frozen=True, slots=True)
class Claim:
    """An experiment in a series. log_e: of its own verdict, or of the likelier one where it has none."""

    summary: Summary
    log_e: float
    stand: Stand

    @property
    def decided(self) -> bool:
        """Whether it has a verdict that stands or falls."""
        return self.summary.verdict in (Verdict.SUPPORTED, Verdict.REFUTED)


def log_e_values(summary: Summary) -> tuple[float, float] | None:
    """The logarithms of the e-values of "no arm is above the target, or not all" and of "all are above"; None without a
    target, and where trials are no independent draws of one rate (tasks without replacement, blocks, comparisons)."""
    plan = summary.plan
    target = plan.design.target
    drawn = "suite" in plan.facts and len(plan.arms) == 1
    if target is None or plan.layout is not Layout.INDEPENDENT or drawn:
        return None
    tallies = (
        summary.decision.counts
        if summary.decision is not None
        else [(tally.trials, tally.successes) for tally in summary.counted.tallies]
    )
    above = min(log_rate_above(n, s, target) for n, s in tallies)
    below = [log_rate_below(n, s, target) for n, s in tallies]
    top = max(below)
    return above, top + math.log(math.fsum(math.exp(log - top) for log in below) / len(below))


def claims(summaries: Sequence[Summary], alpha: float) -> list[Claim]:
    """Those that have e-values, in the order in which they were begun."""
    known = [(summary, logs) for summary in summaries if (logs := log_e_values(summary)) is not None]
    supported = e_lond([logs[0] for _, logs in known], alpha)
    refuted = e_lond([logs[1] for _, logs in known], alpha)
    series = []
    for (summary, (above, below)), up, down in zip(known, supported, refuted, strict=True):
        on_top = summary.verdict is Verdict.SUPPORTED or (summary.verdict is not Verdict.REFUTED and above >= below)
        series.append(Claim(summary, above if on_top else below, up if on_top else down))
    return series


async def standing(store: Store, query: Query, alpha: float, shown: int | None, stream: TextIO, as_json: bool) -> None:
    """Writes the series, newest first, `shown` of it at most; all experiments of the query take part."""
    summaries = [summary async for summary in store.history(query)]
    series = claims(summaries[::-1], alpha)
    newest = series[::-1][:shown]
    if as_json:
        stream.write(json.dumps([_data(claim) for claim in newest], indent=2) + "\n")
        return
    stream.write("\n".join([_HEAD, *map(_line, newest)]) + "\n" if newest else "no experiment has a target\n")
    stream.write(stand_together(series, len(summaries), alpha) + "\n")


def stand_together(series: Sequence[Claim], whole: int, alpha: float) -> str:
    """How many verdicts of a series stand; `whole`: how many experiments it has, with those without e-values."""
    decided = [claim for claim in series if claim.decided]
    stand = sum(claim.stand.rejected for claim in decided)
    apart = whole - len(series)
    return (
        f"{stand} of {len(decided)} verdicts stand together: of those called supported, and of those called refuted, at most "
        f"{percent(alpha)} are expected to be wrong (e-LOND over {len(series)} experiments"
        + (f"; {apart} have no e-value)" if apart else ")")
    )


def evidence_words(claim: Claim) -> tuple[str, str, str]:
    """(e-value, the one that it needs, whether its verdict stands) in words."""
    stands = "-" if not claim.decided else "yes" if claim.stand.rejected else "no"
    return _number(math.exp(min(claim.log_e, 700.0))), _number(1 / claim.stand.level), stands


def _data(claim: Claim) -> dict[str, object]:
    plan = claim.summary.plan
    return {
        "id": plan.experiment,
        "name": plan.name,
        "created_at": claim.summary.created_at.isoformat(),
        "verdict": claim.summary.verdict and claim.summary.verdict.value,
        "target": plan.design.target,
        "log_e_value": claim.log_e,
        "level": claim.stand.level,
        "stands": claim.stand.rejected and claim.decided,
    }


def _line(claim: Claim) -> str:
    summary = claim.summary
    trials, successes = summary.counts
    tally = f"{successes} of {trials}"
    created = summary.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    result = summary.verdict or summary.status
    e_value, needs, word = evidence_words(claim)
    return f"{summary.plan.experiment:<20}  {created}  {result:<12}  {tally:>11}  {e_value:>9}  {needs:>9}  {word}"


def _number(value: float) -> str:
    if value > LARGEST:
        return "above 1e9"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
