"""Mutants: other texts, nearly always other behaviour."""

import ast
import sys
from collections import Counter
from random import Random

import pytest

from kgents.harness.mutants import Mutant, mutant, mutants
from kgents.harness.prompt import compile_error
from kgents.testing.reading import taken

CLAMP = '''def clamp(x, low, high):
    """Into [low, high]."""
    if x < low:
        return low
    if x > high:
        return high
    return x
'''
TOTAL = """import math

def total(xs):
    result = 0
    for i in range(len(xs)):
        result += xs[i] * (i + 1)
    return math.floor(result)
"""
PROGRAMS = {
    "add": ("def add(a, b): return a + b", [(1, 2), (0, 0), (-3, 5), (2, 2)]),
    "sqrt": ("def sqrt(n): return n ** 0.5", [(4,), (0,), (2,), (9,)]),
    "divide": ("def divide(a, b): return a / b", [(1, 2), (4, 2), (-3, 5), (7, 3)]),
    "clamp": (CLAMP, [(1, 2, 5), (3, 2, 5), (9, 2, 5), (0, 0, 1), (5, 2, 5)]),
    "total": (TOTAL, [([],), ([1],), ([1, 2, 3],), ([5, -1, 0, 2],)]),
    "gcd": (
        "def gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a\n",
        [(12, 18), (7, 0), (0, 4), (9, 28)],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_two_mutants_have_one_text_and_none_has_that_of_the_program(name: str) -> None:
    code, _ = PROGRAMS[name]
    texts = [found.code.strip() for found in mutants(code)]
    assert len(texts) == len(set(texts)) >= 20
    assert code.strip() not in texts
    assert ast.unparse(ast.parse(code)) not in texts


@pytest.mark.parametrize("name", PROGRAMS)
def test_most_mutants_behave_otherwise(name: str) -> None:
    code, inputs = PROGRAMS[name]
    found = [one for one in mutants(code) if one.mistake != "endless_loop"]
    same = [one for one in found if _behaviour(one.code, name, inputs) == _behaviour(code, name, inputs)]
    assert len(same) <= len(found) * 0.12, Counter(one.mistake for one in same)


def test_every_named_mistake_is_made_somewhere() -> None:
    found = Counter(one.mistake for code, _ in PROGRAMS.values() for one in mutants(code))
    assert set(found) >= {
        "wrong_operator", "wrong_comparison", "negated_condition", "off_by_one", "wrong_constant", "swapped_arguments",
        "missing_branch", "missing_statement", "dropped_return", "wrong_type", "wrong_variable", "unknown_name",
        "wrong_name", "endless_loop", "forgotten_edge", "stub", "syntax_error", "cut_off", "prose",
    }  # fmt: skip


def test_a_syntax_error_does_not_compile_and_prose_holds_no_code() -> None:
    for code, _ in PROGRAMS.values():
        for one in mutants(code):
            if one.mistake == "syntax_error":
                assert compile_error(one.code) is not None
            elif one.mistake == "prose":
                assert taken(one.code).code is None
            elif one.mistake != "cut_off":
                assert compile_error(one.code) is None


def test_the_draw_alone_decides_and_reaches_nearly_all() -> None:
    code, _ = PROGRAMS["clamp"]
    drawn = [mutant(code, Random(seed)) for seed in range(3000)]
    assert drawn == [mutant(code, Random(seed)) for seed in range(3000)]
    assert len({one.code for one in drawn}) >= 0.9 * len(list(mutants(code)))
    assert all(one.code.strip() != code.strip() for one in drawn)


def test_a_program_without_functions_has_mutants_too() -> None:
    assert isinstance(mutant("x = 1\n", Random(0)), Mutant)


class _TooLong(Exception):
    """A loop that a mutation made endless."""


def _behaviour(code: str, name: str, inputs: list[tuple[object, ...]]) -> list[str]:
    """What a program says for each input; loops are cut after 10 000 lines."""
    space: dict[str, object] = {}
    try:
        exec(compile(code, "<mutant>", "exec"), space)
    except (SyntaxError, NameError, TypeError) as error:
        return [type(error).__name__]
    return [_said(space.get(name), values) for values in inputs]


def _said(function: object, values: tuple[object, ...]) -> str:
    left = iter(range(10_000))

    def trace(frame: object, event: str, arg: object) -> object:
        if next(left, None) is None:
            raise _TooLong
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        return repr(function(*values))  # type: ignore[operator]
    except (ArithmeticError, LookupError, NameError, NotImplementedError, TypeError, ValueError, _TooLong) as error:
        return type(error).__name__
    finally:
        sys.settrace(previous)
