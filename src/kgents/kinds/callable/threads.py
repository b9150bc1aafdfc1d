"""Threads for trials that are plain functions.

Rule: a thread cannot be stopped, so one whose trial is given up is left alone: nothing waits for it, also not the end of
the interpreter (`concurrent.futures` would), and the next trial has another.
"""

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable
from typing import Any

Job = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class Threads:
    """Daemon threads, started when all others are busy."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._idle = 0
        self._all = 0
        self._lock = threading.Lock()

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns or raises, called with a copy of this context."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        context = contextvars.copy_context()
        with self._lock:
            start = not self._idle
            self._idle -= not start
            self._all += start
        self._jobs.put((lambda: context.run(function, *arguments), loop, future))
        if start:
            threading.Thread(target=self._work, name="kgents-trial", daemon=True).start()
        return await future

    def close(self) -> None:
        """Every thread ends when its trial does."""
        with self._lock:
            for _ in range(self._all):
                self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            call, loop, future = job
            value, raised = None, None
            try:
                value = call()
            except BaseException as wrong:  # noqa: BLE001 - handed to whoever waits
                raised = wrong
            del job, call
            with self._lock:
                self._idle += 1
            try:
                loop.call_soon_threadsafe(_settle, future, value, raised)
            except RuntimeError:  # the loop is closed: the trial was given up
                return


def _settle(future: "asyncio.Future[Any]", value: Any, raised: BaseException | None) -> None:
    if future.done():
        return
    if raised is None:
        future.set_result(value)
    else:
        future.set_exception(RuntimeError(*raised.args) if isinstance(raised, StopIteration) else raised)
