"""Steps in a thread of their own: their order, who is told, and who does not wait any more."""

import asyncio
import threading

import pytest

from kgents.errors import MachineExhausted
from kgents.store.steps import Steps


async def test_steps_are_done_one_after_another_in_one_thread() -> None:
    steps, seen = Steps("record"), list[tuple[int, str]]()
    told = await asyncio.gather(
        *[steps.done(lambda n=n: seen.append((n, threading.current_thread().name)) or n) for n in range(5)]
    )
    steps.end()
    assert told == [0, 1, 2, 3, 4]
    assert seen == [(n, "record") for n in range(5)]


async def test_what_a_step_raises_is_told_and_the_next_is_done() -> None:
    steps = Steps("record")
    with pytest.raises(ZeroDivisionError):
        await steps.done(lambda: 1 // 0)
    assert await steps.done(lambda: 1) == 1
    steps.end()


async def test_a_step_is_done_though_nobody_waits_for_it_any_more() -> None:
    """As a transaction that was under way: what follows sees it."""
    steps, go, done = Steps("record"), threading.Event(), list[int]()
    first = asyncio.ensure_future(steps.done(lambda: go.wait(30) and done.append(1)))
    second = asyncio.ensure_future(steps.done(lambda: done.append(2)))
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    await asyncio.wait({first, second})
    go.set()
    assert await steps.done(lambda: list(done)) == [1, 2]
    steps.end()
    assert first.cancelled()
    assert second.cancelled()


def test_a_step_outlives_its_loop() -> None:
    """The loop was closed while it was done: nobody is told, and the thread goes on."""
    steps, go, done = Steps("record"), threading.Event(), list[int]()

    async def leave() -> None:
        task = asyncio.ensure_future(steps.done(lambda: go.wait(30) and done.append(1)))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave())
    go.set()
    assert asyncio.run(steps.done(lambda: list(done))) == [1]
    steps.end()


async def test_where_no_thread_can_be_started_the_step_is_never_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and is asked again the next time."""

    def refused(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    steps = Steps("record")
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        with pytest.raises(MachineExhausted):
            await steps.done(lambda: 1)
        steps.end()
    assert await steps.done(lambda: 2) == 2
    steps.end()
