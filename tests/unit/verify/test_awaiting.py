"""Coroutines are driven to their end, and time passes as they wait."""

import asyncio
import time

import pytest

from kgents.verify.reference.inside.awaiting import WaitsForEver, awaited


def test_what_sleeps_is_there_at_once_and_in_its_order() -> None:
    """An hour on the clock of the loop, none on ours; tasks that are left are cancelled."""
    done: list[str] = []

    async def after(seconds: float, name: str) -> str:
        await asyncio.sleep(seconds)
        done.append(name)
        return name

    async def both() -> list[str]:
        asyncio.get_running_loop().create_task(after(9000, "left"))
        return list(await asyncio.gather(after(3600, "late"), after(60, "early")))

    begun = time.monotonic()
    assert awaited(both()) == ["late", "early"]
    assert done == ["early", "late"]
    assert time.monotonic() - begun < 60


def test_time_limits_count_the_time_of_the_loop() -> None:
    """And what nobody will do is not waited for."""

    async def limited() -> str:
        try:
            await asyncio.wait_for(asyncio.sleep(5), 1)
        except TimeoutError:
            return "late"
        return "in time"

    async def never() -> None:
        await asyncio.Event().wait()

    assert awaited(limited()) == "late"
    with pytest.raises(WaitsForEver):
        awaited(never())
