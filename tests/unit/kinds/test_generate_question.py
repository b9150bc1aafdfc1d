"""The question that `generate` puts for a spec."""

import pytest

from kgents.harness.prompt import INSTRUCTION
from kgents.kinds.generate.question import question_of

SPEC = 'def double(x: int) -> int:\n    """Twice x."""\n    return x + x\n'


def test_a_spec_that_runs_is_asked_by_its_interface() -> None:
    """The body is an answer; it is sent by request only, and then that is said."""
    asked = question_of(SPEC, {})
    assert (asked.holds, asked.note) == ("interface", None)
    assert "Twice x." in asked.prompt
    assert "return x" not in asked.prompt
    whole = question_of(SPEC, {"show_body": True})
    assert whole.holds == "body"
    assert whole.note is not None
    assert "return x + x" in whole.prompt


@pytest.mark.parametrize("spec", ["Write double(x).", "def double(x: int) -> int: ...", 'def f(x):\n    """Says."""\n'])
def test_what_holds_no_answer_is_sent_as_it_is(spec: str) -> None:
    """Prose and signatures."""
    asked = question_of(spec, {})
    assert asked.holds == "all"
    assert asked.prompt == f"{spec.rstrip()}\n\n{INSTRUCTION}"


def test_a_bare_name_is_said_to_be_one() -> None:
    """Unless something is told besides."""
    bare = "def double(x): return x + x"
    asked = question_of(bare, {})
    assert (asked.holds, "the name is the whole question" in (asked.note or "")) == ("names", True)
    told = question_of(bare, {"describe": "Twice x."})
    assert (told.holds, told.note) == ("interface", None)
    assert "Twice x." in told.prompt


def test_only_what_is_judged_is_asked() -> None:
    """With a named entry point the other functions are helpers."""
    spec = "def one(x): return x\n\n\ndef two(x): return one(x)\n"
    assert "def one" in question_of(spec, {}).prompt
    assert "def one" not in question_of(spec, {"entry_point": "two"}).prompt


def test_what_may_be_imported_is_said() -> None:
    """Besides the standard library."""
    assert "the standard library and numpy." in question_of(SPEC, {}, ("numpy",)).prompt
    assert "may import" not in question_of(SPEC, {}).prompt
