"""The next page is fetched while one is looked at; whoever stops reading leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import pytest

from kgents.store.pages import ahead


class Source:
    """Pages of two; `begun` and `ended` are how many were asked for and given or given up."""

    def __init__(self, pages: Sequence[Sequence[int]], hangs_at: int | None = None) -> None:
        self.left, self.hangs_at = list(pages), hangs_at
        self.begun = self.ended = 0
        self.hangs = asyncio.Event()

    async def pages(self) -> AsyncIterator[Sequence[int]]:
        for number, page in enumerate(self.left):
            self.begun += 1
            try:
                if number == self.hangs_at:
                    self.hangs.set()
                    await asyncio.get_running_loop().create_future()
            finally:
                self.ended += 1
            yield page


@pytest.mark.parametrize("pages", [[], [[1]], [[1, 2]], [[1, 2], [3]], [[1, 2], [3, 4]], [[1, 2], [3, 4], [5]]])
def test_the_pages_are_those_of_the_source(pages: list[list[int]]) -> None:
    async def read() -> list[Sequence[int]]:
        return [page async for page in ahead(Source(pages).pages(), 2)]

    assert asyncio.run(read()) == pages


def test_the_next_page_is_asked_for_before_the_reader_is_done_with_one() -> None:
    async def begun() -> list[int]:
        source = Source([[1, 2], [3, 4], [5]])
        return [source.begun async for _ in ahead(source.pages(), 2)]

    assert asyncio.run(begun()) == [2, 3, 3]


def test_behind_a_page_that_is_not_full_nothing_is_asked_for() -> None:
    async def begun() -> list[int]:
        source = Source([[1], [2]])
        return [source.begun async for _ in ahead(source.pages(), 2)]

    assert asyncio.run(begun()) == [1]


def test_a_reader_that_stops_gives_up_what_is_on_its_way() -> None:
    async def stop() -> Source:
        source = Source([[1, 2], [3, 4]], hangs_at=1)
        async with aclosing(ahead(source.pages(), 2)) as pages:
            async for page in pages:
                assert page == [1, 2]
                assert (source.begun, source.ended) == (2, 1)
                break
        return source

    assert asyncio.run(stop()).ended == 2


def test_a_reader_that_is_cancelled_while_it_waits_gives_it_up_too() -> None:
    async def cancel() -> Source:
        source = Source([[1, 2], [3, 4]], hangs_at=1)

        async def read() -> None:
            async for page in ahead(source.pages(), 2):
                assert page == [1, 2]

        reader = asyncio.ensure_future(read())
        await source.hangs.wait()
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        return source

    assert asyncio.run(cancel()).ended == 2


def test_what_goes_wrong_behind_a_page_is_told_after_it() -> None:
    async def broken() -> AsyncIterator[Sequence[int]]:
        yield [1, 2]
        raise RuntimeError("the database is gone")

    async def read() -> list[Sequence[int]]:
        pages = ahead(broken(), 2)
        read = [await anext(pages)]
        with pytest.raises(RuntimeError, match="gone"):
            await anext(pages)
        return read

    assert asyncio.run(read()) == [[1, 2]]
