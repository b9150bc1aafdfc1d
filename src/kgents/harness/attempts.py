"""Attempts at one question: asked again where that may help, each within the limits of the key and on the bill.

Rule: there is one way to ask again, for the API and for what an agent CLI sends through the gate: before each attempt
the budget is asked and the limiter grants a ticket; after it, whatever came of it, what it consumed is told.
"""

from collections.abc import Awaitable, Callable
from itertools import count
from random import Random
from typing import Protocol, TypeVar

from kgents.domain.meter import waits
from kgents.domain.outcome import Cause, Fault, Usage
from kgents.harness.limiter import Limiter
from kgents.harness.settings import Settings
from kgents.harness.signs import sign_of
from kgents.sandbox.awake import AwakeTimeout

LONGEST_PAUSE = 60.0  # seconds, also where the other side asks for more
UNKNOWN = Usage(cost_usd=None, calls=1)  # sent, and nobody told what it cost
FREE = Usage(calls=1)  # refused before any model saw it
_FIRST_PAUSE = 1.0
SILENT_QUESTIONS = 3  # that are not answered in time, before a server that has never answered is given up
_SILENT = (Cause.NETWORK, Cause.UNKNOWN, Cause.MODEL_TIMEOUT)
_ANSWER_TOKENS = 1000  # what an answer is taken for by the limiter, until it is there


class Failed(Exception):
    """One attempt that gave no answer.

    usage  what it consumed
    again  whether asking again may help; `after` seconds, where the other side said so
    """

    def __init__(
        self, cause: Cause, message: str, usage: Usage, again: bool = False, after: float | None = None
    ) -> None:
        super().__init__(message)
        self.cause, self.message, self.usage, self.again, self.after = cause, message, usage, again, after


class Paid(Protocol):
    """An answer that says what it consumed."""

    @property
    def usage(self) -> Usage:
        """Of this attempt alone."""


P = TypeVar("P", bound=Paid)


class Attempts:
    """How questions are put with one key. `spent` of a question is told to `may_spend` before each attempt."""

    def __init__(self, settings: Settings, limiter: Limiter) -> None:
        self._settings, self._limiter = settings, limiter

    async def ask(
        self, once: Callable[[], Awaitable[P]], prompt_characters: int, seconds: float, jitter: Random
    ) -> tuple[P, Usage]:
        """The answer, and what the failed attempts before it consumed. Raises Failed with the usage of all attempts.

        A server that has never answered gets one question at a time; where it cannot be the right one, nothing is asked again.
        """
        waits(True)
        async with self._limiter.alone():
            try:
                answer = await self._ask(once, prompt_characters, seconds, jitter)
            except Failed as failed:
                waits(False)
                raise self._missed(failed) from failed
            self._limiter.proven = True
            return answer

    def _missed(self, failed: Failed) -> Failed:
        """An error as it is to be taken: `unreachable` where the server has never answered and will not."""
        limiter = self._limiter
        limiter.proven = limiter.proven or failed.cause.fault is Fault.PROGRAM or failed.cause is Cause.CONTEXT_LENGTH
        if limiter.proven or failed.cause not in _SILENT:
            return failed
        limiter.misses += 1
        if failed.cause is Cause.MODEL_TIMEOUT and limiter.misses < SILENT_QUESTIONS:
            return failed
        times = f" ({failed.usage.calls} times)" if failed.usage.calls > 1 else ""
        return Failed(Cause.UNREACHABLE, failed.message + times, failed.usage)

    async def _ask(
        self, once: Callable[[], Awaitable[P]], prompt_characters: int, seconds: float, jitter: Random
    ) -> tuple[P, Usage]:
        expected = prompt_characters // 4 + (self._settings.max_output_tokens or _ANSWER_TOKENS)
        spent = Usage()
        for attempt in count(1):
            if not self._settings.may_spend(spent):
                raise Failed(Cause.CANCELLED, "the budget is reached", spent)
            try:
                return await self._attempt(once, expected, seconds), spent
            except Failed as failed:
                spent += failed.usage
                if not failed.again or attempt >= self._settings.attempts or self._is_misplaced(failed):
                    raise Failed(failed.cause, failed.message, spent) from failed
                await self._settings.sleep(pause(failed, attempt, jitter))
        raise AssertionError("count(1) does not end")

    def _is_misplaced(self, failed: Failed) -> bool:
        """Whether nobody has ever answered there, and the error is one of a wrong address."""
        sign = sign_of(failed.cause, failed.message)
        return not self._limiter.proven and sign is not None and sign.misplaced

    async def _attempt(self, once: Callable[[], Awaitable[P]], expected: int, seconds: float) -> P:
        usage = UNKNOWN
        waits(True)
        async with self._limiter.ticket(expected) as ticket:
            try:
                async with AwakeTimeout(seconds):
                    answer = await once()
                waits(False)
                usage = answer.usage
                self._limiter.succeeded()
            except TimeoutError as error:
                raise Failed(Cause.MODEL_TIMEOUT, f"no answer within {seconds:g} s", usage) from error
            except Failed as failed:
                usage = failed.usage
                if failed.cause is Cause.RATE_LIMIT:
                    after = _FIRST_PAUSE if failed.after is None else failed.after
                    self._limiter.limited(min(after, LONGEST_PAUSE))
                raise
            finally:
                ticket.tokens = usage.input_tokens + usage.output_tokens or expected
                self._settings.spent(usage)
        return answer


def redirected(status: int, location: str) -> Failed:
    """A server sent elsewhere: a request holds a key, and is meant for that server only."""
    text = f"HTTP {status}: a redirection to {location[:200]}; a key is never sent after one"
    return Failed(Cause.HARNESS_MISSING, text, FREE)


def pause(failed: Failed, attempt: int, jitter: Random) -> float:
    """Seconds to wait: what the other side asked for, else anything up to a bound that doubles (full jitter)."""
    if failed.after is not None:
        return min(failed.after, LONGEST_PAUSE)
    return jitter.uniform(0, min(LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1)))
