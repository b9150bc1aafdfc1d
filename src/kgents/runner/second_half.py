"""A long list as JSON is written by two processes: this one writes its newer half, a copy of it the older half to a file.

The copy is made before there is a loop, a thread or a connection, finds out where its half begins and says it, and reads
the record by a connection of its own. Whatever keeps it from its half, this process writes that half too.
"""

import asyncio
import os
import signal
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from io import TextIOWrapper
from typing import BinaryIO, TextIO

from kgents.domain.ports import Listed, Query, Store
from kgents.report.clean import write_json
from kgents.report.listing import BEGINNING, ENDING, lines_json, write_items
from kgents.runner.session import session
from kgents.runner.settings import ProcessSettings
from kgents.store import load

WORTH = 2000  # documents: below it a second process gains nothing
NAME = 64  # bytes of an id at most
PART = 1 << 20  # characters of what the copy wrote that are read at once


class SecondHalf:
    """The copy of this process, the file that it writes, and where it says behind which experiment its half begins."""

    def __init__(self, process: int, told: int, written: BinaryIO) -> None:
        self._process: int | None = process
        self._told = told
        self._written = written
        self._wrote = False

    async def write(self, store: Store, query: Query, full: bool, stream: TextIO) -> None:
        """The documents of a query as a JSON array: of a long one the second half from the copy."""
        pages = self._own(store.listings(query, with_mark_ids=True))
        separator = await write_items(stream, lines_json(store, pages, full), BEGINNING)
        if self._wrote:
            self._copy(stream, separator)
        stream.write("[]\n" if separator == BEGINNING else ENDING)

    async def _own(self, pages: AsyncGenerator[Sequence[Listed]]) -> AsyncGenerator[Sequence[Listed]]:
        """What the copy does not write: the first half, or all. What it has said is waited for when the first page is read."""
        last: str | None = None
        async with aclosing(pages):
            async for page in pages:
                last = await self._said() if last is None else last
                size = next((n for n, listed in enumerate(page, 1) if listed.summary.plan.experiment == last), None)
                yield page[:size]
                if size is not None:
                    self._wrote = self._ended()
                    if self._wrote:
                        return
                    yield page[size:]

    async def _said(self) -> str:
        """The experiment behind which the half of the copy begins; nothing where it has none."""
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._told, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._told)
        return os.read(self._told, NAME).decode()

    def _copy(self, stream: TextIO, separator: str) -> None:
        """What the copy wrote."""
        self._written.seek(0)
        text = TextIOWrapper(self._written, "utf-8", "surrogatepass", newline="\n")
        while part := text.read(PART):
            write_json(stream, separator)
            write_json(stream, part)
            separator = ""

    def _ended(self) -> bool:
        """Waits for the copy; whether it wrote all of its half."""
        if self._process is None:
            return False
        process, self._process = self._process, None
        return os.waitpid(process, 0)[1] == 0

    def close(self) -> None:
        """Ends the copy if it has not ended."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            self._ended()
        os.close(self._told)
        self._written.close()


async def _middle(store: Store, query: Query) -> tuple[int, str] | None:
    """(how many documents the first half has, the id of its last); None where one process is enough."""
    every = await store.count(query)
    total = every if query.limit is None else min(every, query.limit)
    if total < WORTH:
        return None
    half = total // 2
    async for glance in store.glances(replace(query, offset=half - 1, limit=1)):
        return half, glance.id
    return None


@contextmanager
def second_half(database: str | None, query: Query, full: bool) -> Iterator[SecondHalf | None]:
    """A copy of this process for the second half of a list; None where there is none."""
    try:
        half = _begun(partial(_half, database, query, full)) if _wanted(database, query) else None
    except OSError:
        half = None
    try:
        yield half
    finally:
        if half is not None:
            half.close()


def _wanted(database: str | None, query: Query) -> bool:
    """Whether a copy is of use: a list that may be long, a second processor, a record that takes no second connection of a
    server; and no thread, whose locks a copy would keep for ever.
    """
    if query.limit is not None and query.limit < WORTH:
        return False
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        return False
    return threading.active_count() == 1 and ProcessSettings.read(database).database.startswith("sqlite")


def _begun(work: Callable[[int, BinaryIO], None]) -> SecondHalf:
    """A copy of this process that does the work, given where it says what its half is and what it writes to.

    What both need is imported before.
    """
    load()
    written = tempfile.TemporaryFile(prefix="kgents-")  # noqa: SIM115  closed by `close`
    try:
        reading, writing = os.pipe()
    except OSError:
        written.close()
        raise
    try:
        process = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        written.close()
        raise
    if process == 0:
        _as_copy(lambda: work(writing, written), reading)
    os.close(writing)
    return SecondHalf(process, reading, written)


def _as_copy(work: Callable[[], None], reading: int) -> None:
    """Never returns: what it does ends with the process, which nobody hears."""
    wrong = 1
    try:
        os.close(reading)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silent, stream)
        work()
        wrong = 0
    finally:
        os._exit(wrong)


def _half(database: str | None, query: Query, full: bool, telling: int, written: BinaryIO) -> None:
    """What the copy does."""
    asyncio.run(_write(database, query, full, telling, written))


async def _write(database: str | None, query: Query, full: bool, telling: int, written: BinaryIO) -> None:
    async with session(database) as (store, _):
        middle = await _middle(store, query)
        if middle is None:
            return
        half, identifier = middle
        os.write(telling, identifier.encode())
        older = replace(query, limit=None if query.limit is None else query.limit - half, older_than=identifier)
        stream = TextIOWrapper(written, "utf-8", "surrogatepass", newline="\n")
        await write_items(stream, lines_json(store, store.listings(older, True), full), "")
        stream.flush()
