"""One experiment as one file: a line that says what it is, its marks as exact bytes, its texts, and a last line.

JSON lines; deflated where the name ends in `.gz`. Rule: nothing in a file is believed: the chain is checked link by
link while it is read, and every text has to have the digest that is its address.
"""

import base64
import gzip
import json
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import insert, select

from kgents.domain.fact import Fact, Finished, Planned, Sealed
from kgents.domain.ids import check_id
from kgents.domain.json import JsonObject, member
from kgents.domain.ledger_fact import Closed, Erased, Opened
from kgents.domain.mark import ORIGIN, Entry, Mark, digest, read_mark
from kgents.domain.summary import Summary
from kgents.errors import StoreUnavailable, TamperedRecord, UsageError
from kgents.store.database import writing
from kgents.store.erasure import addresses_of, names_of
from kgents.store.restore import restore_experiment, show_names
from kgents.store.rows import blob_row
from kgents.store.schema import blobs, logs
from kgents.store.sql import SqlStore
from kgents.store.writer import tell_ledger, upsert

FORMAT = "kgents experiment 1"
LINE = 64 << 20  # characters of the longest line that is read
INFLATED, RATIO = 256 << 20, 100  # bytes of a file that are read at all, or so many times its size, whichever is more
_MAKE_ONE = "make one: kg experiment export ID FILE"
_ADDRESS = re.compile("[0-9a-f]{64}")
_NONSENSE = (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError, RecursionError, zlib.error)


def _open(path: Path, mode: str) -> IO[str]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    file: IO[str] = opener(path, mode + "t", encoding="utf-8")
    return file


async def export_experiment(store: SqlStore, experiment: str, path: Path, with_user: bool = False) -> tuple[int, int]:
    """Writes an experiment to a file; how many marks and texts that were.

    with_user  also name, tags, user and host
    """
    summary = await store.summary(experiment)
    marks, texts = 0, 0
    partial = path.with_name(path.name + ".part" + (".gz" if path.suffix == ".gz" else ""))
    try:
        with _open(partial, "w") as file:
            _line(file, {"format": FORMAT, "experiment": experiment, "size": summary.size, "head": summary.head})
            addresses: dict[str, None] = {}
            async for mark in store.marks(experiment):
                _line(file, {"mark": mark.body.decode()})
                wanted = addresses_of(mark) | (names_of(mark) if with_user else set())
                addresses.update(dict.fromkeys(sorted(wanted)))
                marks += 1
            for address in addresses:
                content = await store.blob(address)
                if content is not None:
                    _line(file, {"text": address, "base64": base64.b64encode(content).decode()})
                    texts += 1
            _line(file, {"marks": marks, "texts": texts})
        partial.replace(path)
    except OSError as wrong:
        raise StoreUnavailable(f"{path} cannot be written: {wrong.strerror}", "name another file") from wrong
    finally:
        partial.unlink(missing_ok=True)
    return marks, texts


def _line(file: IO[str], data: Mapping[str, object]) -> None:
    file.write(json.dumps(data) + "\n")


async def import_experiment(store: SqlStore, archive: "Archive", now: datetime) -> Summary:
    """Reads an experiment from a file, in one transaction; the ledger says that it was opened here.

    UsageError for a file that is damaged or an experiment that is here already; TamperedRecord where the chain does not
    hold or a text is not the one that was witnessed.
    """
    try:
        return await _restore(store, archive, archive.path, now)
    except _NONSENSE as wrong:
        raise UsageError(
            f"{archive.path} is no exported experiment: {type(wrong).__name__}: {wrong}", "export it again"
        ) from wrong


async def _restore(store: SqlStore, archive: "Archive", path: Path, now: datetime) -> Summary:
    async with writing(store.engine) as connection:
        existing = await connection.execute(select(logs.c.key).where(logs.c.name == archive.experiment))
        if existing.scalar() is not None:
            raise UsageError(f"{archive.experiment} is here already", f"kg experiment show {archive.experiment}")
        row = {"name": archive.experiment}
        key = (await connection.execute(insert(logs).returning(logs.c.key), row)).scalar_one()
        try:
            summary = await restore_experiment(connection, key, archive.chain())
        except ValueError as wrong:
            raise TamperedRecord(f"{path}: {wrong}", "export it again") from wrong
        add = upsert(connection.dialect.name, blobs).on_conflict_do_nothing()
        for content in archive.texts():
            await connection.execute(add, blob_row(content))
        await show_names(connection, key, summary)
        facts: list[Fact] = [Opened(archive.experiment, archive.first, imported=True)]
        if archive.sealed is not None:
            facts.append(Closed(archive.experiment, *archive.sealed))
        missing = len(archive.missing - archive.names)
        if missing:
            facts.append(Erased(archive.experiment, missing, summary.size))
        if archive.missing & archive.names:
            facts.append(Erased(archive.experiment, 1, summary.size, names=True))
        await connection.run_sync(tell_ledger, [Entry(now, fact) for fact in facts])
    return summary


def _check(mark: Mark) -> None:
    """ValueError for an address or a trial that no mark of ours has: columns of the database are made of them."""
    for address in addresses_of(mark) | names_of(mark):
        if not _ADDRESS.fullmatch(address):
            raise ValueError(f"mark {mark.seq}: {address[:60]!r} is no address of a text")
    if mark.kind == Finished.kind:
        numbers = (mark.data["i"], mark.data["arm"])
        if any(type(number) is not int or not 0 <= number < 2**31 for number in numbers):
            raise ValueError(f"mark {mark.seq}: {numbers!r:.60} is no trial")


class Archive:
    """A file, read once from its first line to its last: the first at once. UsageError where that is none of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = self._read()
        header = next(self._lines, {})
        if header.get("format") != FORMAT:
            raise UsageError(f"{path} is no exported experiment", _MAKE_ONE)
        try:
            self.experiment = check_id(str(header["experiment"]))
            self._size, self._head = member(header, "size", int), member(header, "head", str)
        except _NONSENSE as wrong:
            raise UsageError(f"{path} is no exported experiment: {wrong}", "export it again") from wrong
        self._next: JsonObject = {}
        self._addresses: set[str] = set()
        self.missing: set[str] = set()
        self.names: set[str] = set()
        self.first = ""
        self.sealed: tuple[int, str] | None = None

    def _read(self) -> Iterator[JsonObject]:
        try:
            with _open(self.path, "r") as file:
                for number, line in enumerate(self._bounded(file), 1):
                    data = json.loads(line)
                    if not isinstance(data, dict):
                        raise ValueError(f"line {number} is no object")
                    yield data
        except (OSError, EOFError) as wrong:
            reason = getattr(wrong, "strerror", None) or wrong
            raise UsageError(f"{self.path} cannot be read: {reason}", "name a file that can be read") from wrong
        except (ValueError, RecursionError, zlib.error) as wrong:
            is_foreign = isinstance(wrong, json.JSONDecodeError | UnicodeDecodeError)
            why = "it holds no lines of JSON" if is_foreign else str(wrong)
            raise UsageError(f"{self.path} is no exported experiment: {why}", _MAKE_ONE) from wrong

    def _bounded(self, file: IO[str]) -> Iterator[str]:
        """The lines; ValueError where one is too long, or all of them are out of proportion to the file."""
        left = max(INFLATED, RATIO * self.path.stat().st_size)
        while line := file.readline(LINE):
            left -= len(line)
            if left < 0 or (len(line) == LINE and not line.endswith("\n")):
                raise ValueError("it holds more than an experiment can")
            yield line

    async def chain(self) -> AsyncIterator[Mark]:
        """The marks, each of which follows the one before it."""
        size, head = 0, ORIGIN
        for line in self._lines:
            if "mark" not in line:
                self._next = line
                break
            mark = read_mark(str(line["mark"]).encode())
            if (mark.log, mark.seq, mark.prev) != (self.experiment, size, head):
                raise ValueError(f"mark {size} does not follow the one before it")
            if size == 0 and isinstance(fact := mark.entry.fact, Planned):
                fact.plan.check_labels()
                if fact.plan.experiment != self.experiment:
                    raise ValueError(f"its plan is of another experiment, {fact.plan.experiment}")
            _check(mark)
            size, head = size + 1, mark.id
            self.first = self.first or mark.id
            self.names |= names_of(mark)
            self._addresses |= addresses_of(mark) | self.names
            if mark.kind == Sealed.kind:
                self.sealed = size, head
            yield mark
        if (size, head) != (self._size, self._head):
            raise ValueError("its marks do not end where its first line says")

    def texts(self) -> Iterator[bytes]:
        """The texts that its marks refer to."""
        count, line = 0, self._next
        self.missing = set(self._addresses)
        while "text" in line:
            content = base64.b64decode(member(line, "base64", str))
            if digest(content) != line["text"] or line["text"] not in self._addresses:
                raise TamperedRecord(f"{self.path}: a text is not the one that was witnessed", "export it again")
            self.missing.discard(line["text"])
            yield content
            count, line = count + 1, next(self._lines, {})
        if line.get("texts") != count:
            raise UsageError(f"{self.path} ends too early", "export it again")
