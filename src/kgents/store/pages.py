"""Pages of rows, the next one fetched while one is looked at."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from typing import TypeVar

Row = TypeVar("Row")


async def ahead(pages: AsyncIterator[Sequence[Row]], size: int) -> AsyncGenerator[Sequence[Row]]:
    """The same pages. `size` is that of a page that others may follow; one that is shorter is the last."""
    page = await anext(pages, None)
    while page is not None and len(page) == size:
        following = asyncio.ensure_future(anext(pages, None))
        try:
            await asyncio.sleep(0)  # has it asked for before its reader goes on
            yield page
            page = await following
        finally:
            following.cancel()
            with suppress(Exception, asyncio.CancelledError):
                await following
    if page:
        yield page
