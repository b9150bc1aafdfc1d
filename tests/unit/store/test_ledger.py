"""The ledger, read once: crystals that are kept and gone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from kgents.domain.fact import Fact
from kgents.domain.ledger_fact import Forgotten, Remembered
from kgents.domain.mark import LEDGER, ORIGIN, Entry, Mark, digest, seal
from kgents.store.ledger import read_ledger

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def chained(facts: list[Fact]) -> AsyncIterator[Mark]:
    """Their marks, in order."""
    head = ORIGIN
    for seq, fact in enumerate(facts):
        mark = seal(LEDGER, seq, head, Entry(NOW, fact))
        head = mark.id
        yield mark


async def test_it_says_which_crystals_there_have_to_be() -> None:
    """One of an experiment is replaced by its next; others are counted, and forgotten one at a time."""
    a, b, c = (digest(text) for text in (b"a", b"b", b"c"))
    facts = [Remembered(a, "exp-1"), Remembered(b, "exp-1"), Remembered(c), Remembered(c), Remembered(b)]
    ledger = await read_ledger(chained(facts))
    assert (ledger.problems, dict(ledger.remembered())) == ([], {b: 2, c: 2})
    ledger = await read_ledger(chained([*facts, Forgotten(c), Forgotten(b), Forgotten(b)]))
    assert (ledger.problems, dict(ledger.remembered())) == ([], {c: 1})


async def test_a_crystal_is_not_forgotten_that_was_never_kept() -> None:
    """Nor one that was replaced, nor one twice."""
    a, b = digest(b"a"), digest(b"b")
    ledger = await read_ledger(chained([Remembered(a, "exp-1"), Remembered(b, "exp-1"), Forgotten(a), Forgotten(b)]))
    assert ledger.problems == ["mark 2 forgets a crystal that was not remembered"]
    ledger = await read_ledger(chained([Remembered(a), Forgotten(a), Forgotten(a)]))
    assert ledger.problems == ["mark 2 forgets a crystal that was not remembered"]
    assert not ledger.remembered()
