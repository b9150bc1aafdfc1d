"""The history of a test: how often it failed in each experiment of a suite that ran it, newest first."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TextIO

from kgents.domain.plan import Layout
from kgents.domain.ports import Query, Store
from kgents.domain.words import number
from kgents.report.evidence import interval_of

_HEAD = f"{'id':<20}  {'created':<16}  {'failed':>14}  {'passes':<15}  test"


@dataclass(frozen=True, slots=True)
class RanTest:
    """One test in one experiment.

    runs       those that count
    low, high  the interval of its rate of passing; None where the experiment compares two commits, or no run counts
    """

    id: str
    name: str | None
    created_at: datetime
    test: str
    runs: int
    failures: int
    low: float | None
    high: float | None


async def list_tests(store: Store, query: Query, text: str, stream: TextIO, as_json: bool) -> None:
    """A line for each test whose id has this text, in each experiment that ran one; `query.limit` experiments at most."""
    rows = [row async for row in _rows(store, query, text)]
    if as_json:
        data = [{**asdict(row), "created_at": row.created_at.isoformat()} for row in rows]
        stream.write(json.dumps(data, indent=2) + "\n")
        return
    if not rows:
        stream.write(f"no experiment ran a test with {text!r} in its name\n")
        return
    stream.write("\n".join([_HEAD, *map(_line, rows)]) + "\n")
    failures, runs = sum(row.failures for row in rows), sum(row.runs for row in rows)
    tests, experiments = len({row.test for row in rows}), len({row.id for row in rows})
    stream.write(
        f"{number(tests, 'test')} in {number(experiments, 'experiment')}: failed {failures} of {number(runs, 'run')}\n"
    )


async def _rows(store: Store, query: Query, text: str) -> AsyncIterator[RanTest]:
    left = query.limit
    async for summary in store.history(replace(query, limit=None)):
        plan = summary.plan
        arms = [arm for arm, name in enumerate(plan.arms) if text in name]
        if not arms:
            continue
        if left is not None:
            if not left:
                return
            left -= 1
        for arm in arms:
            tally = summary.tallies[arm]
            shown = interval_of(summary, arm) if plan.layout is Layout.INDEPENDENT and tally.trials else None
            yield RanTest(
                id=plan.experiment,
                name=plan.name,
                created_at=summary.created_at,
                test=plan.arms[arm],
                runs=tally.trials,
                failures=tally.trials - tally.successes,
                low=None if shown is None else shown.low,
                high=None if shown is None else shown.high,
            )


def _line(row: RanTest) -> str:
    created = row.created_at.astimezone().isoformat(" ", "minutes")[:16]
    passes = "-" if row.low is None or row.high is None else f"{row.low:.3f} … {row.high:.3f}"
    return f"{row.id:<20}  {created}  {f'{row.failures} of {row.runs}':>14}  {passes:<15}  {row.test}"
