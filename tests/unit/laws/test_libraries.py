"""Objects of well-known libraries, and what is known of their laws: none that holds is refuted, those that do not are."""

import subprocess
import sys
from pathlib import PurePosixPath

import mpmath
import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.polynomial import Polynomial
from packaging.specifiers import SpecifierSet
from pyrsistent import PMap, PVector, pmap, pvector
from returns.maybe import Maybe, Nothing, Some
from returns.result import Failure, Result, Success
from rich.style import Style
from rich.text import Text
from sortedcontainers import SortedList

from kgents.laws import LawBroken, LawSpec, check, examine
from kgents.laws.finding import LawVerdict

EACH_ALONE = True  # slow, and nothing is shared

few = st.integers(-9, 9)
triples = st.lists(few, min_size=3, max_size=3).map(np.array)
styles = st.builds(Style, bold=st.none() | st.booleans(), italic=st.none() | st.booleans())
small_maps = st.dictionaries(st.sampled_from("abc"), few, max_size=3)
specifiers = st.sampled_from(["", ">=1", "<2", ">=1,<3"]).map(SpecifierSet)
texts = st.text("ab", max_size=3).map(Text)
paths = st.lists(st.sampled_from(["a", "b", "..", "."]), max_size=3).map(lambda parts: PurePosixPath(*parts))

LAWFUL = {
    "list": (list, ("monoid",), None),
    "str": (str, ("monoid",), None),
    "dict": (dict, ("monoid",), None),
    "frozenset": (frozenset, ("monoid", "commutativity", "idempotence"), None),
    "Fraction": ("fractions:Fraction", ("monoid", "commutativity", "inverse"), None),
    "int distributes": (int, ("distributivity",), LawSpec(compose="*", plus="+")),
    "sets absorb": ("builtins:frozenset", ("absorption", "distributivity"), LawSpec(compose="|", plus="&")),
    "len": (str, ("homomorphism",), LawSpec(image=len)),
    "timedelta": ("datetime:timedelta", ("monoid", "commutativity"), None),
    "deque": ("collections:deque", ("monoid",), None),
    "ChainMap": ("collections:ChainMap", ("monoid",), None),
    "PurePosixPath": (PurePosixPath, ("monoid",), LawSpec(compose="/", elements=paths)),
    "gcd": ("math:gcd", ("associativity", "commutativity"), None),
    "toolz.compose": ("toolz:compose", ("monoid",), None),
    "toolz.merge": ("toolz:merge", ("monoid",), LawSpec(elements="dict[str, int]")),
    "pvector": (PVector, ("monoid",), LawSpec(compose="+", elements=st.lists(few, max_size=3).map(pvector), identity=pvector())),
    "pmap": (PMap, ("monoid",), LawSpec(compose="update", elements=small_maps.map(pmap), identity=pmap())),
    "Maybe": (
        Maybe, ("functor", "monad"), LawSpec(elements=few.map(Some) | st.just(Nothing), unit="Maybe.from_value({0})"),
    ),
    "Result": (
        Result, ("functor", "monad"),
        LawSpec(elements=few.map(Success) | few.map(Failure), unit="Result.from_value({0})"),
    ),
    "SortedList": (SortedList, ("monoid", "commutativity"), LawSpec(elements=st.lists(few, max_size=4).map(SortedList))),
    "SpecifierSet": (SpecifierSet, ("monoid", "commutativity"), LawSpec(elements=specifiers)),
    "numpy +": (np.ndarray, ("associativity", "commutativity"), LawSpec(compose="+", elements=triples)),
    "Polynomial": (
        Polynomial, ("monoid", "commutativity"),
        LawSpec(
            compose="*", elements=st.lists(few, min_size=1, max_size=3).map(Polynomial), identity="Polynomial([1])",
            observe="tuple({0}.trim().coef.tolist())",
        ),
    ),
    "rich.Style": (Style, ("monoid",), LawSpec(compose="+", elements=styles, identity="Style()")),
    "rich.Text": (Text, ("associativity",), LawSpec(compose="+", elements=texts, observe="{0}.plain")),
}  # fmt: skip
UNLAWFUL = {
    "float": (float, "associativity", None),
    "complex": (complex, "associativity", None),
    "set has no inverse": (set, "inverse", LawSpec(compose="|", inverse="({0} ^ {0})", identity="set()", elements="set[int]")),
    "Counter": ("collections:Counter", "associativity", LawSpec(compose="+")),
    "Decimal": ("decimal:Decimal", "associativity", None),
    "list": (list, "commutativity", None),
    "hypot": ("math:hypot", "associativity", LawSpec(elements="float")),
    "timedelta *": ("datetime:timedelta", "homomorphism", LawSpec(image="{0} * 0.5")),
    "upper": (str, "homomorphism", LawSpec(image="{0}.lower()", compose="{0}.title() + {1}")),
    "toolz.merge": ("toolz:merge", "commutativity", LawSpec(elements="dict[str, int]")),
    "pmap": (PMap, "commutativity", LawSpec(compose="update", elements=small_maps.map(pmap))),
    "Maybe drops None": (
        Maybe, "monad-left-unit", LawSpec(elements=few.map(Some), unit="Maybe.from_optional({0})", probes="int | None"),
    ),
    "numpy.cross": (np.ndarray, "associativity", LawSpec(compose=np.cross, elements=triples)),
    "matrices": (
        np.ndarray, "commutativity",
        LawSpec(compose="@", elements=st.lists(few, min_size=4, max_size=4).map(lambda x: np.array(x).reshape(2, 2))),
    ),
    "rich.Style": (Style, "commutativity", LawSpec(compose="+", elements=styles)),
    "mpf": (mpmath.mpf, "associativity", LawSpec(compose="+", elements=st.floats(-1e9, 1e9).map(mpmath.mpf))),
}  # fmt: skip


@pytest.mark.parametrize("name", LAWFUL)
def test_lawful(name):
    target, laws, spec = LAWFUL[name]
    found = examine(target, laws, spec=spec, cases=30)
    assert {finding.verdict for finding in found.findings} == {LawVerdict.NOT_REFUTED}, found.findings


@pytest.mark.parametrize("name", UNLAWFUL)
def test_unlawful_ones_are_refuted_and_their_counterexamples_replay(name):
    """Within 1 000 cases; in a process that has seen none of this file."""
    target, law, spec = UNLAWFUL[name]
    (found,) = examine(target, (law,), spec=spec, cases=1000).findings
    assert found.verdict is LawVerdict.REFUTED, found
    script = "import sys\ntry: exec(sys.stdin.read(), {})\nexcept AssertionError: print('broken')"
    ran = subprocess.run(
        [sys.executable, "-c", script], input=found.counterexample.code, capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("broken\n", "")


def test_check_is_one_line():
    check(list)
    with pytest.raises(LawBroken, match="commutativity of list"):
        check(list, "commutativity")


def test_own_laws_in_one_line():
    def doubled(a, text: str):
        return a * 2 == a + a and text.upper() == text.upper().upper()

    check(list, "associativity", doubled)

    def longer(a, b):
        return len(a + b) > len(a)

    with pytest.raises(LawBroken, match="longer of list"):
        check(list, longer)
