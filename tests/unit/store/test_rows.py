"""Rows that are not what was written are never taken for it."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from kgents.domain.fact import Started
from kgents.domain.mark import ORIGIN, Entry, mark_id, seal
from kgents.errors import TamperedRecord
from kgents.store.rows import checked, finished, mark_row

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOG, OTHER = "exp-00000000test0001", "exp-00000000test0002"


def row(log: str = LOG, **changed: Any) -> Any:
    """The row of the first mark of a log, with other columns."""
    kept = mark_row(7, seal(log, 0, ORIGIN, Entry(NOW, Started(0, 0))))
    return SimpleNamespace(**{**kept, **changed})


def test_a_row_is_the_mark_that_was_written() -> None:
    mark = checked(LOG, row())
    assert (mark.seq, mark.prev, mark.entry.fact) == (0, ORIGIN, Started(0, 0))


@pytest.mark.parametrize("changed", [{"id": b"\0" * 32}, {"seq": 1}, {"prev": b"\1" * 32}, {"stem": "{}"}], ids=str)
def test_one_that_disagrees_with_itself_is_damage(changed: dict[str, Any]) -> None:
    with pytest.raises(TamperedRecord):
        checked(LOG, row(**changed))
    with pytest.raises((TamperedRecord, ValueError)):
        finished(LOG, row(**changed))


def test_one_of_another_experiment_is_damage() -> None:
    """Also where its id is right for what it says."""
    kept = row(OTHER)
    with pytest.raises(TamperedRecord):
        checked(LOG, kept)
    assert checked(OTHER, kept).id == mark_id(seal(OTHER, 0, ORIGIN, Entry(NOW, Started(0, 0))).body)
