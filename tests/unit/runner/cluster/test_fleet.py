"""Which attempt runs where, and who is to blame when a worker dies."""

import asyncio

from kgents.runner.cluster.fleet import Fleet


async def fleet_of(**slots: int) -> Fleet:
    """A fleet of these workers."""
    fleet = Fleet()
    for address, count in slots.items():
        await fleet.join(address, count)
    return fleet


async def test_attempts_go_where_there_is_most_room_and_wait_for_it() -> None:
    """Slots are never exceeded; one that is given back is taken by whoever waits."""
    fleet = await fleet_of(a=1, b=2)
    assert [await fleet.take("1"), await fleet.take("2"), await fleet.take("3")] in (["b", "a", "b"], ["b", "b", "a"])
    waiting = asyncio.ensure_future(fleet.take("4"))
    await asyncio.sleep(0)
    assert not waiting.done()
    await fleet.give_back("1", "b")
    assert await waiting == "b"


async def test_those_that_were_on_a_worker_when_it_died_are_known() -> None:
    """Whichever of them hears it first, and however late the others do."""
    fleet = await fleet_of(a=3)
    for key in "123":
        await fleet.take(key)
    assert fleet.fall("a") == {"1", "2", "3"}
    await fleet.give_back("1", "a")
    assert fleet.fall("a") == {"1", "2", "3"}
    assert fleet.slots == 0


async def test_a_suspect_runs_alone_and_suspects_take_turns() -> None:
    """It waits for a worker with nothing else to do, which takes nothing else meanwhile."""
    fleet = await fleet_of(a=2)
    await fleet.take("1")
    suspect = asyncio.ensure_future(fleet.take_alone("2"))
    await asyncio.sleep(0)
    other = asyncio.ensure_future(fleet.take("3"))
    second = asyncio.ensure_future(fleet.take_alone("4"))
    await asyncio.sleep(0)
    assert not suspect.done()
    await fleet.give_back("1", "a")
    assert await suspect == "a"
    assert not other.done()
    assert not second.done()
    await fleet.give_back("2", "a", alone=True)
    await asyncio.wait({other, second}, return_when="FIRST_COMPLETED")
    await fleet.give_back("3" if other.done() else "4", "a", alone=second.done())
    assert (await other, await second) == ("a", "a")


async def test_a_suspect_that_is_cancelled_lets_go() -> None:
    """Its reservation and its turn."""
    fleet = await fleet_of(a=1)
    await fleet.take("1")
    suspect = asyncio.ensure_future(fleet.take_alone("2"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    suspect.cancel()
    await asyncio.wait([suspect])
    await fleet.give_back("1", "a")
    assert await fleet.take("3") == "a"
    await fleet.give_back("3", "a")
    assert await fleet.take_alone("4") == "a"


async def test_silent_workers_take_nothing_and_suspects_go_elsewhere() -> None:
    """A worker that says nothing is left out until it speaks; the worker a suspect saw dying is avoided."""
    fleet = await fleet_of(a=2, b=1)
    await fleet.hush("a", True)
    assert (fleet.slots, await fleet.take("1")) == (1, "b")
    await fleet.give_back("1", "b")
    await fleet.hush("a", False)
    assert await fleet.take_alone("2", frozenset({"a"})) == "b"


async def test_who_was_on_a_worker_that_was_seen_to_leave_first_is_known_too() -> None:
    """The scheduler may say that a worker is gone before its attempts hear of its death; one that comes back is new."""
    fleet = await fleet_of(a=2)
    await fleet.take("1")
    await fleet.take("2")
    await fleet.leave("a")
    assert fleet.addresses == ()
    assert fleet.fall("a") == {"1", "2"}
    await fleet.join("a", 2)
    await fleet.take("3")
    assert fleet.fall("a") == {"3"}
