"""The event loop of a command, and how memory is looked through in it."""

import asyncio
import gc
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from kgents.errors import exhausted

USUAL = (700, 10, 10) if sys.version_info < (3, 13) else (2000, 10, 10)  # Python's own thresholds
T = TypeVar("T")


def run_loop(work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to. Once it is done nothing that happens while the loop is taken down changes that: asyncio
    starts a thread to end its threads, and a machine that is full gives none.
    """
    results: list[T] = []

    async def kept() -> None:
        results.append(await work)

    try:
        asyncio.run(kept())
    except RuntimeError as wrong:
        if not results or exhausted(wrong) is None:
            raise
    return results[0]


def collect_as_usual() -> None:
    """What was imported stays, and is not looked through again; what comes after is collected as Python does by itself.

    For whatever goes on for long: trials, lists, servers and workers.
    """
    gc.freeze()
    gc.set_threshold(*USUAL)
