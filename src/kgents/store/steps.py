"""A thread that does one step after another for an event loop, at half the price of an executor's."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from kgents.errors import exhausted

T = TypeVar("T")
_Job = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Callable[[], Any]]


class Steps:
    """The steps, in the order in which they are asked for; what was asked is done also where nobody waits for it any more."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._name = name

    async def done(self, step: Callable[[], T]) -> T:
        """What a step comes to. MachineExhausted where the system starts no thread: then it will never be done."""
        if self._thread is None:
            self._start()
        loop = asyncio.get_running_loop()
        told: asyncio.Future[T] = loop.create_future()
        self._jobs.put((loop, told, step))
        return await told

    def _start(self) -> None:
        thread = Thread(target=_work, args=(self._jobs,), name=self._name, daemon=True)
        try:
            thread.start()
        except RuntimeError as wrong:
            lacking = exhausted(wrong)
            if lacking is None:
                raise
            raise lacking from wrong
        self._thread = thread

    def end(self) -> None:
        """Waits until all steps are done."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()


def _work(jobs: "SimpleQueue[_Job | None]") -> None:
    while (job := jobs.get()) is not None:
        loop, told, step = job
        result, failure = None, None
        try:
            result = step()
        except BaseException as wrong:  # noqa: BLE001 - whoever waits is told, whatever it is
            failure = wrong
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(_tell, told, result, failure)
        del job, told, step, result, failure


def _tell(told: "asyncio.Future[Any]", result: object, failure: BaseException | None) -> None:
    if told.done():  # whoever waited is cancelled
        return
    if failure is None:
        told.set_result(result)
    else:
        told.set_exception(failure)
