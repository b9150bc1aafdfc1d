"""A sealed mark knows its entry: the one that its bytes say."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from kgents.domain.fact import Fact, Finished, Started, Warned
from kgents.domain.mark import ORIGIN, Entry, read_mark, seal
from kgents.domain.outcome import Cause, Usage

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
DIGEST = "0f" * 32
WHOLE = Finished(
    2, 7, False, Cause.WRONG_OUTPUT, "said", 12, "0.25", DIGEST, DIGEST, DIGEST,
    Usage(3, 4, Decimal("0.0010"), 2, 1), (1, 3), "a model",
)  # fmt: skip


@pytest.mark.parametrize("fact", [Started(1, 2), Finished(0, 0, True), Finished(0, 1, None, Cause.SANDBOX), WHOLE])
@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2))])
def test_the_entry_of_a_sealed_mark_is_the_one_of_its_bytes(fact: Fact, zone: timezone) -> None:
    mark = seal("exp-1", 3, ORIGIN, Entry(NOW.astimezone(zone), fact, 55))
    assert mark.entry == read_mark(mark.body).entry == Entry(NOW, fact, 55)
    assert mark == read_mark(mark.body)


@pytest.mark.parametrize("fact", [Finished(0, 0, None, Cause.NETWORK, "a \0 b"), Warned("code", "half \ud800")])
def test_what_cannot_be_kept_is_not_remembered_either(fact: Finished | Warned) -> None:
    mark = seal("exp-1", 3, ORIGIN, Entry(NOW, fact))
    told = mark.entry.fact
    assert mark.entry == read_mark(mark.body).entry
    assert isinstance(told, Finished | Warned)
    assert "\ufffd" in str(told.error if isinstance(told, Finished) else told.text)
