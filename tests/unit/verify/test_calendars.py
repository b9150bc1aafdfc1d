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
