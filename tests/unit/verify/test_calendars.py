"""What is meant by parameters that are called as parts of dates and times."""

import ast

import pytest

from kgents.verify.reference.inside.calendars import meaning_of

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


def test_of_other_names_and_of_classes_nothing_is_known() -> None:
    """Every value is asked."""
    tree = ast.parse("def f(n): return n\nclass C:\n    def __init__(self, month): self.m = month\n")
    assert meaning_of(tree, "f").fitted((-5,)) == (-5,)
    assert meaning_of(tree, "C()").fitted(((13,), ())) == ((13,), ())


def test_ends_are_not_before_starts_and_counts_not_below_zero() -> None:
    """Unless the spec itself asks whether they are."""
    meaning = meaning_of(ast.parse("def f(start, end, width):\n    return ' ' * width if start == 3 else end\n"), "f")
    assert meaning.fitted((9, 2, -4)) == (2, 9, 4)
    assert meaning.fitted((9, "x", 4)) == (9, "x", 4)
    asked = "def f(low, high, count):\n    if low > high or count < 0: raise ValueError\n    return high - low\n"
    assert meaning_of(ast.parse(asked), "f").fitted((9, 2, -4)) == (9, 2, -4)
    assert meaning_of(ast.parse("def f(low, high):\n    return min(low, high)\n"), "f").fitted((9, 2)) == (9, 2)


def test_leaps_are_asked_of_every_calendar() -> None:
    """Of what takes a year, and nothing that is no part of a date."""
    notable = meaning_of(ast.parse("def f(year, month): return year\n"), "f").notable
    assert {(1900, 2), (2000, 2), (2024, 2), (2023, 12)} <= set(notable)
    assert meaning_of(ast.parse("def f(year, name): return year\n"), "f").notable == []
