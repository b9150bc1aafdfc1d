"""The event loop of a command, and how memory is looked through in it."""

import asyncio
import gc
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from kgents.errors import exhausted

USUAL = (700, 10, 10) if sys.version_info < (3, 13) else (2000, 10, 10)  # Python's own thresholds
T = TypeVar("T")


class _Threads(ThreadPoolExecutor):
    """Threads of the loop that are not waited for after Ctrl-C: one may import for seconds yet."""

    are_awaited = True

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the threads that have nothing to do."""
        super().shutdown(wait and self.are_awaited, cancel_futures=cancel_futures or not self.are_awaited)


def run_loop(work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to. Once it is done nothing that happens while the loop is taken down changes that: asyncio
    starts a thread to end its threads, and a machine that is full gives none. Ctrl-C waits for no thread.
    """
    results: list[T] = []
    threads = _Threads(thread_name_prefix="asyncio")

    async def kept() -> None:
        asyncio.get_running_loop().set_default_executor(threads)
        results.append(await work)

    try:
        with asyncio.Runner() as runner:
            try:
                runner.run(kept())
            except KeyboardInterrupt:
                threads.are_awaited = False
                raise
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
