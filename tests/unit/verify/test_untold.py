"""What is not told of arguments is found out: by defaults, examples and tables of a spec; mutants without effect are known."""

import ast
import random
import re
from typing import Any

import pytest

from kgents.verify.reference.inside.csvs import asks_for_cells, whole_rows
from kgents.verify.reference.inside.deriving import Derivation
from kgents.verify.reference.inside.facts import facts_of
from kgents.verify.reference.inside.inert import both_ways
from kgents.verify.reference.inside.meaning import meaning_of
from kgents.verify.reference.inside.mutants import mutants
from kgents.verify.reference.inside.selectors import selectors
from kgents.verify.reference.inside.tables import relabelled, tables_of
from kgents.verify.reference.inside.taking import domains_of
from kgents.verify.reference.inside.texts import Texts

STR, INT, ANY = ("str",), ("int",), ("any",)
EXAMPLE = 'def f(words, n=None, joined="-"):\n    """\n    >>> f(["a"], n=2)\n    """\n    return words\n'
JOINED = "def f(words, most):\n    return ', '.join(words[:most])\n"
LENGTH = "def f(words, most):\n    return len(words) > most\n"
TREE = (
    "def f(data):\n    if isinstance(data, dict):\n        return {k: f(v) for k, v in data.items() if v is not None}\n"
    "    return [f(part) for part in data] if isinstance(data, list) else data\n"
)
TABLE = (
    "import csv, io\ndef f(text, key='region'):\n    return [row[key] for row in csv.DictReader(io.StringIO(text))]\n"
)
PAD = "KEYS = {'2': 'abc', '3': 'def'}\ndef f(digits, words):\n    return [w for w in words if w in KEYS[digits]]\n"
GUARD = (
    "def f(spans: list[tuple[int, int]], start: int) -> list[int]:\n    kept = []\n    for begin, end in sorted(spans):\n"
    "        if end <= start:\n            continue\n        start = max(start, end)\n"
    "        kept.append(start)\n    return kept\n"
)


def _domains(source: str) -> dict[str, Any]:
    function = ast.parse(source).body[-1]
    assert isinstance(function, ast.FunctionDef)
    return {name: domain for domain, _, _, name in domains_of(function, {})}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (EXAMPLE, {"words": ("list", STR), "n": INT, "joined": STR}),
        (JOINED, {"words": ("list", STR), "most": INT}),
        (LENGTH, {"words": ("list", ANY), "most": INT}),
        (
            "def f(pair, keys=('a', 'b')):\n    return pair in keys\n",
            {"pair": ("or", INT, STR, STR), "keys": ("many", STR)},
        ),
        ("def f(x: float, y: str = 2):\n    return x\n", {"x": ("float",), "y": STR}),
    ],
)
def test_defaults_and_examples_tell_what_is_taken(source: str, wanted: dict[str, Any]) -> None:
    """Where no annotation does."""
    assert _domains(source) == wanted


def test_what_is_asked_for_its_kind_is_of_both_kinds_with_none_at_its_ends() -> None:
    """A tree of dicts and lists."""
    kind, named, listed = _domains(TREE)["data"]
    assert (kind, named[:2], listed[0]) == ("or", ("dict", STR), "list")
    assert "none" in repr(named)


def test_fields_of_tables_are_called_as_defaults_say() -> None:
    """Beside those that are made up."""
    domains = _domains(TABLE)
    assert "region" in domains["text"][1]
    assert "region" in domains["key"][1][1]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("def f(path):\n    return path.split('.')\n", STR),
        ("def f(path):\n    with open(path) as file:\n        return file.read()\n", ("path", False)),
        ("def f(item):\n    return [item]\n", ("or", INT, STR, STR)),
        ("def f(item):\n    return isinstance(item, list)\n", ANY),
    ],
)
def test_what_is_only_handed_on_may_be_looked_up(source: str, wanted: Any) -> None:
    """And what is called a path is a file where files are opened."""
    assert list(_domains(source).values()) == [wanted]


def test_windows_are_of_something() -> None:
    """Where the spec does not compare their size with a number itself."""
    source = "def f(words, n):\n    return [words[i : i + n] for i in range(len(words) - n + 1)]\n"
    assert meaning_of(ast.parse(source), "f").fitted((["a"], 0)) == (["a"], 2)
    asking = source.replace("    return", "    if n < 1:\n        raise ValueError\n    return")
    assert meaning_of(ast.parse(asking), "f").fitted((["a"], 0)) == (["a"], 0)


@pytest.mark.parametrize(
    ("source", "operator", "wanted"),
    [
        ("def f(key, held):\n    return key in held\n", "asked for truth", "held.get(key)"),
        ("def f(text):\n    text = text[1:-1]\n    return text\n", "stripped", "text.strip("),
    ],
)
def test_more_mistakes_choose_inputs(source: str, operator: str, wanted: str) -> None:
    """Truth for presence; signs and blanks at the ends for one sign at each."""
    assert any(name == operator and wanted in text for name, text in selectors(source, "f"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a,b\n1,2\n", "a,b\n1,2\n"),
        ("a,b\n1\n\n1,2,3\n4,5\n", "a,b\n\n4,5\n"),
        ('\n"a,b",c\n1,2\n', '"a,b",c\n1,2\n'),
        ("", ""),
    ],
)
def test_rows_of_a_table_are_whole(text: str, wanted: str) -> None:
    """Rows with more or fewer cells than the header are left out."""
    assert whole_rows(text) == wanted


def test_a_spec_that_thinks_of_missing_cells_is_asked_for_them() -> None:
    """By name, or by a comparison with None."""
    named = TABLE.replace("io.StringIO(text))", "io.StringIO(text), restval='')")
    assert [asks_for_cells(ast.parse(text)) for text in (TABLE, named, TREE)] == [False, True, True]


def test_rows_of_which_columns_are_made_are_of_one_length_without_an_annotation() -> None:
    """Texts stay what they are: of these a common beginning is made."""
    meant = meaning_of(ast.parse("def f(rows):\n    return [sum(each) for each in zip(*rows)]\n"), "f")
    assert meant.fitted(([[1, 2], [3]],)) == ([[1], [3]],)
    assert meant.fitted((["ab", "c"],)) == (["ab", "c"],)


def test_arguments_go_along_a_table() -> None:
    """Keys and what they stand for at once, whatever their case."""
    tables = tables_of(ast.parse(PAD))
    made = {repr(relabelled(("22", ["Bc"]), tables, random.Random(seed))) for seed in range(60)}
    assert "('33', ['Fd'])" in made
    assert all("3" not in text or not set("abcABC") & set(text) for text in made)
    assert facts_of(ast.parse(PAD)).alphabets == {"23", "abcdef"}


def test_a_list_that_is_sorted_in_place_is_put_in_order() -> None:
    """So that files are listed in none."""
    facts = facts_of(ast.parse("def f(names):\n    'Docs.'\n    names.sort()\n    return names\n"))
    assert (facts.sorts, facts.strings) == (True, set())


def test_texts_hold_several_matches_where_all_of_them_count() -> None:
    """Hardly ever where one does."""

    def rich(source: str) -> int:
        texts = Texts(facts_of(ast.parse(source)), random.Random(1))
        return sum(len(re.findall("@[a-z]{2}", texts.text())) > 1 for _ in range(400))

    source = "import re\ndef f(text):\n    return re.findall(r'@[a-z]{2}', text)\n"
    assert rich(source) > 40
    assert rich(source.replace("findall", "fullmatch")) < 20


def test_order_is_told_apart() -> None:
    """A list that is returned as it came is put in order by a selector."""
    source = "def f(text: str) -> list[str]:\n    found = []\n    found.append(text)\n    return found\n"
    assert any(name == "put in order" and "sorted(found)" in text for name, text in selectors(source, "f"))


def test_encodings_and_line_ends_are_no_mistakes_here() -> None:
    """Another encoding is one."""
    source = "def f(path):\n    return open(path, newline='', encoding='utf-8').read()\n"
    dropped = [text for name, text, _ in mutants(source, "f") if name == "keyword dropped"]
    latin = [text for name, text, _ in mutants(source.replace("utf-8", "latin-1"), "f") if name == "keyword dropped"]
    assert (len(dropped), len(latin)) == (0, 1)


def test_a_guard_that_only_saves_turns_is_no_mistake_that_is_left() -> None:
    """Without it the answer is the same, on many inputs on which it was asked."""
    told = Derivation({"source": GUARD, "given": None}).target("f")
    assert told["alive"] == []
    assert told["returned"] > 100


@pytest.mark.parametrize(
    ("own", "other", "known"),
    [
        ("if end <= start:", "if end < start:", True),
        ("start = max(start, end)", "start = max(end, start + 1)", True),
        ("kept.append(start)", "kept.append(end)", False),
        ("            continue", "            break", False),
    ],
)
def test_expressions_without_effects_are_worked_out_both_ways(own: str, other: str, known: bool) -> None:
    """Others are not."""
    assert own in GUARD
    assert (both_ways(GUARD, GUARD.replace(own, other)) is not None) is known
