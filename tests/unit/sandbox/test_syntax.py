"""Parsing from several threads at once."""

import gc
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import kgents
from kgents.sandbox.syntax import parse

SOURCE = "def check(c):\n" + "\n".join(f"    assert c([{i}, {i + 1}, [{i}]]) == {i}" for i in range(60))


class _Loop:
    """One of two objects that hold each other; its end runs Python code, so that threads change in the middle of anything."""

    def __init__(self) -> None:
        self.other: object = None

    def __del__(self) -> None:
        for _ in range(50):
            pass


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads change as often as the interpreter can, and garbage is collected all the time."""
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(10)
    yield
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


def _parse_many(_: int) -> int:
    for _ in range(60):
        first, second = _Loop(), _Loop()
        first.other, second.other = second, first
        assert len(parse(SOURCE).body) == 1
    return 1


def test_threads_that_parse_at_once_all_get_their_tree(restless: None) -> None:
    """ast.parse itself ends in SystemError here under CPython 3.11.7, in most threads."""
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(_parse_many, range(6))) == 6


def test_errors_are_those_of_the_parser() -> None:
    """A text that is no Python raises SyntaxError, one with a null character ValueError or SyntaxError."""
    with pytest.raises(SyntaxError):
        parse("def f(:")
    with pytest.raises((ValueError, SyntaxError)):
        parse("a\0b")
    assert parse("1 + 1", mode="eval").body


def test_nothing_else_parses_in_this_process() -> None:
    """Every module of kgents asks this one; what runs in a process of its own (inside, workers) has one thread."""
    root = Path(kgents.__file__).parent
    alone = {"sandbox/syntax.py", "verify/worker.py"}
    direct = [
        name
        for path in root.rglob("*.py")
        if (name := path.relative_to(root).as_posix()) not in alone and "/inside/" not in name
        if re.search(r"\bast\.parse\(", path.read_text())
    ]
    assert direct == []
