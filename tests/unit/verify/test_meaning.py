"""What is meant by parameters: parts of dates and times, the two bounds of a value, and counts."""

import ast

import pytest

from kgents.verify.reference.inside.deriving import Derivation
from kgents.verify.reference.inside.matching import differs
from kgents.verify.reference.inside.meaning import meaning_of
from kgents.verify.reference.inside.objects import refused
from kgents.verify.reference.inside.observing import Program, seen_of
from kgents.verify.reference.inside.recipes import Recipe, unpacked

BODIES = {
    "reckons": ("return year * 12 + month", False),
    "looks at one": ("return 31 if month == 12 or month in (1, 3) else 30", False),
    "compares with bounds": ("if not 1 <= month <= 12: raise ValueError\n    return month", True),
    "looks up": ("return NAMES[month] if month in NAMES else ''", True),
    "looks up in a range": ("return month if month not in range(1, 13) else 0", True),
}


@pytest.mark.parametrize("name", BODIES)
def test_beyond_its_range_a_month_is_asked_where_the_spec_speaks_of_it(name: str) -> None:
    """No other month than twelve, unless the spec itself asks whether it is one."""
    body, asked = BODIES[name]
    meaning = meaning_of(ast.parse(f"def f(year, month, n=0):\n    {body}\n"), "f")
    fitted = [meaning.fitted((2024, month))[1] for month in range(-3, 16)]
    assert set(range(1, 13)) <= set(fitted)
    assert (fitted == list(range(-3, 16))) is asked
    assert all(1 <= meaning.fitted((year, 1))[0] <= 9999 for year in (-(10**9), -1, 0, 59, 10_000))
    assert meaning.fitted((1987, "x", 99)) == (1987, "x", 99)
    assert meaning.fitted(()) == ()


def test_of_other_names_nothing_is_known() -> None:
    """Every value is asked, of functions and of classes; a month is one in both."""
    tree = ast.parse("def f(n): return n\nclass C:\n    def __init__(self, month): self.m = month\n")
    assert meaning_of(tree, "f").fitted((-5,)) == (-5,)
    assert meaning_of(tree, "C()").fitted(((13,), ())) == ((1,), ())
    assert meaning_of(ast.parse("class C:\n    def __init__(self, n): self.m = n\n"), "C()").fitted(((-5,), ())) == (
        (-5,),
        (),
    )


def test_ends_are_not_before_starts_and_counts_not_below_zero() -> None:
    """Unless the spec itself asks whether they are."""
    meaning = meaning_of(ast.parse("def f(start, end, width):\n    return ' ' * width if start == 3 else end\n"), "f")
    assert meaning.fitted((9, 2, -4)) == (2, 9, 4)
    assert meaning.fitted((9, "x", 4)) == (9, "x", 4)
    asked = "def f(low, high, count):\n    if low > high or count < 0: raise ValueError\n    return high - low\n"
    assert meaning_of(ast.parse(asked), "f").fitted((9, 2, -4)) == (9, 2, -4)
    assert meaning_of(ast.parse("def f(low, high):\n    return min(low, high)\n"), "f").fitted((9, 2)) == (9, 2)


ORDERED = {  # what a function of (x, a, b) does that tells that a is not above b
    "a chain": "return a <= x <= b",
    "a chain that falls": "return b > x > a",
    "clamped from inside": "return max(a, min(x, b))",
    "clamped from outside": "return min(max(a, x), b)",
    "clamped in steps": "x = max(x, a)\n    return min(b, x)",
    "either": "return x < a or b < x",
    "neither": "return not (x < a or x > b)",
    "both": "return x >= a and not x > b",
    "two tests": "if x < a:\n        return a\n    if x > b:\n        return b\n    return x",
    "tiers": "return 'low' if x < a else 'middle' if x < b else 'high'",
    "tiers from above": "if x > b:\n        return 2\n    elif x > a:\n        return 1\n    return 0",
    "conditions of a comprehension": "return [n for n in x if n >= a if n < b]",
    "a range": "return sum(range(a, b + 1)) + x",
    "a range with a floor": "return list(range(max(a, 2), b))",
    "a part": "return x[a:b]",
    "what is left out": "return x[:a] + '-' + x[b:]",
    "a length": "return [x] * len(range(b - a + 1))",
    "clip": "return x.clip(a, b)",
    "a helper": "return limited(a, b, x)",
}
EITHER = {  # what asks for both orders itself
    "raises": "if a > b:\n        raise ValueError\n    return a <= x <= b",
    "raises by the difference": "span = b - a\n    if span < 0:\n        raise ValueError\n    return a <= x <= b",
    "exchanges": "if x:\n        a, b = b, a\n    return a <= x <= b",
    "sorts": "return sorted((a, x, b))[1] if a <= x <= b else x",
    "takes the lesser": "return max(min(a, b), min(x, max(a, b)))",
    "says nothing": "return x * a - b",
    "asks one way twice": "return x < a or x < b",
    "a helper that raises": "return checked(a, b, x) if a <= x <= b else 0",
}
HELPERS = """
def limited(low, high, value):
    return max(low, min(value, high))

def checked(low, high, value):
    if low > high: raise ValueError
    return value

"""


def _function(body: str) -> ast.Module:
    return ast.parse(f"{HELPERS}def f(x, a, b):\n    {body}\n")


@pytest.mark.parametrize("name", ORDERED)
def test_two_bounds_are_known_by_what_is_done_with_them(name: str) -> None:
    """They are asked in order, whatever they are called."""
    fitted = meaning_of(_function(ORDERED[name]), "f").fitted
    assert fitted((0, 9, 2))[1:] == fitted((0, 2, 9))[1:] == (2, 9)
    assert fitted((0, 9, "2")) == (0, 9, "2")


@pytest.mark.parametrize("name", EITHER)
def test_what_looks_at_the_order_itself_is_asked_both(name: str) -> None:
    """Nothing is known to be out of order."""
    assert meaning_of(_function(EITHER[name]), "f").fitted((0, 9, 2)) == (0, 9, 2)


def test_bounds_stand_in_tuples_and_in_each_item_of_a_list() -> None:
    """By their place, or by the names that they are given."""
    pair = meaning_of(ast.parse("def f(x, ab):\n    return max(ab[0], min(x, ab[1]))\n"), "f")
    assert pair.fitted((1, (9, 2))) == (1, (2, 9))
    items = meaning_of(ast.parse("def f(x, spans):\n    return [a for a, b in sorted(spans) if a <= x < b]\n"), "f")
    assert items.fitted((1, [(9, 2), (3, 4)])) == (1, [(2, 9), (3, 4)])
    named = meaning_of(ast.parse("def f(spans):\n    for start, end in spans: print(start, end)\n"), "f")
    assert named.fitted(([(9, 2)],)) == ([(2, 9)],)


def test_two_intervals_that_overlap_have_their_ends_in_order() -> None:
    """However the overlap is asked for, of four parameters or of the parts of two."""
    for body in ("a <= d and c <= b", "not (b < c or d < a)", "min(b, d) - max(a, c)"):
        assert meaning_of(ast.parse(f"def f(a, b, c, d): return {body}"), "f").fitted((9, 2, 8, 3)) == (2, 9, 3, 8)
    boxes = meaning_of(
        ast.parse("def f(p, q): return p[0] < q[2] and q[0] < p[2] and p[1] < q[3] and q[1] < p[3]"), "f"
    )
    assert boxes.fitted(((5, 6, 1, 2), (1, 1, 0, 9))) == ((1, 2, 5, 6), (0, 1, 1, 9))


COUNTS = {  # what is done with n, and what becomes of -3, -1, 0 and 2
    "return list(range(n))": (3, 1, 0, 2),
    "return list(range(1, n + 1))": (3, 1, 0, 2),
    "return x[:n]": (3, 1, 0, 2),
    "return x[:n - 1]": (5, 3, 2, 2),
    "return x[i:i + n]": (3, 1, 0, 2),
    "return [x[i:i + n] for i in range(0, len(x), n)]": (5, 3, 2, 2),
    "return x + ' ' * (n - len(x))": (3, 1, 0, 2),
    "return x.rjust(n)": (3, 1, 0, 2),
    "return f'{x:>{n}}'": (3, 1, 0, 2),
    "return i <= x < i + n": (3, 1, 0, 2),
    "return [] if n == 0 else x[::n]": (3, 1, 0, 2),
    "return x[-n:] if n else []": (3, 1, 0, 2),
    "return x[n]": (-3, -1, 0, 2),
    "return x * n": (-3, -1, 0, 2),
    "if n < 0:\n        raise ValueError\n    return x[:n]": (-3, -1, 0, 2),
    "n = n % len(x)\n    return x[:n]": (-3, -1, 0, 2),
    "return x[:max(0, n)]": (-3, -1, 0, 2),
    "return x.index(n)": (-3, -1, 0, 2),
}


@pytest.mark.parametrize("body", COUNTS)
def test_counts_are_known_by_what_is_done_with_them(body: str) -> None:
    """They are not below their least, unless the function looks at that itself."""
    meaning = meaning_of(ast.parse(f"def f(x, i, n):\n    {body}\n"), "f")
    assert tuple(meaning.fitted(("x", 1, n))[2] for n in (-3, -1, 0, 2)) == COUNTS[body]


JUDGED = {
    "clamp": ("max(floor, min(value, ceiling))", "min(ceiling, max(floor, value))", "max(floor, value)"),
    "wrap": ("floor + (value - floor) % (ceiling - floor)", "(value - floor) % (ceiling - floor) + floor",
             "floor + value % (ceiling - floor)"),
    "tier": ("0 if value < floor else 1 if value < ceiling else 2", "(value >= floor) + (value >= ceiling)",
             "(value > floor) + (value >= ceiling)"),
}  # fmt: skip


@pytest.mark.parametrize("name", JUDGED)
def test_right_programs_pass_where_bounds_are_in_order_and_wrong_ones_do_not(name: str) -> None:
    """A right program need not do the same with bounds that are out of order."""
    spec, right, wrong = (
        f"def f(value: int, floor: int, ceiling: int) -> int:\n    return {each}\n" for each in JUDGED[name]
    )
    rows = Derivation({"source": spec, "given": None}).target("f")["rows"]
    asked = [(seen_of(row[1]), tuple(map(unpacked, row[0]))) for row in rows]
    assert not any(differs(want, Program(right, "f").call(row, 1.0)) for want, row in asked)
    assert any(differs(want, Program(wrong, "f").call(row, 1.0)) for want, row in asked)


def test_an_example_of_the_docstring_is_asked_as_it_is() -> None:
    """Even where its bounds are out of order: the spec speaks of it."""
    spec = 'def f(x, a, b):\n    """`f(5, 9, 2) == 9`"""\n    return max(a, min(x, b))\n'
    rows = [row[0] for row in Derivation({"source": spec, "given": None}).target("f")["rows"]]
    assert [5, 9, 2] in rows


def test_leaps_are_asked_of_every_calendar() -> None:
    """Of what takes a year, and nothing that is no part of a date."""
    notable = meaning_of(ast.parse("def f(year, month): return year\n"), "f").notable
    assert {(1900, 2), (2000, 2), (2024, 2), (2023, 12)} <= set(notable)
    assert meaning_of(ast.parse("def f(year, name): return year\n"), "f").notable == []


GRIDS = {  # how cells are read, and what becomes of three rows of different lengths
    "return g[r][c] if 0 <= r < len(g) and 0 <= c < len(g[0]) else ''": ["ab", "de", "gh"],
    "return sum(row[c] == '.' for row in g)": ["ab", "de", "gh"],
    "return [g[i][2 - i] for i in range(3)]": ["aba", "def", "ghg"],
    "return g[r][c] if c < len(g[r]) else ''": ["ab", "def", "gh"],
    "return g[0][0] + g[1][1]": ["ab", "def", "gh"],
    "return g[r][1:c]": ["ab", "def", "gh"],
}


@pytest.mark.parametrize("body", GRIDS)
def test_rows_of_a_grid_are_of_one_length(body: str) -> None:
    """Unless the function asks for the length of a row itself; a board of a constant size is of that size."""
    meaning = meaning_of(ast.parse(f"def f(g, r, c):\n    {body}\n"), "f")
    assert meaning.fitted((["ab", "def", "gh"], 1, 1))[0] == GRIDS[body]
    assert meaning.fitted(([], 1, 1)) == ([], 1, 1)
    assert meaning.fitted((7, 1, 1)) == (7, 1, 1)


def test_counts_are_no_larger_than_what_a_program_may_make() -> None:
    """Larger ones are brought below 5000."""
    fitted = meaning_of(ast.parse("def f(n): return '#' * n\n"), "f").fitted
    assert all(0 <= fitted((n,))[0] < 5000 for n in (-(10**9), 10**9, 4999, 5000))


CLASS = """
from dataclasses import dataclass

class C:
    FLOOR = 0
    def __init__(self, a, b, n):
        {made}

    def asks(self, x):
        {body}

    def _limited(self, x, low, high):
        return max(low, min(x, high))

    def puts(self, cents):
        if cents <= 0: raise ValueError
        return cents

    def takes(self, cents):
        return cents

    def owes(self, cents):
        return abs(cents) if cents < -1 else 0

@dataclass
class Span:
    opens: int
    closes: int

def covered(x, spans: list[Span]):
    return [s for s in spans if s.opens <= x < s.closes]

def open_at(x, span: Span):
    return x not in range(span.opens, span.closes)
"""
MADE = "self.a, self.b, self.n = a, b, n"
BOUNDED = {
    "a chain": (MADE, "return self.a <= x <= self.b"),
    "a helper": (MADE, "return self._limited(x, self.a, self.b)"),
    "a range": (MADE, "return list(range(self.a, self.b))"),
    "a clamp in the constructor": (f"{MADE}; self.c = max(a, min(n, b))", "return x"),
}
UNBOUNDED = {
    "the constructor looks": (f"if a > b: raise ValueError\n        {MADE}", "return self.a <= x <= self.b"),
    "set anew": (MADE, "self.a = x; return self.a <= x <= self.b"),
    "a method looks": (MADE, "return self.a <= x <= self.b if self.a < self.b else x"),
}


def _of_class(made: str, body: str) -> ast.Module:
    return ast.parse(CLASS.format(made=made, body=body))


@pytest.mark.parametrize("name", BOUNDED)
def test_bounds_are_what_an_object_was_made_with(name: str) -> None:
    """They are asked in order, whichever method tells it."""
    fitted = meaning_of(_of_class(*BOUNDED[name]), "C()").fitted
    assert fitted(((9, 2, 5), (("asks", (5,)),))) == ((2, 9, 5), (("asks", (5,)),))


@pytest.mark.parametrize("name", UNBOUNDED)
def test_what_a_class_looks_at_itself_is_asked_both_ways(name: str) -> None:
    """Whichever method looks; and what is set anew is no more what the object was made with."""
    assert meaning_of(_of_class(*UNBOUNDED[name]), "C()").fitted(((9, 2, 5), ()))[0] == (9, 2, 5)


def test_objects_among_the_arguments_are_made_with_what_is_meant() -> None:
    """By what the function does with their attributes, alone or in a list."""
    tree = _of_class(MADE, "return x")
    drawn, meant = Recipe("instance", "Span", (9, 2)), Recipe("instance", "Span", (2, 9))
    assert meaning_of(tree, "covered").fitted((1, [drawn])) == (1, [meant])
    assert meaning_of(tree, "open_at").fitted((1, drawn)) == (1, meant)


def test_what_one_method_refuses_another_is_not_given() -> None:
    """By the name of the parameter; a method that looks itself is asked."""
    tree = _of_class(MADE, "return x")
    steps = meaning_of(tree, "C()").fitted(((1, 2, 5), (("puts", (-3,)), ("takes", (-3,)), ("owes", (-3,)))))[1]
    assert steps == (("puts", (-3,)), ("takes", (5,)), ("owes", (-3,)))


REFUSALS = {
    "if n <= 0: raise ValueError": 1,
    "if n < 1: raise ValueError": 1,
    "if 0 >= n: raise ValueError": 1,
    "if not n > 0: raise ValueError": 1,
    "if not (0 < n): raise ValueError": 1,
    "if not 0 <= n < 100: raise ValueError": 0,
    "if isinstance(n, bool) or n < 2: raise ValueError": 2,
    "if not (n >= 2 and n < 9): raise ValueError": 2,
    "assert n > 0": 1,
    "if n < -3: raise ValueError": -3,
    "if n > 9: raise ValueError": None,
    "if n < 0 and n > -9: raise ValueError": None,
    "if 0 < n < 9: raise ValueError": None,
    "if not n < 9: raise ValueError": None,
    "if n <= 0: n = 1": None,
}


@pytest.mark.parametrize("check", REFUSALS)
def test_the_least_that_a_method_takes_is_read_however_it_is_written(check: str) -> None:
    """What refuses from above, only together with something else, or not at all says nothing."""
    function = ast.parse(f"def put(self, n):\n    {check}\n    self.n = n\n").body[0]
    assert refused({"put": function}).get("n") == REFUSALS[check]
