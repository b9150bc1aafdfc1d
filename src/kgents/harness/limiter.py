"""What one key may be asked: requests and tokens per minute, and how many at a time.

Rule: all trials that use one key share one limiter. The stated limits hold for every window of 60 seconds. A rate limit
from the other side holds everyone back for the time it names and halves what is in flight; successes win that back
slowly (additive increase, multiplicative decrease: Chiu and Jain 1989). A server that has not answered yet is asked one
question at a time: `proven` is set by its first answer, `misses` counts the questions that got none before.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

_WINDOW_SECONDS = 60.0


@dataclass(slots=True)
class Ticket:
    """The right to make one request; `tokens` is corrected to what was really used."""

    at: float
    tokens: int


class Limiter:
    """Grants tickets in the order in which they were asked for."""

    def __init__(
        self,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        proven: bool = True,
    ) -> None:
        self._requests = requests_per_minute or math.inf
        self._tokens = tokens_per_minute or math.inf
        self._clock, self._sleep = clock, sleep
        self._granted: deque[Ticket] = deque()
        self._turn = asyncio.Lock()
        self._freed = asyncio.Event()
        self._not_before = -math.inf
        self.in_flight = 0
        self.window = math.inf
        self.proven = proven
        self.misses = 0
        self._first = asyncio.Lock()

    def divide(self, part: int, count: int) -> None:
        """Keeps the part of one of `count` processes that share the limits: the parts add up to them."""
        self._requests, self._tokens = (
            limit if limit == math.inf else limit * (part + 1) // count - limit * part // count
            for limit in (self._requests, self._tokens)
        )

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """One question at a time until the server has answered one; after that, no wait."""
        async with AsyncExitStack() as held:
            if not self.proven:
                await held.enter_async_context(self._first)
            if self._answered():
                await held.aclose()
            yield

    def _answered(self) -> bool:
        return self.proven

    @asynccontextmanager
    async def ticket(self, tokens: int) -> AsyncIterator[Ticket]:
        """Waits for the right to make a request of about this many tokens, and gives it back at the end."""
        async with self._turn:
            await self._wait_for_room()
            await self._wait_for_rate(tokens)
            granted = Ticket(self._clock(), tokens)
            self._granted.append(granted)
            self.in_flight += 1
        try:
            yield granted
        finally:
            self.in_flight -= 1
            self._freed.set()

    def limited(self, seconds: float) -> None:
        """The other side said: not before so many seconds, and it means everybody who uses this key."""
        self._not_before = max(self._not_before, self._clock() + seconds)
        self.window = max(1.0, min(self.window, self.in_flight) / 2)

    def succeeded(self) -> None:
        """A request went through: one more may be in flight after a whole window of successes."""
        self.window += 1 / self.window
        self._freed.set()

    async def _wait_for_room(self) -> None:
        while self.in_flight >= self.window:
            self._freed.clear()
            await self._freed.wait()

    async def _wait_for_rate(self, tokens: int) -> None:
        while (seconds := self._seconds_left(tokens)) > 0:
            await self._sleep(seconds)

    def _seconds_left(self, tokens: int) -> float:
        """How long until a request fits; one that is larger than the limit itself fits into an empty window."""
        now = self._clock()
        while self._granted and self._granted[0].at <= now - _WINDOW_SECONDS:
            self._granted.popleft()
        wait = self._not_before - now
        spent = sum(ticket.tokens for ticket in self._granted) if self._tokens < math.inf else 0
        left = len(self._granted)
        for ticket in self._granted:
            if left < self._requests and (spent + tokens <= self._tokens or spent == 0):
                break
            wait = max(wait, ticket.at + _WINDOW_SECONDS - now)
            spent, left = spent - ticket.tokens, left - 1
        return wait


class Limiters:
    """One limiter for each key. `proven`: whether the servers have answered before, as far as is known; `share`: which of
    how many processes this is that share every limit; `is_own`: whether a server of the user's own is among those asked.
    """

    def __init__(self, proven: bool = True, share: tuple[int, int] = (0, 1)) -> None:
        self.proven = proven
        self.is_own = False
        self._share = share
        self._by_key: dict[str, Limiter] = {}

    def of(self, key: str, make: Callable[[], Limiter]) -> Limiter:
        """The limiter of a key (a digest, never the key itself); the first to ask decides on its limits."""
        if key not in self._by_key:
            self._by_key[key] = make()
            self._by_key[key].divide(*self._share)
        return self._by_key[key]
