"""The prompt, and the code taken from an answer."""

from kgents.harness.prompt import (
    INSTRUCTION,
    LONGEST_CODE,
    code_prompt,
    compile_error,
    fenced,
    prompt_digest,
    spec_of,
)
from kgents.testing.reading import taken


def test_the_specification_is_verbatim_in_the_prompt() -> None:
    spec = "def f(x):\n    '''Ünïcode ``` and \\ all'''\n"
    assert code_prompt(spec) == f"{spec.rstrip()}\n\n{INSTRUCTION}"
    assert spec_of(code_prompt(spec)) == spec.rstrip()
    assert spec_of("another prompt") == "another prompt"


def test_digests_tell_prompts_apart_and_take_lone_surrogates() -> None:
    assert prompt_digest("a") != prompt_digest("b")
    assert len(prompt_digest("\ud800")) == 64


def test_more_code_than_anyone_asks_for_is_not_compiled() -> None:
    assert "characters" in (compile_error("x = 1\n" * LONGEST_CODE) or "")


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    code = 's = "`````"\n'
    assert taken(fenced(code)).code == code


def test_code_that_warns_is_code() -> None:
    assert compile_error("x = '\\d' is 1") is None
