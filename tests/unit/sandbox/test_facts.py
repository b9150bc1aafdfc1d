"""What is said of a program without running it, by a child."""

from collections.abc import Iterator

import pytest

from kgents.sandbox.facts import LARGEST
from kgents.sandbox.sandbox import Sandbox, open_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox(cpu_s=2)
    yield opened
    opened.close()


def test_names_signatures_and_imports_are_told(sandbox: Sandbox) -> None:
    """Functions with their parameters, classes with their methods, names and imports, wherever they stand."""
    facts = sandbox.facts(
        "import os.path as p\nfrom re import sub\nX = 1\n"
        "def f(a, /, b: int = 2, *c, d, **e) -> str:\n    'doc'\n    import json\n"
        "class C(dict):\n    async def m(self): pass\n"
    )
    f = facts.function("f")
    assert f is not None
    assert facts.error is None
    assert [(part.name, part.kind, part.annotation, part.has_default) for part in f.parameters] == [
        ("a", "positional", None, False),
        ("b", "either", "int", True),
        ("c", "rest", None, False),
        ("d", "keyword", None, False),
        ("e", "keywords", None, False),
    ]
    assert (f.returns, f.doc, f.line) == ("str", "doc", 4)
    assert {"p", "sub", "X", "f", "C"} <= set(facts.names)
    assert facts.imports == ("json", "os", "re")
    assert facts.classes[0].bases == ("dict",)
    assert facts.classes[0].methods[0].is_async


def test_a_program_that_is_none_has_an_error_with_its_line(sandbox: Sandbox) -> None:
    """Kind, message and line of what the compiler says."""
    error = sandbox.facts("x = 1\ny = (").error
    assert error is not None
    assert (error.kind, error.line) == ("SyntaxError", 2)


def test_a_compile_bomb_costs_the_child_only(sandbox: Sandbox) -> None:
    """A program that needs gigabytes to be compiled is an error of that program; the next question is answered."""
    bomb = sandbox.facts(
        "x = " + "".join(f"{{**{{'a{n}': [0] * 10 ** 9}}}}," for n in range(3)) + "(1,) * 10 ** 9\n" * 2000
    )
    assert sandbox.facts("y = 1").names == ("y",)
    assert bomb.error is None or bomb.error.kind in ("ResourceError", "MemoryError", "SyntaxError")
    deep = sandbox.facts("(" * 90_000 + ")" * 90_000).error
    assert deep is not None
    assert sandbox.facts("a" * (LARGEST + 1)).error is not None
