"""An experiment as a file: what comes back is what was written, and whatever was changed on the way is refused."""

import base64
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kgents.domain.fact import Decided, Finished, Planned, Sealed, Started, Verdict
from kgents.domain.mark import LEDGER, ORIGIN, Entry, digest, read_mark, seal
from kgents.domain.plan import Plan
from kgents.errors import KgentsError, StoreUnavailable, TamperedRecord, UsageError
from kgents.stats import Design, Rule
from kgents.store import archive, open_store
from kgents.store.sql import SqlStore
from kgents.store.witness import verify

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = "exp-00000000test0001"
PLAN = Plan(ID, "null", digest(b"{}"), Design(Rule.FIXED, None, 0.95, 2, futility=0.0), "d", 1, names=digest(b"n"))
Lines = list[dict[str, Any]]


async def opened(folder: Path, name: str) -> SqlStore:
    store = await open_store(f"sqlite:///{folder / name}")
    assert isinstance(store, SqlStore)
    return store


@pytest.fixture
async def exported(tmp_path: Path) -> Path:
    """A file with an experiment of two trials, one of which has a text."""
    store = await opened(tmp_path, "from.db")
    facts = [
        Planned(PLAN),
        Started(0, 0),
        Started(0, 1),
        Finished(0, 0, True, output=digest(b"said")),
        Finished(0, 1, True),
    ]
    await store.append(ID, [Entry(NOW, fact) for fact in facts], [b"{}", b"said"])
    await store.append(ID, [Entry(NOW, Decided(Verdict.ESTIMATE, "fixed", ((2, 2),))), Entry(NOW, Sealed())])
    path = tmp_path / "x.jsonl"
    assert await archive.export_experiment(store, ID, path) == (7, 2)
    await store.aclose()
    return path


def lines_of(path: Path) -> Lines:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write(path: Path, lines: Lines) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def parts(folder: Path) -> list[Path]:
    """Files that were begun and not finished."""
    return list(folder.glob("*.part*"))


async def imported(folder: Path, path: Path) -> SqlStore:
    store = await opened(folder, "to.db")
    try:
        await archive.import_experiment(store, archive.Archive(path), NOW)
    except KgentsError:
        await store.aclose()
        raise
    return store


async def test_what_is_imported_is_what_was_exported(tmp_path: Path, exported: Path) -> None:
    """Marks byte by byte, texts, the ledger says that it was opened and sealed here; nothing else was written."""
    lines = lines_of(exported)
    assert [next(iter(line)) for line in lines] == ["format", *["mark"] * 7, "text", "text", "marks"]
    assert (lines[0]["size"], lines[-1]) == (7, {"marks": 7, "texts": 2})
    assert {base64.b64decode(line["base64"]) for line in lines if "text" in line} == {b"{}", b"said"}
    store = await imported(tmp_path, exported)
    marks = [mark async for mark in store.marks(ID)]
    assert [mark.body.decode() for mark in marks] == [line["mark"] for line in lines if "mark" in line]
    assert marks[-1].id == lines[0]["head"]
    assert await store.blob(digest(b"said")) == b"said"
    ledger = [mark.entry.fact async for mark in store.marks(LEDGER)]
    assert [fact.kind for fact in ledger] == [
        "ledger.opened",
        "ledger.sealed",
        "ledger.erased",
    ]  # the names stayed behind
    assert getattr(ledger[0], "imported", None) is True
    assert getattr(ledger[2], "names", None) is True
    assert [checked.problems async for checked in verify(store)] == [(), ()]
    again = tmp_path / "again.jsonl"
    await archive.export_experiment(store, ID, again)
    assert content_of(again) == content_of(exported)
    with pytest.raises(UsageError, match="is here already"):
        await archive.import_experiment(store, archive.Archive(exported), NOW)
    await store.aclose()


async def test_a_deflated_file_is_the_same_experiment(tmp_path: Path, exported: Path) -> None:
    store = await imported(tmp_path, exported)
    deflated = tmp_path / "x.jsonl.gz"
    await archive.export_experiment(store, ID, deflated)
    await store.aclose()
    assert gzip.decompress(content_of(deflated)) == content_of(exported)
    assert not parts(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    second = await imported(other, deflated)
    assert (await second.summary(ID)).size == 7
    await second.aclose()


def _without_the_end(lines: Lines) -> Lines:
    return lines[:-1]


def _another_text(lines: Lines) -> Lines:
    return [{**line, "base64": base64.b64encode(b"other").decode()} if "text" in line else line for line in lines]


def _a_text_of_nobody(lines: Lines) -> Lines:
    text = {"text": digest(b"mine"), "base64": base64.b64encode(b"mine").decode()}
    return [*lines[:-1], text, {"marks": 7, "texts": 3}]


def _a_mark_left_out(lines: Lines) -> Lines:
    return [line for number, line in enumerate(lines) if number != 3]


def _the_last_mark_left_out(lines: Lines) -> Lines:
    return [line for number, line in enumerate(lines) if number != 7]


def _a_success_more(lines: Lines) -> Lines:
    return [
        {"mark": line["mark"].replace('"ok":true', '"ok":false')} if number == 4 else line
        for number, line in enumerate(lines)
    ]


def _of_another(lines: Lines) -> Lines:
    return [{**lines[0], "experiment": "exp-00000000test0002"}, *lines[1:]]


def _no_text_told(lines: Lines) -> Lines:
    return [*lines[:-1], {"marks": 7, "texts": 1}]


def _not_ours(lines: Lines) -> Lines:
    return [{"format": "another"}, *lines[1:]]


def _no_size(lines: Lines) -> Lines:
    return [{**lines[0], "size": "7"}, *lines[1:]]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (_without_the_end, UsageError, "ends too early"),
        (_no_text_told, UsageError, "ends too early"),
        (_another_text, TamperedRecord, "a text is not the one that was witnessed"),
        (_a_text_of_nobody, TamperedRecord, "a text is not the one that was witnessed"),
        (_a_mark_left_out, TamperedRecord, "mark 2 does not follow the one before it"),
        (_the_last_mark_left_out, TamperedRecord, "its marks do not end where its first line says"),
        (_a_success_more, TamperedRecord, "mark 4 does not follow the one before it"),
        (_of_another, TamperedRecord, "mark 0 does not follow the one before it"),
        (_not_ours, UsageError, "is no exported experiment"),
        (_no_size, UsageError, "is no exported experiment"),
    ],
)
async def test_a_file_that_was_changed_is_refused_and_leaves_nothing(
    tmp_path: Path, exported: Path, change: Callable[[Lines], Lines], error: type[KgentsError], words: str
) -> None:
    write(exported, change(lines_of(exported)))
    with pytest.raises(error, match=words):
        await imported(tmp_path, exported)
    store = await opened(tmp_path, "to.db")
    assert [mark async for mark in store.marks(LEDGER)] == []
    await store.aclose()


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (Finished(0, 2**31, True), "is no trial"),
        (Finished(2**31, 0, True), "is no trial"),
        (Finished(0, -1, True), "is no trial"),
        (Finished(0, 0, True, output="../etc"), "is no address of a text"),
        (Finished(0, 0, True, output="a" * 65), "is no address of a text"),
    ],
)
async def test_a_chain_that_holds_with_marks_that_none_of_ours_has(tmp_path: Path, fact: Finished, words: str) -> None:
    """Whoever can write a file can chain any marks: what becomes a column is looked at first."""
    path = tmp_path / "forged.jsonl"
    _forge(path, fact)
    with pytest.raises(TamperedRecord, match=words):
        await imported(tmp_path, path)


async def test_the_last_trial_that_a_column_holds_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "forged.jsonl"
    _forge(path, Finished(0, 2**31 - 1, True))
    store = await imported(tmp_path, path)
    assert (await store.summary(ID)).size == 2
    await store.aclose()


def _forge(path: Path, fact: Finished) -> None:
    first = seal(ID, 0, ORIGIN, Entry(NOW, Planned(PLAN)))
    second = seal(ID, 1, first.id, Entry(NOW, fact))
    assert read_mark(second.body).id == second.id
    header = {"format": archive.FORMAT, "experiment": ID, "size": 2, "head": second.id}
    marks = [{"mark": mark.body.decode()} for mark in (first, second)]
    write(path, [header, *marks, {"marks": 2, "texts": 0}])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is no exported experiment"),
        ("hello\n", "it holds no lines of JSON"),
        ("[1]\n", "line 1 is no object"),
        (None, "cannot be read"),
    ],
)
async def test_what_is_no_such_file_is_a_usage_error(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=words):
        await imported(tmp_path, path)


async def test_a_line_or_a_file_out_of_proportion_is_not_read(
    tmp_path: Path, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = max(map(len, content_of(exported).decode().splitlines(keepends=True)))
    monkeypatch.setattr(archive, "LINE", longest)
    await (await imported(tmp_path, exported)).aclose()
    monkeypatch.setattr(archive, "LINE", longest - 1)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(UsageError, match="more than an experiment can"):
        await imported(other, exported)
    monkeypatch.setattr(archive, "LINE", 1 << 20)
    monkeypatch.setattr(archive, "INFLATED", 0)
    monkeypatch.setattr(archive, "RATIO", 0)
    with pytest.raises(UsageError, match="more than an experiment can"):
        await imported(other, exported)


async def test_a_file_that_cannot_be_written_is_said_and_leaves_no_part(tmp_path: Path, exported: Path) -> None:
    store = await imported(tmp_path, exported)
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        await archive.export_experiment(store, ID, tmp_path / "nowhere" / "x.jsonl")
    (tmp_path / "taken.jsonl").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        await archive.export_experiment(store, ID, tmp_path / "taken.jsonl")
    assert not parts(tmp_path)
    await store.aclose()
