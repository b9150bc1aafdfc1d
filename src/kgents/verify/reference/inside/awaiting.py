"""Coroutines, driven to their end on a loop whose clock moves on by itself: what sleeps for an hour is there at once."""

import sys
from typing import Any


class WaitsForEver(RuntimeError):
    """A coroutine waits for what nobody will do."""


def awaited(value: Any) -> Any:
    """What an awaitable comes to. A loop is there only where the program has imported asyncio."""
    if "asyncio" in sys.modules:
        return _on_a_loop(value)
    waiting = value.__await__()
    try:
        while True:
            waiting.send(None)
    except StopIteration as end:
        return end.value


def _on_a_loop(value: Any) -> Any:
    import asyncio

    class Loop(asyncio.BaseEventLoop):
        """Waits for nothing outside: where all of its tasks sleep it is the time at which the first awakes."""

        def __init__(self) -> None:
            super().__init__()
            self._selector = self
            self._now = 0.0

        def time(self) -> float:
            return self._now

        def select(self, timeout: float | None) -> list[Any]:
            if timeout is None:
                raise WaitsForEver("nothing is left that could go on")
            self._now += timeout
            return []

        def _process_events(self, events: list[Any]) -> None:
            """There are none."""

        def _write_to_self(self) -> None:
            """Nobody has to be woken: one thread does everything."""

    async def whole() -> Any:
        return await value

    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(whole())
