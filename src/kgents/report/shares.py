"""The decisions that share the error of a series, and what they may spend of it: `history --series`."""

import json
from collections.abc import Sequence
from typing import TextIO

from kgents.domain.ports import Store
from kgents.domain.series import SeriesShare
from kgents.domain.summary import Summary
from kgents.domain.words import number, percent
from kgents.errors import UsageError

Row = tuple[SeriesShare, Summary]
_HEAD = f"{'place':>5}  {'id':<20}  {'created':<16}  {'result':<12}  {'trials':>11}  {'confidence':>11}  error"


async def shares(store: Store, name: str, shown: int | None, stream: TextIO, as_json: bool) -> None:
    """Writes the series, newest first, `shown` of it at most. UsageError for one that nothing belongs to."""
    taken = await store.shares(name)
    rows = [(opened.share, await store.summary(opened.experiment)) for opened in taken if opened.share is not None]
    if not rows:
        raise UsageError(
            f"no experiment belongs to the series {name}", f"begin one: kg experiment run --series {name} …"
        )
    newest = rows[::-1][:shown]
    if as_json:
        stream.write(json.dumps([_data(*row) for row in newest], indent=2) + "\n")
    else:
        stream.write("\n".join([_HEAD, *(_line(*row) for row in newest), promise_of(rows)]) + "\n")


def promise_of(rows: Sequence[Row]) -> str:
    """What the series promises, and what is left of its error."""
    share, _ = rows[-1]
    whole = 1 - share.confidence
    promised = f"any verdict of the series is wrong with at most {percent(whole)} on either side (alpha-spending)"
    spent = f"{number(len(rows), 'place')} may spend {percent(share.spent)} of them"
    return f"{promised}; {spent}; the next decides at confidence {1 - share.next.error:.6g}"


def _data(share: SeriesShare, summary: Summary) -> dict[str, object]:
    return {
        "place": share.place,
        "id": summary.plan.experiment,
        "name": summary.plan.name,
        "created_at": summary.created_at.isoformat(),
        "verdict": summary.verdict and summary.verdict.value,
        "target": summary.plan.design.target,
        "confidence": summary.plan.design.confidence,
        "error": share.error,
        "spent": share.spent,
        "confidence_of_series": share.confidence,
    }


def _line(share: SeriesShare, summary: Summary) -> str:
    trials, successes = summary.counts
    created = summary.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    result, tally = summary.verdict or summary.status, f"{successes} of {trials}"
    confidence = f"{summary.plan.design.confidence:.6g}"
    start = f"{share.place:>5}  {summary.plan.experiment:<20}  {created}  {result:<12}  {tally:>11}"
    return f"{start}  {confidence:>11}  {percent(share.error)}"
