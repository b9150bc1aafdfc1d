"""Results from the record: load one, list many."""

import html
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, overload

from kgents.api.design import whole
from kgents.api.door import Stop, call
from kgents.api.recorded import opened, reference_of
from kgents.api.result import Result, frame, result_of
from kgents.errors import UsageError

if TYPE_CHECKING:
    from kgents.domain.ports import Query
    from kgents.domain.summary import Summary


def load(reference: str = "@latest", *, database: str | None = None) -> Result:
    """A past experiment by id, unique prefix, name or @latest. UnknownExperiment where none answers."""
    name = reference_of(reference)

    async def work(stop: Stop) -> Result:
        async with opened(database) as (store, _, source):
            return await result_of(store, await store.summary(await store.resolve(name)), source)

    return call(work)


class Table(Sequence[dict[str, object]]):
    """Rows that are shown as a table, each a dict of equal keys."""

    def __init__(self, rows: Sequence[dict[str, object]]) -> None:
        self._rows = list(rows)

    @overload
    def __getitem__(self, index: int) -> dict[str, object]: ...

    @overload
    def __getitem__(self, index: slice) -> "Table": ...

    def __getitem__(self, index: int | slice) -> "dict[str, object] | Table":
        return Table(self._rows[index]) if isinstance(index, slice) else self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[dict[str, object]]:
        return iter(self._rows)

    def __repr__(self) -> str:
        lines = [f"{row['id']}  {row['verdict'] or row['status']:<12}  {row['what']}" for row in self._rows]
        return "\n".join(lines) or "(no experiments)"

    def to_pandas(self) -> Any:
        """A data frame. UsageError where pandas is not installed."""
        return frame(self._rows)

    def _repr_html_(self) -> str:
        names = list(self._rows[0]) if self._rows else ["no experiments"]
        lines = [[_cell(row[name]) for name in names] for row in self._rows]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    return html.escape("" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value))


def history(
    *,
    since: str | datetime | None = None,
    kind: str | None = None,
    status: str | None = None,
    verdict: str | None = None,
    tag: str | None = None,
    model: str | None = None,
    search: str | None = None,
    limit: int | None = 20,
    database: str | None = None,
) -> Table:
    """Past experiments, newest first, one row each; the filters are those of `kg experiment history`.

    since   "2d", "3h", a date, or a datetime
    search  a part of the id, the name or the model
    limit   None: all

    UsageError for a filter that nothing can meet.
    """
    query = _query(since, kind, status, verdict, tag, model, search, limit)

    async def work(stop: Stop) -> Table:
        async with opened(database) as (store, _, _):
            return Table([_row(listed.summary, listed.config) async for listed in store.listing(query)])

    return call(work)


def _query(
    since: str | datetime | None,
    kind: str | None,
    status: str | None,
    verdict: str | None,
    tag: str | None,
    model: str | None,
    search: str | None,
    limit: int | None,
) -> "Query":
    """The filters as the record understands them. UsageError for one that nothing can meet."""
    from kgents.domain.fact import Verdict
    from kgents.domain.ports import Query
    from kgents.domain.summary import Status
    from kgents.kinds.registry import kind_called
    from kgents.runner.since import since as moment

    if limit is not None and whole("limit", limit) < 1:
        raise UsageError(f"limit = {limit}: at least 1", "None is all")
    if not isinstance(since, str | datetime | None):
        raise UsageError(f"since = {since!r}: a text or a datetime is needed", 'such as since="2d"')
    for name, value in (("kind", kind), ("tag", tag), ("model", model), ("search", search)):
        if not isinstance(value, str | None):
            raise UsageError(f"{name} = {value!r}: a text is needed", "None is no condition")
    for name, value, words in (("status", status, Status), ("verdict", verdict, Verdict)):
        if value is not None and value not in [word.value for word in words]:
            raise UsageError(f"{name} = {value!r}: there is no such {name}", f"one of {', '.join(words)}")
    now = datetime.now(UTC).astimezone()
    start = moment("since", since, now) if isinstance(since, str) else since
    known = kind and kind_called(kind)
    return Query(start, known, status, verdict, tag, model=model, text=search, limit=limit)


def _row(summary: "Summary", content: bytes | None) -> dict[str, object]:
    from kgents.kinds.config import recorded_config
    from kgents.report.row import data_of, row_of

    return data_of(row_of(summary, recorded_config(summary.plan, content), intervals=True))
