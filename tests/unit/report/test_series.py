"""A series: the rates of experiments that share a tag, with their limits, and which verdicts stand beside each other."""

import re
from pathlib import Path

import pytest

import kgents as kg
from kgents.domain.ports import Query
from kgents.errors import UsageError
from kgents.report import series as module
from kgents.report.pictures import Point, series, standalone
from kgents.report.series import Series, picture_of, read_series, view_of, write_series
from kgents.store import open_store


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three decided experiments and a comparison with one tag, and one without it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('series')}/record.db"
    for number, rate in enumerate((1.0, 1.0, 0.2)):
        kg.decide(lambda trial, rate=rate: trial.rng.random() < rate, target=0.5, max_trials=60, seed=number,
                  name=f"night {number}", tags=["nightly"], database=url)  # fmt: skip
    kg.compare({"a": lambda: True, "b": lambda: False}, seed=1, tags=["nightly"], name="pairs", database=url)
    kg.decide(lambda: True, target=0.5, name="alone", database=url)
    return url


async def found(url: str, query: Query, shown: int = 60) -> Series:
    """The series of a query."""
    store = await open_store(url)
    try:
        return await read_series(store, query, shown=shown)
    finally:
        await store.aclose()


async def test_a_series_has_what_shares_the_tag_newest_first(record: str) -> None:
    """The rates with the intervals of the experiments themselves; a comparison is a line, and no dot."""
    read = await found(record, Query(tag="nightly"))
    assert read.title == "tag nightly"
    assert [member.row.name for member in read.members] == ["pairs", "night 2", "night 1", "night 0"]
    assert "3 experiments; 1 have no e-value" in read.sentence
    result = kg.load("night 2", database=record)
    assert (read.members[1].row.low, read.members[1].row.high) == (result.low, result.high)
    picture = picture_of(read)
    assert picture is not None
    assert picture.description.startswith("3 experiments, tag nightly; the newest ")
    assert picture.body.count("<title>night ") == 3


async def test_earlier_experiments_take_part_and_are_counted(record: str) -> None:
    """What is not shown is said; of a series that is too long no verdict is said to stand."""
    read = await found(record, Query(tag="nightly"), shown=2)
    assert view_of(read, links=False)["left_out"] == 2
    assert "e-LOND over 3 experiments" in read.sentence


async def test_a_series_that_is_too_long_is_shown_without_e_values(
    record: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest are shown; the command that says which verdicts stand is named."""
    monkeypatch.setattr(module, "MOST", 2)
    read = await found(record, Query(tag="nightly"))
    assert read.whole == 4
    assert "kg experiment history --fdr 0.05" in read.sentence
    assert all(member.claim is None for member in read.members)


async def test_files(record: str, tmp_path: Path) -> None:
    """HTML without links and with every number of the picture, SVG and PNG; nothing to draw is said."""
    read = await found(record, Query(tag="nightly"))
    for suffix in (".html", ".svg", ".png"):
        write_series(read, tmp_path / f"x{suffix}")
    page = (tmp_path / "x.html").read_text()
    assert "href=" not in page.partition("<body>")[2]
    for member in read.members[1:]:
        assert f"{member.row.rate:.3f}" in page
        assert f"{member.row.low:.3f} … {member.row.high:.3f}" in page
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    none = await found(record, Query(tag="nobody"))
    with pytest.raises(UsageError, match="tag nobody"):
        write_series(none, tmp_path / "none.svg")


def test_a_picture_of_a_full_series_is_small_and_escapes_names() -> None:
    """At most 20 kB; dots that do not stand are hollow; names stay text."""
    points = [Point(f"<b>{n}" + "x" * 99, 0.9, 0.5, 1.0, 0.8, "good", hollow=n % 2 == 0) for n in range(60)]
    picture = series("s", points, "words")
    assert len(standalone(picture)) < 20_000
    assert picture.body.count('class="kg-ground"') == 30
    assert "<b>" not in picture.body
    assert re.search(r"<title>&lt;b&gt;0xxx", picture.body)
