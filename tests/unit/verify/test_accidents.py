"""What a spec does by accident is not asked; what it keeps to itself, or promises, is."""

import ast
from collections.abc import Iterator

import pytest

from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.reference.inside.arrays import EITHER, LINE, TABLE, dimensions
from kgents.verify.reference.inside.facts import facts_of
from kgents.verify.reference.inside.grids import Grids
from kgents.verify.reference.inside.likeness import alike
from kgents.verify.reference.inside.meaning import meaning_of
from kgents.verify.reference.inside.mutants import mutants
from kgents.verify.reference.inside.numerals import Numerals
from kgents.verify.reference.inside.observing import Program
from kgents.verify.reference.inside.selectors import selectors
from kgents.verify.reference.inside.taking import domains_of
from kgents.verify.verifier import SandboxVerifier

VERSION = "def f(text):\n    a, b = map(int, text.split('.'))\n    return a * 100 + b\n"
LISTED = "def f(text):\n    return sum(map(int, text.split(',')))\n"
SIGNED = "def f(text):\n    a, b = map(int, text.split(':'))\n    return a * 60 + b if a >= 0 else None\n"
EXPONENT = "import math\ndef f(text):\n    x = float(text)\n    return x if math.isfinite(x) else 0\n"
HEXADECIMAL = "def f(text):\n    return int(text, 16)\n"


@pytest.mark.parametrize(
    ("source", "kind", "text", "meant"),
    [
        (VERSION, "int", "12", True),
        (VERSION, "int", "-1", False),
        (VERSION, "int", " 1", False),
        (VERSION, "int", "1_0", False),
        (VERSION, "int", "+1", False),
        (VERSION, "int", "٣", False),
        (LISTED, "int", " -1 ", True),
        (LISTED, "int", "1_0", False),
        (SIGNED, "int", "-1", True),
        (HEXADECIMAL, "int", "ff", True),
        (HEXADECIMAL, "int", "1e5", True),
        (HEXADECIMAL, "int", "0xff", False),
        (LISTED.replace("int", "float"), "float", "1.50", True),
        (LISTED.replace("int", "float"), "float", "nan", False),
        (LISTED.replace("int", "float"), "float", "1e5", False),
        (EXPONENT, "float", "inf", True),
    ],
)
def test_numbers_as_nobody_writes_them_are_not_asked(source: str, kind: str, text: str, meant: bool) -> None:
    """Unless the spec speaks of them."""
    tree = ast.parse(source)
    assert Numerals(tree, "f", facts_of(tree)).meant([(kind, text)]) is meant


@pytest.mark.parametrize(
    ("body", "text", "meant"),
    [
        ("return sum(p * Decimal(rate) for p in prices)", "", False),
        ("return sum(p * Decimal(rate) for p in prices)", "19", True),
        ("return [rate, float(rate)][len(prices)]", "x", True),
        ("try:\n        return float(rate)\n    except ValueError:\n        return 0", "x", True),
    ],
)
def test_a_text_of_which_only_a_number_is_made_is_one(body: str, text: str, meant: bool) -> None:
    """Also where the spec did not come to it, unless it catches what is none."""
    tree = ast.parse(f"from decimal import Decimal\ndef f(prices: list[int], rate: str):\n    {body}\n")
    assert Numerals(tree, "f", facts_of(tree)).numbers_are(([], text)) is meant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def f(values): return values[1:] - values[:-1]", {"values": LINE}),
        ("def f(data): return data.min(axis=0)", {"data": TABLE}),
        ("def f(data): return data / data.sum(axis=-1)", {"data": EITHER}),
        ("def f(data): return (data - data.mean()).sum(axis=1)", {"data": TABLE}),
        ("def f(a, b): return a[:, 0] + b", {"a": TABLE, "b": LINE}),
        ("def f(a): return a[:, None] - a", {"a": LINE}),
        ("def f(a):\n    rows, columns = a.shape\n    return rows", {"a": TABLE}),
        ("def f(a): return a.T", {"a": TABLE}),
        ("def f(matrix): return matrix.sum()", {"matrix": TABLE}),
        ("def f(a): return a.ndim", {"a": EITHER}),
    ],
)
def test_arrays_have_the_dimensions_that_a_function_takes_them_for(text: str, told: dict[str, int]) -> None:
    """A row of numbers has no columns."""
    assert dimensions(ast.parse(text).body[0]) == told


@pytest.mark.parametrize(
    ("text", "grids"),
    [
        ("def f(rows: list[list[int]]): return [sum(c) for c in zip(*rows)]", {(0,)}),
        (
            "def f(rows: list[list[int]]):\n    out = [list(row) for row in rows]\n    return list(zip(*out[::-1]))",
            {(0,)},
        ),
        ("def f(rows: list[list[int]]): return list(zip(*map(list, rows)))", {(0,)}),
        ("def f(rows: list[list[int]]): return list(zip(*rows, strict=True))", set()),
        ("def f(words: list[str]): return [len(set(c)) == 1 for c in zip(*words)]", set()),
        ("def f(rows: list[list[int]]): return [len(row) for row in rows], list(zip(*rows))", set()),
        ("def f(grid): return sum(map(sum, grid))", {(0,)}),
    ],
)
def test_what_columns_are_made_of_has_rows_of_one_length(text: str, grids: set[tuple[int, ...]]) -> None:
    """Texts have not: of them it makes a common beginning."""
    assert set(Grids(ast.parse(text).body[0]).sizes) == grids


def test_a_board_of_a_constant_size_is_filled_up_with_what_most_of_its_cells_are() -> None:
    """The largest of the loops over it tells the size, by its end where it has a step."""
    text = "def f(board):\n    for r in range(0, 9, 3):\n        for i in range(3):\n            board[r + i][i]\n"
    grids = Grids(ast.parse(text).body[0])
    assert grids.sizes == {(0,): 9}
    (board,) = grids.fitted(([[0, 5], [0, 0]],))
    assert board == [[0, 5] + [0] * 7, *[[0] * 9] * 8]


@pytest.mark.parametrize(
    ("text", "given", "meant"),
    [
        ("def f(text, country='49'): return '+' + country + text", "a1b", "1"),
        ("def f(text, country='49'): return f'+{country}{text}'", "ab", "49"),
        ("def f(text, country='49'): return country.strip() + text", "ab", "ab"),
        ("def f(text, joint='-'): return joint + text", "ab", "ab"),
    ],
)
def test_what_is_only_written_is_of_digits_where_its_default_is(text: str, given: str, meant: str) -> None:
    """What the spec looks at itself may be anything."""
    assert meaning_of(ast.parse(text), "f").fitted(("a", given)) == ("a", meant)


def test_fields_are_looked_up_by_names_of_fields() -> None:
    """A column of a table, a key of records."""
    table = "import csv, io\ndef f(text: str, column: str):\n    return [r[column] for r in csv.DictReader(io.StringIO(text))]\n"
    records = "def f(rows: list[dict], key: str):\n    return [row.get(key) for row in rows]\n"
    for text in (table, records):
        *_, ((_, *choices), *_) = domains_of(ast.parse(text).body[-1], {})  # type: ignore[arg-type]
        assert ("choice", ("a", "b", "c")) in choices


def test_false_and_nothing_are_one_where_only_the_truth_is_asked() -> None:
    """Of a function within another; elsewhere they are told apart."""
    inner = (
        "def f(xs):\n    def odd(x):\n        if x % 2:\n            return True\n        return False\n    return {}\n"
    )
    dropped = [
        sum(name == "returns nothing" for name, _, _ in mutants(inner.format(use), "f"))
        for use in ("any(odd(x) for x in xs)", "[odd(x) for x in xs]")
    ]
    assert dropped[0] == dropped[1] - 1


def test_a_function_that_goes_a_few_levels_deep_is_tried_for_one_that_goes_on() -> None:
    """Which is a program that runs, and answers as it to what is not deep."""
    source = "def deep(x):\n    return 1 + max((deep(y) for y in x), default=0)\n"
    made = [Program(text, "deep") for name, text in selectors(source, "deep") if name == "a few levels deep"]
    answers = [[program.call((nested,), 1.0).answer for nested in ([], [[]], [[[[]]]])] for program in made]
    assert [answer for answer in answers if answer[0] == 1] == [[1, 2, 2], [1, 2, None], [1, 2, 3]]


def test_an_iterator_that_changes_what_it_gave_is_told_from_one_that_does_not() -> None:
    """Where the reference does so itself, it is not asked of others."""
    source = "def f(n):\n    held = []\n    for i in range(n):\n        held.append(i)\n        yield {}\n"
    moving, still = (Program(source.format(what), "f").call((3,), 1.0).answer for what in ("held", "list(held)"))
    assert moving[0] == "moved"
    assert still[0] == "it"
    assert not alike(still, moving)
    assert alike(moving, still)
    assert alike(moving, moving)


def test_answers_of_an_object_that_change_afterwards_are_told() -> None:
    """A list that the object keeps, not a copy of it; the other way round nothing is asked."""
    source = (
        "class C:\n    def __init__(self):\n        self._x = []\n    def add(self, n):\n        self._x.append(n)\n"
    )
    source += "    def all(self):\n        return {}\n"
    script = ((), (("all", ()), ("add", (1,)), ("all", ()), ("all", ())))
    inner, copied = (Program(source.format(what), "C()").call(script, 1.0).answer for what in ("self._x", "self._x[:]"))
    assert inner[-1] == ("later", 0)
    assert not alike(copied, inner)
    assert alike(inner, copied)


def test_mistakes_that_choose_inputs_differ_from_the_spec() -> None:
    """Each of them, however many were made before it."""
    source = "def f(xs):\n    held = {}\n    x = 0\n    for n in xs:\n        held[n] = n\n        x = x + n\n        x -= 1\n"
    source += "        if n > 9:\n            break\n        if n > 3:\n            continue\n    return held, x\n"
    made = list(selectors(source, "f"))
    assert ast.unparse(ast.parse(source)) not in [text for _, text in made]
    assert {"keeps the first", "moves to the end", "overwrites", "guards swapped"} <= {name for name, _ in made}
    assert sum(name == "overwrites" for name, _ in made) == 2
    assert any("x = n" in text for _, text in made)


def test_the_year_of_a_day_is_tried_for_that_of_its_week() -> None:
    """However it is read."""
    for read in ("year, week, _ = day.isocalendar()", "year = day.isocalendar().year", "year = day.isocalendar()[0]"):
        (text,) = [
            text for name, text in selectors(f"def f(day):\n    {read}\n    return year\n", "f") if "year" in name
        ]
        assert "day.year" in text


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for the module."""
    opened = open_sandbox()
    yield opened
    opened.close()


PROMISES = """\
def turned(items: list[int], times: int) -> list[int]:
    \"\"\"A new list, its items moved to the left.\"\"\"
    out = list(items)
    for _ in range(times % 3):
        out = out[1:] + out[:1]
    return out
"""
KEEPS = """\
class Log:
    def __init__(self):
        self._lines = []

    def write(self, line: str) -> int:
        self._lines.append(line)
        return len(self._lines)

    def lines(self) -> list[str]:
        return list(self._lines)
"""
QUERY = """\
from urllib.parse import unquote_plus

def words(query: str) -> list[str]:
    return [unquote_plus(word) for word in query.split("&") if word]
"""


@pytest.mark.parametrize(
    ("spec", "before", "after", "said"),
    [
        (PROMISES, "out = list(items)", "out = items", "returns its argument, where a new object is promised"),
        (KEEPS, "list(self._lines)", "self._lines", "expected a list of its own, got one that changes afterwards"),
        (QUERY, "unquote_plus(word)", "word", "expected"),
        (QUERY, "unquote_plus", "unquote", "expected"),
    ],
)
def test_what_is_promised_kept_or_read_otherwise_is_asked(
    sandbox: Sandbox, spec: str, before: str, after: str, said: str
) -> None:
    """And told in the words of what went wrong; the spec itself passes."""
    verifier = SandboxVerifier(choose_oracle(spec, None, sandbox), sandbox)
    assert verifier.judge(spec).success is True
    judgement = verifier.judge(spec.replace(before, after))
    assert judgement.success is False
    assert said in str(judgement.error)
