"""A run that is followed: the experiment is sent again when its chain has grown, at most twice a second, until it has ended."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from kgents.page.part import ended, part
from kgents.page.record import Reader

SHARE = 4  # drawing takes at most a fifth of the time
QUIET = 15.0  # seconds without anything to say, after which a comment keeps the connection


@dataclass(slots=True)
class Stream:
    """How often at most (seconds from one push to the next), and how many pages follow a run now."""

    interval: float = 0.5
    followers: int = 0


async def pushes(
    reader: Reader, experiment: str, sent: int, stream: Stream, gone: Callable[[], Awaitable[bool]]
) -> AsyncIterator[str]:
    """Events `part` (the HTML, as a JSON string; their id is the number of the last mark) and, in the end, `end`."""
    stream.followers += 1
    try:
        yield "retry: 1000\n\n"
        spoke = time.monotonic()
        while not await gone():
            began = time.monotonic()
            last = await reader.latest_mark(experiment, sent)
            shown = await reader.shown(experiment) if last > sent else None
            if shown is not None:
                sent, spoke = last, began
                yield f"id: {last}\nevent: part\ndata: {json.dumps(part(shown))}\n\n"
            elif began - spoke > QUIET:
                spoke = began
                yield ": still here\n\n"
            if ended(shown or await reader.shown(experiment)):
                yield "event: end\ndata: 1\n\n"
                return
            await asyncio.sleep(max(stream.interval, SHARE * (time.monotonic() - began)))
    finally:
        stream.followers -= 1
