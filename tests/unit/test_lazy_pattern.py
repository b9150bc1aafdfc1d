"""Regular expressions that are compiled when they are used are those of the standard library otherwise."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kgents import lazy_pattern
from kgents.lazy_pattern import pattern

SRC = Path(lazy_pattern.__file__).parent


def found(value: object) -> Iterator[Any]:
    """The patterns in a value, and in what it holds."""
    if type(value).__name__ == "_Pattern":
        yield value
    elif isinstance(value, Mapping):
        yield from (one for item in value.values() for one in found(item))
    elif isinstance(value, tuple | list):
        yield from (one for item in value for one in found(item))


def test_it_does_what_a_compiled_one_does() -> None:
    """Methods and attributes, with the flags, at the first use and later."""
    text, words = "one TWO two", r"(?P<word>t\w+)"
    lazy, compiled = pattern(words, re.IGNORECASE), re.compile(words, re.IGNORECASE)
    for _ in range(2):
        assert lazy.findall(text) == compiled.findall(text) == ["TWO", "two"]
        assert lazy.sub("x", text) == compiled.sub("x", text) == "one x x"
        assert [match["word"] for match in lazy.finditer(text)] == ["TWO", "two"]
        assert (lazy.match(text), lazy.fullmatch("two") is not None, bool(lazy.search(text))) == (None, True, True)
        assert lazy.split(text) == compiled.split(text)
    assert (lazy.pattern, lazy.flags, lazy.groupindex) == (compiled.pattern, compiled.flags, compiled.groupindex)


def test_what_is_no_expression_fails_when_it_is_used() -> None:
    """And so does an attribute that patterns do not have."""
    wrong = pattern("(")
    with pytest.raises(re.error, match="missing \\)"):
        wrong.search("text")
    with pytest.raises(AttributeError, match="nothing"):
        pattern("a").nothing  # type: ignore[attr-defined]  # noqa: B018


def test_every_one_of_ours_can_be_compiled() -> None:
    """None waits with an error for the first user who needs it."""
    paths = [path for path in SRC.rglob("*.py") if "import pattern\n" in path.read_text(encoding="utf-8")]
    names = [".".join(("kgents", *path.relative_to(SRC).with_suffix("").parts)) for path in paths]
    patterns = [one for name in names for value in vars(import_module(name)).values() for one in found(value)]
    assert len(patterns) > 100
    for one in patterns:
        assert isinstance(one.pattern, str)


def test_a_module_compiles_nothing_before_it_is_needed() -> None:
    """What failures are told by is compiled once something has failed."""
    code = (
        "import re, kgents.lazy_pattern\n"
        "compiled = []\n"
        "compile = re.compile\n"
        "re.compile = lambda text, flags=0: compiled.append(text) or compile(text, flags)\n"
        "import kgents.harness.taxonomy as taxonomy\n"
        "known = lambda: any('insufficient_quota' in str(text) for text in compiled)\n"
        "before = known()\n"
        "taxonomy.cause_of_status(429, 'quota exceeded')\n"
        "print(before, known())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
