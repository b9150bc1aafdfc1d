"""What is sent of a spec that runs: its interface, nothing of its answer."""

import ast

import pytest

from kgents.harness.question import Question, interface

MODULE = '''#!/usr/bin/env python
"""SECRET of the module."""
from __future__ import annotations
import re
try:
    import numpy as np
except ImportError:
    pass
from enum import Enum

LIMIT = 10
OTHER = LIMIT + 1
SECRET = {"a": 1}
Number = int | float


class Color(Enum):
    RED = 1
    BLUE = OTHER


class Hidden:
    value = SECRET


def _helper(x):
    return SECRET


def logged(function):
    return function


# adds é
# two things
@logged
def add(a: Number, b: "Color" = Color.RED, *,
        c=(lambda z: z)(1)) -> dict[str, int]:  # SECRET
    """Adds. é

    >>> add(1, LIMIT)
    3
    """
    # SECRET
    return _helper(a) + b  # SECRET


def one(a, b): return a + SECRET
'''


def ask(source: str, *wanted: str) -> Question:
    """The interface of what is wanted; it is Python again."""
    question = interface(source, ast.parse(source), wanted)
    ast.parse(question.text)
    return question


def test_nothing_of_the_answer_is_left() -> None:
    """Bodies, comments in them, helpers, constants that only bodies name: none is sent."""
    text = ask(MODULE, "add", "one").text
    assert "SECRET" not in text
    assert "_helper" not in text
    assert "Hidden" not in text


def test_all_of_the_interface_is_there() -> None:
    """Imports, comments above, signatures over several lines, defaults, docstrings and what they name, and what that names."""
    text = ask(MODULE, "add").text
    for part in (
        "from __future__ import annotations",
        "import re",
        "import numpy as np",
        "# adds é\n# two things\ndef add",
    ):
        assert part in text
    for part in ("c=(lambda z: z)(1)) -> dict[str, int]:", '"""Adds. é', ">>> add(1, LIMIT)", "LIMIT = 10"):
        assert part in text
    for part in ("Number = int | float", "class Color(Enum):", "BLUE = OTHER", "OTHER = LIMIT + 1"):
        assert part in text
    assert "def one" not in text


def test_a_decorator_that_is_a_helper_is_left_out() -> None:
    """A candidate that copied the line would fail: the helper is not sent."""
    assert "@logged" not in ask(MODULE, "add").text
    kept = "import functools\n@functools.lru_cache(maxsize=None)\ndef f(n: int) -> int:\n    return n\n"
    assert "@functools.lru_cache(maxsize=None)\ndef f" in ask(kept, "f").text


def test_a_class_shows_fields_and_public_methods() -> None:
    """Private methods, bodies and values of the class that nobody names are left out."""
    source = '''class Stack:
    """A stack."""
    size: int = 0
    hidden = "SECRET"

    def __init__(self, items=()):
        self.items = list(items)

    @property
    def top(self):
        "the top"
        return "SECRET"

    def _private(self):
        pass

    # pops
    async def pop(self) -> int:
        return self.items.pop()

    class Inner:
        def deep(self): return "SECRET"
'''
    text = ask(source, "Stack").text
    assert "SECRET" not in text
    assert "_private" not in text
    for part in ('"""A stack."""', "size: int = 0", "def __init__(self, items=()):", "@property\n    def top(self):"):
        assert part in text
    assert "    # pops\n    async def pop(self) -> int:\n        ..." in text
    assert "        def deep(self):" in text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(a, b): return a + b", "def f(a, b):\n    ..."),
        ("def f(a: {1: 2}[1]): return a", "def f(a: {1: 2}[1]):\n    ..."),
        ("def f(a=lambda: 1): return a", "def f(a=lambda: 1):\n    ..."),
        ("async def f(a): return a", "async def f(a):\n    ..."),
        ("def f(): 'what it does'; return 1", "def f():\n    'what it does'\n    ..."),
        ("def f(a):\n\treturn a", "def f(a):\n ..."),
        ("# é ü\ndef f(á='ü'):  return á", "# é ü\ndef f(á='ü'):\n    ..."),
        ("def f(a):\r\n    return a\r\n", "def f(a):\n    ..."),
        ("x = 1\ndef f(a=x): return a", "x = 1\n\n\ndef f(a=x):\n    ..."),
        ("class C: pass\ndef f(a: 'list[C]'): return a", "class C: pass\n\n\ndef f(a: 'list[C]'):\n    ..."),
    ],
)
def test_forms(source: str, expected: str) -> None:
    """One-line bodies, colons in signatures, tabs, bytes that are no characters, quoted annotations."""
    assert ask(source, "f").text == expected


@pytest.mark.parametrize(
    ("source", "described"),
    [
        ("def f(a): return a", False),
        ("def f(a: int) -> int: return a", False),
        ("def f(a):\n    'says'\n    return a", True),
        ("# says\ndef f(a): return a", True),
        ("class C:\n    def f(self):\n        'says'\n        return 1", True),
    ],
)
def test_a_bare_signature_is_told_apart(source: str, described: bool) -> None:
    """Where nothing but names and types is left, somebody should know."""
    assert ask(source, "f", "C").described is described
