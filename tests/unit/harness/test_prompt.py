"""The prompt, and the code taken from an answer."""

import pytest

from kgents.domain.outcome import Cause
from kgents.harness.prompt import (
    INSTRUCTION,
    LONGEST_CODE,
    code_prompt,
    compile_error,
    extract,
    fenced,
    prompt_digest,
    spec_of,
)

ADD = "def add(a, b):\n    return a + b\n"
FENCED = 'def f():\n    """\n    ```\n    f()\n    ```\n    """\n'
NESTED = 'def f():\n    """\n```\nf()\n```\n    """\n'
LONGER = "def add(a, b):\n    total = a + b\n    return total\n"


def test_the_specification_is_verbatim_in_the_prompt() -> None:
    spec = "def f(x):\n    '''Ünïcode ``` and \\ all'''\n"
    assert code_prompt(spec) == f"{spec.rstrip()}\n\n{INSTRUCTION}"
    assert spec_of(code_prompt(spec)) == spec.rstrip()
    assert spec_of("another prompt") == "another prompt"


def test_digests_tell_prompts_apart_and_take_lone_surrogates() -> None:
    assert prompt_digest("a") != prompt_digest("b")
    assert len(prompt_digest("\ud800")) == 64


@pytest.mark.parametrize(
    ("answer", "code", "repairs"),
    [
        (f"```python\n{ADD}```", ADD, ()),
        (f"```\n{ADD}```\n", ADD, ()),
        (f"~~~py\n{ADD}~~~", ADD, ()),
        (f"\n\n```Python\n{ADD}\n\n```", ADD, ()),
        (f"```python title=add.py\n{ADD}```", ADD, ()),
        (f"```python\n{ADD}```\n".replace("\n", "\r\n"), ADD, ()),
        (f"Here you are:\n```python\n{ADD}```", ADD, ("prose_removed",)),
        (f"```python\n{ADD}```\nDone.", ADD, ("prose_removed",)),
        (ADD, ADD, ("no_fence",)),
        (f"```python\n{ADD}```\n```python\n{LONGER}```", LONGER, ("longest_block",)),
        (f"```python\n{ADD}```\nor\n```python\n{LONGER}```", LONGER, ("longest_block", "prose_removed")),
        (f"```python\n{ADD}```\n```python\ndef broken(:\n    return 1, 2, 3, 4, 5, 6, 7\n```", ADD, ("longest_block",)),
        (f"```python\n{ADD}```\n```bash\npip install {42 * 10**50} && true\n```", ADD, ("prose_removed",)),
        (f"```python\n{ADD}", ADD, ("unclosed_fence",)),
        (f"{ADD}```", ADD, ("unopened_fence",)),
        (f"````python\n{FENCED}````", FENCED, ()),
        (f"```python\n{FENCED}```", FENCED, ()),
        (f"```python\n{NESTED}```", NESTED, ("nested_fence",)),
        ("```python\nx = '\u2028'\n```", "x = '\u2028'\n", ()),
    ],
)  # fmt: skip
def test_the_code_is_found_and_every_choice_is_named(answer: str, code: str, repairs: tuple[str, ...]) -> None:
    extraction = extract(answer)
    assert (extraction.code, extraction.repairs) == (code, repairs)
    assert extraction.cause is None


@pytest.mark.parametrize(
    "answer", ["", " \n", "Sure!", "I", "I cannot help with that.", "```python\n```", "\x00", "``` ```", "```"]
)
def test_an_answer_without_code_is_malformed(answer: str) -> None:
    extraction = extract(answer)
    assert (extraction.code, extraction.cause) == (None, Cause.MALFORMED)
    assert extraction.error


@pytest.mark.parametrize(
    "body", ["def add(a, b:\n    return a + b", "return 1", "x = '\x00'", f"x = {'(' * 5000}1{')' * 5000}"]
)
def test_a_block_that_does_not_compile_is_a_syntax_error(body: str) -> None:
    extraction = extract(f"```python\n{body}\n```")
    assert (extraction.code, extraction.cause) == (None, Cause.SYNTAX)
    assert "compile" in (extraction.error or "")


def test_more_code_than_anyone_asks_for_is_not_compiled() -> None:
    assert "characters" in (compile_error("x = 1\n" * LONGEST_CODE) or "")


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    code = 's = "`````"\n'
    assert extract(fenced(code)).code == code


def test_code_that_warns_is_code() -> None:
    assert compile_error("x = '\\d' is 1") is None
