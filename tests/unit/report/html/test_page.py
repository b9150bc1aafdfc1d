"""The page of an experiment: everything in one file that runs nothing and loads nothing, small however large the run."""

import asyncio
import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import kgents as kg
from kgents.store import open_store

HOSTILE = "<img src=x onerror=alert(1)> </script><script>alert(2)</script> \x1b[31mred\x1b[0m \u202egnp.exe & 'quoted' \"twice\""


@pytest.fixture(autouse=True)
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of the record of a test."""
    url = f"sqlite:///{tmp_path}/record.db"
    monkeypatch.setenv("KGENTS_DATABASE_URL", url)
    return url


class Reader(HTMLParser):
    """Tags with their attributes, and the text of one of them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "rect", "line", "circle", "polyline", "polygon", "path"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.text.setdefault(self._open[-1] if self._open else "", []).append(data)


def hostile(trial: kg.Trial) -> bool:
    """Fails every fourth time, with a text that would like to be obeyed."""
    if trial.index % 4 == 3:
        raise ValueError(HOSTILE)
    return True


def test_a_page_runs_nothing_and_loads_nothing(tmp_path: Path) -> None:
    """No script, no style attribute, no address of another place; the policy allows the one style block by its hash."""
    result = kg.decide(hostile, target=0.5, max_trials=60, name=HOSTILE[:20])
    page = result.report(tmp_path / "x.html").read_text()
    read = Reader(page)
    names = {tag for tag, _ in read.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    for _, attributes in read.tags:
        assert not [name for name in attributes if name == "style" or name.startswith("on") or name == "src"]
        assert not (attributes.get("href") or "#").startswith(("http", "//", "javascript"))
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    source = b64encode(sha256(style.encode()).digest()).decode()
    policy = next(attributes["content"] or "" for tag, attributes in read.tags if attributes.get("http-equiv"))
    assert policy.split("; ")[:3] == ["default-src 'none'", f"style-src 'sha256-{source}'", "img-src data:"]


def test_hostile_answers_stay_text_and_their_controls_are_seen(tmp_path: Path) -> None:
    """Markup is shown as it was said; escape sequences and controls of the reading direction are visible signs."""
    page = kg.decide(hostile, target=0.5, max_trials=60).report(tmp_path / "x.html").read_text()
    shown = "".join("".join(pieces) for pieces in Reader(page).text.values())
    assert "<img src=x onerror=alert(1)> </script><script>alert(2)</script>" in shown
    assert "␛[31mred␛[0m" in shown
    assert "⟨U+202E⟩gnp.exe" in shown
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_the_page_says_everything_a_reader_asks(tmp_path: Path) -> None:
    """Sentence, plan, pictures, causes with counts, figures, trials, the head of the chain, and the data for programs."""
    result = kg.decide(hostile, target=0.5, max_trials=60, tags=["nightly"])
    page = result.report(tmp_path / "x.html").read_text()
    text = unescape(re.sub(r"<[^>]+>", " ", page))
    failures = result.trials - result.successes
    for expected in (result.sentence, "nightly", "calibrated: is the rate above 0.5?", f"kg experiment show {result.id}",
                     "The evidence against the decision regions", "What the design does at every true rate", f"{failures}×",
                     "(each side 5 %)", f"kg witness verify {result.id}"):  # fmt: skip
        assert expected in text, expected
    assert page.index("What went wrong") < page.index("Figures</h2>") < page.index("How it went")
    (data,) = re.findall(r'<template id="kgents-data"[^>]*>(.*?)</template>', page, re.DOTALL)
    assert json.loads(unescape(data))["id"] == result.id


def test_equal_answers_are_folded_with_a_count(tmp_path: Path) -> None:
    """Twelve trials that failed alike are one entry that says 12×."""
    page = kg.estimate(lambda trial: trial.index % 2 == 0, n=24).report(tmp_path / "x.html").read_text()
    assert page.count('class="answer"') == 2
    assert page.count(">12×<") == 2


def test_answers_whose_texts_were_erased_are_one_for_each_outcome(tmp_path: Path, record: str) -> None:
    """Six different answers, three of them right; without their texts nothing tells them apart."""
    result = kg.estimate(lambda trial: (trial.index % 2 == 0, f"answer {trial.index % 6}"), n=24)
    page = result.report(tmp_path / "x.html").read_text()
    assert (page.count('class="answer"'), page.count(">4×<")) == (6, 6)

    async def erase() -> None:
        store = await open_store(record)
        await store.erase(result.id, datetime.now(UTC))
        await store.aclose()

    asyncio.run(erase())
    page = kg.load(result.id).report(tmp_path / "y.html").read_text()
    assert (page.count('class="answer"'), page.count(">12×<")) == (2, 2)


def test_a_page_of_very_many_trials_is_small_and_says_what_it_left_out(tmp_path: Path) -> None:
    """Every answer is another and long: the page stays below 1.5 MB."""

    def talkative(trial: kg.Trial) -> bool:
        raise ValueError(f"{trial.index}: " + "&<>" * 4000)

    result = kg.estimate(talkative, n=700)
    page = result.report(tmp_path / "x.html").read_text()
    assert len(page) < 1_500_000
    assert "trials 1 to 400 of 700 are listed" in page
    assert "most frequent are shown" in page


def test_a_notebook_shows_the_page_in_a_frame_that_runs_nothing() -> None:
    """One iframe with an empty sandbox attribute, the document within its srcdoc."""
    shown = kg.estimate(hostile, n=8, record=False)._repr_html_()
    ((tag, attributes),) = Reader(shown).tags
    assert (tag, attributes["sandbox"]) == ("iframe", "")
    assert "<svg" in (attributes["srcdoc"] or "")
    assert (attributes["srcdoc"] or "").startswith("<!doctype html>")


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_a_picture_alone(suffix: str, tmp_path: Path) -> None:
    """-o x.svg and x.png are the picture of the decision; the larger one says what it shows."""
    written = kg.decide(hostile, target=0.5, max_trials=60).report(tmp_path / f"x{suffix}").read_bytes()
    assert b"against the decision regions" in written if suffix == ".svg" else written.startswith(b"\x89PNG")


def test_pages_of_all_kinds_of_arms(tmp_path: Path) -> None:
    """A comparison shows its pairs and a bar an arm; numbers on bars stand in the table."""
    functions: dict[str, Any] = {"even": lambda trial: trial.index % 2 == 0, "all": lambda: True}
    page = kg.compare(functions, max_trials=60).report(tmp_path / "x.html").read_text()
    assert "Pairs: who won where they differ" in page
    assert "The arms with their intervals" in page
    assert "even v all" in page
