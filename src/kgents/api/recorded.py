"""The record behind a result: opened for the time of one call, and written in the formats that reports have."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kgents.api.door import Stop, call
from kgents.errors import UsageError
from kgents.sandbox.owned import owned

if TYPE_CHECKING:
    from kgents.domain.ports import Store
    from kgents.domain.summary import Summary
    from kgents.kinds.kind import RunContext
    from kgents.store.sql import SqlStore

T = TypeVar("T")
FRAMED = 50  # trials that a notebook lists


@dataclass(frozen=True, slots=True)
class Source:
    """Where a result's record is. `keep` holds on to what would go away otherwise (a record that nobody asked for)."""

    database: str | None
    keep: Any = field(default=None, repr=False, compare=False)


def reference_of(reference: Any) -> str:
    """What names an experiment. UsageError for what is no text."""
    if not isinstance(reference, str):
        raise UsageError(
            f"reference = {reference!r}: the id or name of an experiment is needed", 'such as result.id or "@latest"'
        )
    return reference


class Folder:
    """A folder that is removed when nothing refers to this object any more, or the interpreter ends."""

    def __init__(self) -> None:
        import shutil
        import tempfile
        import weakref

        self.path: str = tempfile.mkdtemp(prefix=owned("kgents-record-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@asynccontextmanager
async def opened(database: str | None, record: bool = True) -> AsyncIterator[tuple["SqlStore", "RunContext", Source]]:
    """The record for the time of one call; record False: one in a temporary folder that goes with the result."""
    from kgents.runner.session import session
    from kgents.runner.settings import ProcessSettings

    if not isinstance(database, str | None):
        raise UsageError(f"database = {database!r}: an address is needed", "sqlite:///FILE or postgresql://…")
    keep = None
    if not record:
        keep = Folder()
        database = f"sqlite:///{keep.path}/record.db"
    async with session(database) as (store, context):
        yield store, context, Source(ProcessSettings.read(database).database, keep)


def _with(source: Source, experiment: str, use: Callable[["Store", "Summary"], Awaitable[T]]) -> T:
    """What `use` makes of the record of an experiment."""

    async def work(stop: Stop) -> T:
        async with opened(source.database) as (store, _, _):
            return await use(store, await store.summary(experiment))

    return call(work)


def written(source: Source, experiment: str, suffix: str) -> str:
    """The record of an experiment in one format."""
    return _with(source, experiment, lambda store, summary: _text(store, summary, suffix))


def report(source: Source, experiment: str, path: Path) -> Path:
    """Writes the record of an experiment to a file; its path. UsageError where it cannot be."""
    from kgents.report.write import write

    _with(source, experiment, lambda store, summary: write(store, summary, path))
    return path


def framed(source: Source, experiment: str) -> str:
    """The page of an experiment in a frame for notebooks."""
    from kgents.report.html import notebook
    from kgents.report.write import page

    async def draw(store: "Store", summary: "Summary") -> str:
        from kgents.kinds.config import config_of

        return notebook(await page(store, summary, await config_of(store, summary.plan), FRAMED))

    return _with(source, experiment, draw)


async def _text(store: "Store", summary: "Summary", suffix: str) -> str:
    from kgents.report.write import answer

    stream = StringIO()
    await answer(store, summary, suffix, stream)
    return stream.getvalue()
