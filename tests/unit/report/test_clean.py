"""Texts of others: no control character and no formula is shown as it is; JSON stays the same document."""

import csv
import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kgents.report.clean import CleanOutput, cell, clean, write_json
from kgents.report.layout import compact

Kg = Callable[..., subprocess.CompletedProcess[str]]
EVIL = "\x1b]0;owned\x07\x9b31m\u202ered\u2066\rover\x7f"


def test_control_characters_are_written_as_json_writes_them() -> None:
    assert clean(EVIL) == r"\u001b]0;owned\u0007\u009b31m\u202ered\u2066\u000dover\u007f"
    assert clean("a\tb\nc\r\nd é 漢 🙂") == "a\tb\nc\r\nd é 漢 🙂"


@pytest.mark.parametrize("code", [*range(0x100), 0x2028, 0x202A, 0x202E, 0x2066, 0x2069, 0x1F642])
def test_what_is_a_control_does_not_depend_on_what_is_beside_it(code: int) -> None:
    for beside in ("a", "é"):
        text = f"{beside}{chr(code)}{beside}"
        shown = chr(code).isprintable() or code in (0x9, 0xA, 0xA0, 0xAD, 0x2028)
        assert clean(text) == (text if shown else f"{beside}\\u{code:04x}{beside}")


def test_a_carriage_return_stays_at_the_end_of_a_line_alone() -> None:
    assert clean("a\r\n" * 3) == "a\r\n" * 3
    assert clean("a\r\n\rb") == "a\r\n\\u000db"


@pytest.mark.parametrize("text", [EVIL, "\u0085\u2028 plain", 'quoted " and \\'])
def test_a_json_document_means_the_same(text: str) -> None:
    for ascii_only in (True, False):
        document = json.dumps({"text": text}, ensure_ascii=ascii_only)
        assert json.loads(clean(document)) == {"text": text}


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_is_no_formula(text: str) -> None:
    assert str(cell(text)).startswith("'")


@pytest.mark.parametrize("text", ["-1.5", "+2", "1e-3", "plain", "", None])
def test_numbers_and_plain_texts_stay(text: str | None) -> None:
    assert cell(text) == text


def test_a_stream_that_has_no_bytes_is_left_alone() -> None:
    stream = io.StringIO()
    assert CleanOutput.over(stream) is stream


@pytest.mark.parametrize("text", [EVIL, "\x7f", "plain", "é\x85", "漢", "\ud800"])
def test_json_of_an_encoder_is_written_clean_without_a_search(text: str) -> None:
    """What is written is what `write` writes, of documents that were encoded here."""
    written = []
    for write in (write_json, CleanOutput.write):
        under = io.BytesIO()
        stream = CleanOutput(under, encoding="utf-8", errors="surrogatepass", newline="\n")
        write(stream, compact([text]) + "\n")
        stream.flush()
        written.append(under.getvalue())
    assert written[0] == written[1]
    assert not any(code in written[0] for code in (*range(10), *range(11, 32), 0x7F))


def test_what_a_program_says_reaches_no_terminal_and_no_spreadsheet(kg: Kg, tmp_path: Path) -> None:
    """Commands, names, tags, errors and outputs, in every command that shows them and every file."""
    program = tmp_path / "evil.sh"
    program.write_text(f"printf '%s' '=cmd {EVIL}'; printf '%s' '{EVIL}' >&2; exit $((KGENTS_TRIAL % 2))\n")
    kg("experiment", "run", "--n", "2", "--name", "x", "--", "sh", str(program), EVIL)
    kg("brain", "capture", f"title {EVIL}")
    commands = [
        ("experiment", "history"), ("experiment", "show"), ("experiment", "show", "--trials"), ("brain", "search", "title"),
        ("experiment", "show", "--json"), ("witness", "log", "@latest"), ("experiment", "history", "--json"),
    ]  # fmt: skip
    for words in commands:
        shown = kg(*words).stdout
        assert clean(shown) == shown, words
        assert shown, words
    for suffix in ("md", "csv"):
        path = tmp_path / f"out.{suffix}"
        kg("experiment", "report", "@latest", "-o", str(path))
        assert clean(path.read_text()) == path.read_text()
    with (tmp_path / "out.csv").open(newline="") as file:
        outputs = [row["output"] for row in csv.DictReader(file)]
    assert all(output.startswith("'=cmd") for output in outputs), outputs


def test_files_are_their_owners_alone(kg: Kg, tmp_path: Path) -> None:
    """The database 0600 and its folder 0700, whatever the umask."""
    before = os.umask(0)
    try:
        kg("experiment", "run", "--n", "1", "true")
    finally:
        os.umask(before)
    databases = list(tmp_path.rglob("kgents.db*"))
    assert databases
    for path in databases:
        assert path.stat().st_mode & 0o077 == 0, path
        assert path.parent.stat().st_mode & 0o077 == 0, path.parent
