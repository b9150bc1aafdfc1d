"""Programs that are shown in another notation, or stand inside of something else, are read as a person would read them."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from kgents.domain.outcome import Cause
from kgents.harness.extraction import Extraction, Wanted, extract
from kgents.harness.extraction.literal import literal
from kgents.testing.reading import Here, taken

ROWS = [json.loads(line) for line in Path(__file__).with_name("notations.jsonl").read_text("utf-8").splitlines()]
FORMS = {row["name"]: row for row in ROWS if "note" in row}  # answers that add, and what is noted of them
NOT_RIGHT = {row["name"]: row["answer"] for row in ROWS if "wrong" in row}  # what their authors wrote does not add
SOLUTION = "class Solution:\n    def add(self, a, b):\n        return a + b\n"


def block(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}```"


def works(code: str | None) -> bool:
    """Whether a program, which is our own, adds."""
    module = ModuleType("solution")
    sys.modules["solution"] = module
    try:
        exec(code or "", module.__dict__)
        return bool(module.__dict__["add"](2, 3) == 5 and module.__dict__["add"](3, 2) == 5)
    except (SyntaxError, NameError, KeyError, ImportError):
        return False
    finally:
        del sys.modules["solution"]


@pytest.mark.parametrize("form", FORMS)
def test_another_notation_is_read(form: str) -> None:
    """The program is taken, and what was read otherwise is named."""
    note = FORMS[form]["note"]
    extraction = taken(FORMS[form]["answer"], ("add",))
    assert extraction.cause is None, extraction.error
    assert works(extraction.code), extraction.code
    assert not note or note in extraction.repairs


@pytest.mark.parametrize("form", NOT_RIGHT)
def test_a_wrong_answer_stays_wrong(form: str) -> None:
    """What its author did not write is not made of it."""
    assert not works(taken(NOT_RIGHT[form], ("add",)).code)


LIKE_NOTATIONS = {
    "smart quotes in a string": "def add(a, b):\n    note = '“x” ‘y’'\n    return a + b\n",
    "a wide space in a string": "def add(a, b):\n    note = '\u3000\u00a0'\n    return a + b\n",
    "escapes in strings": 'def add(a, b):\n    note = "&lt;pre&gt; &amp;"\n    return a + b\n',
    "a session in a docstring": 'def add(a, b):\n    """Sum.\n\n    >>> add(1, 2)\n    3\n    """\n    return a + b\n',
    "a patch in a string": 'PATCH = """\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n"""\n\n\ndef add(a, b):\n    return a + b\n',
    "a per cent sign that begins a line": "def add(a, b):\n    note = (\n        '%s'\n        % a\n    )\n    return a + b\n",
    "JSON in a string": "def add(a, b):\n    note = '{\"code\": \"x = 1\"}'\n    return a + b\n",
    "an element in a string": "def add(a, b):\n    note = '<pre>\\nx = 1\\n</pre>'\n    return a + b\n",
    "entities that are operators": "lt = gt = 1\n\n\ndef add(a, b):\n    a &lt;\n    return a + b\n",
    "both a class and a function": f"{SOLUTION}\n\ndef add(a, b):\n    return Solution().add(a, b)\n",
    "files that are only named": "ZERO = 0\n# add.py\n# test_add.py comes later\n\n\ndef add(a, b):\n    return a + b\n",
    "an import from elsewhere": "from operator import add\n",
}  # fmt: skip


@pytest.mark.parametrize("wrap", [block, str])
@pytest.mark.parametrize("form", LIKE_NOTATIONS)
def test_what_is_a_program_stays_as_it_is(form: str, wrap: type[str]) -> None:
    """Where the code can be read and defines what was asked for, nothing is read otherwise."""
    extraction = taken(wrap(LIKE_NOTATIONS[form]), ("add",))
    assert extraction.code == LIKE_NOTATIONS[form]
    assert set(extraction.repairs) <= {"no_fence"}


def test_a_patch_may_be_one_of_what_was_shown() -> None:
    """A piece without its function is applied to the stub in the question, where it fits in one place."""
    shown = 'def add(a, b):\n    """The sum."""\n    raise NotImplementedError\n\nWrite the Python code.\n'
    patch = block("--- a/x\n+++ b/x\n@@ -3 +3 @@\n-    raise NotImplementedError\n+    return a + b\n", "diff")
    extraction = extract(patch, Wanted(("add",), shown=shown), Here())
    assert works(extraction.code)
    assert "patch_applied" in extraction.repairs
    assert extract(patch, Wanted(("add",), shown=shown + shown), Here()).cause is Cause.SYNTAX


def test_inline_words_are_no_program() -> None:
    """Names in prose that bind nothing that was asked for are not taken for a program."""
    found = taken("Call `add(1, 2)` with `a = 1`; I cannot write it.", ("add",))
    assert found == Extraction(None, Cause.MALFORMED, "no code in the answer")


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (r"'a\n\'b\x41\u00e9'", "a\n'bAé"),
        (r"r'\n'", r"\n"),
        ("('a' \"b\"\n 'c')", ["abc"]),
        ("'''a\n'b''c'''", "a\n'b''c"),
        ("{'a': [1, None, True], 'b': ()}", {"a": ["1", None, True], "b": []}),
        ("Answer(code='x', more=[B(1)])", {"code": "x", "more": [["1"]]}),
        ("A('x', b='y')", {"b": "y", "": ["x"]}),
    ],
)
def test_a_value_as_python_writes_it_is_read(form: str, value: object) -> None:
    """Escapes, strings beside each other, groups; numbers stay text."""
    assert literal(f"  {form} and more", 2) == value


@pytest.mark.parametrize(
    "form", ["'a\nb'", "'a", "{'a': 1", "[1 2]", "{'a' 1}", "", "[" * 50 + "]" * 50, "'" + "\\'" * 200_000]
)
def test_what_is_no_value_is_none(form: str) -> None:
    """And is found to be none in time that grows with the text."""
    with pytest.raises(ValueError, match=r"."):
        literal(form, 0)
