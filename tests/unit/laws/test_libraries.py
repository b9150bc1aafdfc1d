"""Objects of well-known libraries, and what is known of their laws."""

import pytest

from kgents.laws import LawBroken, LawSpec, check, examine
from kgents.laws.finding import LawVerdict

LAWFUL = [
    ("builtins:list", ("monoid",), None),
    ("builtins:str", ("monoid",), None),
    ("builtins:dict", ("monoid",), None),
    ("builtins:frozenset", ("monoid", "commutativity", "idempotence"), None),
    ("fractions:Fraction", ("monoid", "commutativity", "inverse"), None),
    ("datetime:timedelta", ("monoid", "commutativity"), None),
    ("collections:deque", ("monoid",), None),
]
UNLAWFUL = [
    ("builtins:float", "associativity", None),
    ("builtins:set", "inverse", LawSpec(compose="|", inverse="({0} ^ {0})", identity="set()", elements="set[int]")),
    ("collections:Counter", "associativity", LawSpec(compose="+")),
    ("decimal:Decimal", "associativity", None),
    ("builtins:list", "commutativity", None),
]


@pytest.mark.parametrize(("target", "laws", "spec"), LAWFUL)
def test_lawful(target, laws, spec):
    assert not examine(target, laws, spec=spec, cases=60).refuted


@pytest.mark.parametrize(("target", "law", "spec"), UNLAWFUL)
def test_unlawful(target, law, spec):
    (found,) = examine(target, (law,), spec=spec, cases=1000).findings
    assert found.verdict is LawVerdict.REFUTED


def test_numpy_and_rich():
    """Elements of other packages, given as strategies."""
    import numpy as np
    from hypothesis import strategies as st
    from rich.style import Style
    from rich.text import Text

    arrays = st.lists(st.integers(-9, 9), min_size=3, max_size=3).map(np.array)
    assert not examine(np.ndarray, ("associativity",), spec=LawSpec(compose="+", elements=arrays), cases=40).refuted
    crossed = LawSpec(compose=np.cross, elements=arrays)
    assert examine(np.ndarray, ("associativity",), spec=crossed, cases=200).refuted
    styles = st.builds(Style, bold=st.none() | st.booleans(), italic=st.none() | st.booleans())
    assert not examine(
        Style, ("monoid",), spec=LawSpec(compose="+", elements=styles, identity="Style()"), cases=40
    ).refuted
    texts = st.text("ab", max_size=3).map(Text)
    observed = LawSpec(compose="+", elements=texts, observe="{0}.plain")
    assert not examine(Text, ("associativity",), spec=observed, cases=40).refuted


def test_mpmath_intervals_and_floats():
    import mpmath
    from hypothesis import strategies as st

    floats = LawSpec(compose="+", elements=st.floats(-1e9, 1e9).map(mpmath.mpf))
    assert examine(mpmath.mpf, ("associativity",), spec=floats, cases=1000).refuted


def test_check_is_one_line():
    check(list)
    with pytest.raises(LawBroken, match="commutativity of list"):
        check(list, "commutativity")
