"""Counterexamples survive what is declared in Python; equality is that of the library; identities of matrices are found."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest

from kgents.laws import LawSpec, examine
from kgents.laws.arrays import equal_arrays
from kgents.laws.finding import LawVerdict
from kgents.laws.observation import equal


def overlay(a, b):
    return {**a, **b}


overlay.__laws__ = LawSpec(elements=[{1: "x"}, {1: "y"}, {2: "z"}], observe=lambda graph: sorted(graph.items()))


class Box:
    def __init__(self, v: int):
        self.v = v

    def __eq__(self, other):
        return isinstance(other, Box) and self.v == other.v

    __hash__ = None


Box.__laws__ = LawSpec(
    elements=[Box(1), Box(None)],
    bind=lambda a, k: a if a.v is None else k(a.v),
    unit=lambda v: Box(v),
    probes=[None, 1, 0],
)


@dataclass(frozen=True)
class Matrix:
    a: int
    b: int
    c: int
    d: int

    def __matmul__(self, o):
        return Matrix(
            self.a * o.a + self.b * o.c,
            self.a * o.b + self.b * o.d,
            self.c * o.a + self.d * o.c,
            self.c * o.b + self.d * o.d,
        )


def add_decimals(a, b):
    return a + b


add_decimals.__laws__ = LawSpec(elements=[Decimal("NaN"), Decimal(1), Decimal(2), Decimal(-3), Decimal("0.5")])


def add_arrays(a, b):
    return a + b


add_arrays.__laws__ = LawSpec(
    elements=[
        np.array([0.0, float("nan")]),
        np.array([1.0, 2.0]),
        np.array([-4.0, 8.0]),
        np.array([16.0, 0.5]),
        np.zeros(2),
    ]
)


@pytest.mark.parametrize(("target", "law"), [(overlay, "commutativity"), (Box, "monad-left-unit")])
def test_a_counterexample_survives_functions_that_are_given_as_objects(target, law):
    """The program that shows it takes them from the target's own `__laws__`, and fails as it says."""
    (finding,) = examine(target, (law,)).findings
    assert finding.verdict is LawVerdict.REFUTED
    code = finding.counterexample.code
    assert f"{target.__name__}.__laws__." in code
    with pytest.raises(AssertionError, match=law):
        exec(code, {"__name__": "pasted"})


def test_the_identity_of_matrices_is_found():
    found = examine(Matrix, ("monoid",))
    assert found.family["identity"] == "Matrix(a=1, b=0, c=0, d=1)"
    assert {finding.verdict for finding in found.findings} == {LawVerdict.NOT_REFUTED}


@pytest.mark.parametrize("target", [add_decimals, add_arrays])
def test_what_is_not_a_number_is_equal_to_itself(target):
    (finding,) = examine(target, ("commutativity",)).findings
    assert finding.verdict is LawVerdict.NOT_REFUTED


def test_equality_of_arrays():
    nan = float("nan")
    assert equal(np.array([1.0, nan]), np.array([1.0, nan]))
    assert not equal(np.array([1.0, nan]), np.array([nan, 1.0]))
    assert not equal(np.array([1.0]), np.array([1.0, 1.0]))
    assert not equal(np.array([1]), np.array([1.0]))
    assert equal([np.array([1])], [np.array([1])])
    assert equal_arrays([1], [1]) is None


def test_undefined_laws_say_how_elements_are_declared():
    (finding,) = examine("urllib.parse:urljoin", ("associativity",)).findings
    assert finding.verdict is LawVerdict.UNDEFINED
    assert "--elements" in finding.detail
