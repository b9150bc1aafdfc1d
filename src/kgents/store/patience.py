"""Asking a server again, for a bounded time, where what it said may be gone a moment later."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from kgents.errors import StoreUnavailable
from kgents.store.engines import AsyncEngine
from kgents.store.server import link_of

T = TypeVar("T")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds


async def asked_again(engine: AsyncEngine, work: Callable[[], Awaitable[T]], *, while_unreachable: bool) -> T:
    """What the work comes to; it may be begun several times, so it is a transaction or only reads.

    while_unreachable  also where nobody answers: not before the first transaction, when the address may just be wrong
    """
    link, pause = link_of(engine), _FIRST_PAUSE
    end = time.monotonic() + (link.retry_seconds if link else 0.0)
    while True:
        try:
            return await work()
        except StoreUnavailable as wrong:
            hopeless = not wrong.passing or (wrong.unreachable and not while_unreachable)
            if link is not None and link.abandoned:
                raise StoreUnavailable(
                    "the database did not answer before the second request to stop", wrong.hint
                ) from wrong
            if link is None or hopeless or time.monotonic() + pause > end:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
