"""How long, and how often, a server is asked again."""

import asyncio
from types import SimpleNamespace

import pytest
from sqlalchemy import make_url

from kgents.errors import StoreUnavailable
from kgents.store import patience, server_lock
from kgents.store.engines import AsyncEngine
from kgents.store.patience import asked_again
from kgents.store.server import link_of, server_engine
from kgents.store.server_lock import ServerLock


class Gone(StoreUnavailable):
    passing = True


@pytest.fixture
def engine() -> AsyncEngine:
    """Of a server that nobody has connected to; it is asked again for ten seconds."""
    engine = server_engine(make_url("postgresql+asyncpg://nobody@127.0.0.1:1/none"))
    link = link_of(engine)
    assert link is not None
    link.retry_seconds = 10.0
    return engine


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, by a clock that stands still but for them."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(patience, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: sum(made)))
    return made


async def test_pauses_grow_up_to_a_bound_and_end_in_time(engine: AsyncEngine, pauses: list[float]) -> None:
    """The last one would end after the time that is given to it."""

    async def work() -> None:
        raise Gone("the server is restarting")

    with pytest.raises(Gone):
        await asked_again(engine, work, while_unreachable=False)
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0]


async def test_it_is_asked_until_it_answers(engine: AsyncEngine, pauses: list[float]) -> None:
    """What passes is waited for; what will not pass is said at once."""

    async def work() -> int:
        if len(pauses) < 3:
            raise Gone("the server is restarting")
        return 7

    assert await asked_again(engine, work, while_unreachable=False) == 7

    async def wrong() -> None:
        raise StoreUnavailable("there is no such database")

    with pytest.raises(StoreUnavailable, match="no such database"):
        await asked_again(engine, wrong, while_unreachable=True)
    assert len(pauses) == 3


@pytest.mark.parametrize("pooled", [True, False, None])
def test_a_lock_knows_whether_a_pooler_stands_before_the_server(engine: AsyncEngine, pooled: bool | None) -> None:
    link = link_of(engine)
    assert link is not None
    link.pooled = pooled
    assert ServerLock(engine, "exp-1")._pooled is bool(pooled)


async def test_a_lock_that_was_used_a_moment_ago_is_not_asked_about(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a second it is: here nobody answers."""
    now = [1_000.0]
    monkeypatch.setattr(server_lock, "time", SimpleNamespace(monotonic=lambda: now[0]))
    lock = ServerLock(engine, "exp-1")
    lock._used = 999.5
    await lock.confirm()
    now[0] = 1_000.5
    with pytest.raises(StoreUnavailable):
        await lock.confirm()


async def test_giving_up_ends_the_making_of_a_connection_and_none_is_made_any_more() -> None:
    """A server that stands still greets nobody; a wait that somebody else cancels is cancelled."""
    engine = server_engine(make_url("postgresql+asyncpg://nobody@127.0.0.1:1/none"))
    link, began = link_of(engine), asyncio.Event()
    assert link is not None

    async def never() -> None:
        began.set()
        await asyncio.Event().wait()

    for given_up in (False, True):
        began.clear()
        coming = asyncio.create_task(link.connect(never))
        await began.wait()
        if given_up:
            link.abandon()
        else:
            coming.cancel()
        with pytest.raises(ConnectionAbortedError if given_up else asyncio.CancelledError):
            await coming
    with pytest.raises(ConnectionAbortedError):
        await engine.connect()
    await engine.dispose()
