"""The door from plain code to the event loop: every synchronous function is its coroutine, run in a thread of its own.

So it works with and without a running loop (Jupyter, pytest-asyncio), and Ctrl-C reaches the waiting thread: trials in
flight are given up, what was stored stays, and KeyboardInterrupt says how to go on.
"""

import asyncio
import contextvars
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from kgents.runner.interruption import Interruption

T = TypeVar("T")
SLICE_SECONDS = 0.2  # a wait without an end would keep signals out on some systems


class Halted(Exception):
    """Leaves the event loop in place of the error that the run was stopped for (a KeyboardInterrupt would break it)."""

    def __init__(self, wrong: BaseException) -> None:
        super().__init__(str(wrong))
        self.wrong = wrong


class Stop:
    """A request to stop that any thread may make, before or after the loop has begun to listen."""

    def __init__(self) -> None:
        self.interruption: Interruption = Interruption(grace_seconds=0.0)
        self.wrong: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def listen(self) -> Interruption:
        """The interruption for this loop."""
        self._loop = asyncio.get_running_loop()
        return self.interruption

    def abort(self, wrong: BaseException) -> None:
        """Stops at once because of a mistake, the first of which is raised in the end; called in the loop."""
        self.wrong = self.wrong or wrong
        self._request()

    def interrupt(self) -> None:
        """Stops at once; called anywhere."""
        self.wrong = self.wrong or KeyboardInterrupt()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._request)
        else:
            self._request()

    def _request(self) -> None:
        self.interruption.request()
        self.interruption.request()


def call(work: Callable[[Stop], Awaitable[T]]) -> T:
    """What the work comes to; it is given the way to be stopped."""
    stop, results, errors = Stop(), [], []
    context = contextvars.copy_context()

    async def main() -> None:
        results.append(await work(stop))

    def run() -> None:
        try:
            context.run(asyncio.run, main())
        except BaseException as raised:  # noqa: BLE001 - raised again by whoever waits
            errors.append(raised)

    thread = threading.Thread(target=run, name="kgents", daemon=True)
    with _ctrl_c(stop):
        thread.start()
        while thread.is_alive():
            thread.join(SLICE_SECONDS)
    if errors:
        raise errors[0].wrong if isinstance(errors[0], Halted) else errors[0]
    return results[0]


@contextmanager
def _ctrl_c(stop: Stop) -> Iterator[None]:
    """While it is open SIGINT stops the work; asyncio.run would only cancel a task that waits here and cannot be."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handler(number: int, frame: Any) -> None:
        if stop.wrong is not None:  # a second time: whatever holds it up is left behind
            raise KeyboardInterrupt
        stop.interrupt()

    before = signal.getsignal(signal.SIGINT)
    if before in (None, signal.SIG_IGN):
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
