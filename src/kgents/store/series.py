"""The shares of a series that were taken, as the ledger says: a share is taken by the mark that opens its experiment."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, select

from kgents.domain.ledger_fact import Opened
from kgents.domain.mark import LEDGER
from kgents.domain.series import SeriesShare
from kgents.errors import ShareTaken
from kgents.store.rows import checked
from kgents.store.schema import logs, marks


def taken_statement(series: str) -> Select[Any]:
    """The marks of the ledger that name the series; by letters of either case."""
    columns = select(marks.c.seq, marks.c.id, marks.c.prev, marks.c.stem)
    named = marks.c.stem.contains(f'"name":"{series}"', autoescape=True)
    return columns.join(logs, logs.c.key == marks.c.log).where(logs.c.name == LEDGER, named).order_by(marks.c.seq)


def taken(rows: Iterable[Any], series: str) -> list[Opened]:
    """The openings of experiments that have a share of the series, in order. TamperedRecord."""
    facts = [checked(LEDGER, row).entry.fact for row in rows]
    return [
        fact for fact in facts if isinstance(fact, Opened) and fact.share is not None and fact.share.series == series
    ]


def check_share(connection: Connection, share: SeriesShare) -> None:
    """ShareTaken where the share is not the next one of its series. The ledger has to be locked by this transaction."""
    earlier = taken(connection.execute(taken_statement(share.series)), share.series)
    last = earlier[-1].share if earlier else None
    expected = SeriesShare(share.series, 1, share.confidence) if last is None else last.next
    if share != expected:
        raise ShareTaken(f"place {share.place} of the series {share.series} is taken", "begin it again")
