"""A block that is the whole answer is found without a parser, just as the parser finds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgents.harness.extraction import blocks

_LINES = st.lists(
    st.sampled_from(
        ("def f():", "    return 1", "", "  ", "\t", "``", "~~~", "> x", "- x", "1. x", "# x", "<b>", "\\", "&amp;", "    ```",
         "x ```", "***", "\x0c", "\u2028", "é", "====", "| a |")
    ),
    max_size=6,
)  # fmt: skip
_ENDS = st.sampled_from(("```", "``` ", "```\n", "```\n\n\n", "```\t\n", "````", "``` x", "", "```\n \n", "   ```"))
_PROSE = st.lists(
    st.sampled_from(
        (
            "Here is `f`:",
            "It is done.",
            "a",
            "",
            "  ",
            "- x",
            "  a",
            "1. x",
            "===",
            "# x",
            "~~~",
            "> a",
            "<b>",
            "x\x0c",
            "é",
        )
    ),
    max_size=4,
)
_INFO = st.sampled_from(
    ("", "python", "Python", "py3.11", " python", "python x", "c++", "a`b", "{python}", "\\*", "&lt;")
)


def parsed(text: str, tolerant: bool, monkeypatch: pytest.MonkeyPatch) -> list[blocks.Block]:
    """What the parser finds, which is always asked."""
    with monkeypatch.context() as patch:
        patch.setattr(blocks, "_SOLE", blocks.re.compile(r"(?!)"))
        return blocks._parsed(text, tolerant)


@given(before=_PROSE, info=_INFO, lines=_LINES, end=_ENDS, after=_PROSE, tolerant=st.booleans())
def test_a_sole_block_is_read_as_the_parser_reads_it(
    before: list[str], info: str, lines: list[str], end: str, after: list[str], tolerant: bool
) -> None:
    text = "\n".join([*before, f"```{info}", *lines, end, *after])
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert blocks._parsed(text, tolerant) == parsed(text, tolerant, monkeypatch)


def test_a_sole_block_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_markdown", lambda tolerant: pytest.fail("the parser is asked"))
    (block,) = blocks.strict("Here it is:\n\n```python\ndef f():\n    return 1\n```\nIt returns `1`.")
    assert (block.text, block.lines, block.language, block.flaws) == (
        "def f():\n    return 1\n",
        range(2, 6),
        "python",
        (),
    )
    assert (block.before, block.after) == ("Here it is:", "It returns `1`.")
