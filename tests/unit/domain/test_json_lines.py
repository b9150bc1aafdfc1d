"""Files of one JSON value a line, and suggestions for what was misspelled."""

import pytest

from kgents.domain.json_lines import values
from kgents.errors import UsageError, nearest, suggested


def test_marks_blank_lines_and_carriage_returns_are_no_values() -> None:
    """Lines are numbered as an editor numbers them."""
    content = b'\xef\xbb\xbf\r\n{"a": 1}\r\n\n  \n[2]'
    assert list(values("--file x", content)) == [(2, {"a": 1}), (5, [2])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"1\n{", "--file x, line 2: not JSON: "),
        (b"\xff\xfe1\x00", "line 1: UTF-16, not UTF-8"),
        (b"\xff", "line 1: not UTF-8 text"),
        (b"[" * 100_000, "line 1: not JSON"),
    ],
)
def test_what_is_no_json_names_the_line(content: bytes, said: str) -> None:
    """One error with a hint, for broken JSON, other encodings and what nests too deep."""
    with pytest.raises(UsageError) as caught:
        list(values("--file x", content, "one object a line"))
    assert said in caught.value.message
    assert caught.value.hint


def test_the_nearest_name_is_suggested_or_none() -> None:
    """Within what difflib takes for alike."""
    assert nearest("recieve", ["send", "receive"]) == "receive"
    assert nearest("zzz", ["send", "receive"]) is None
    assert suggested("recieve", ["send", "receive"]) == "; did you mean 'receive'?"
    assert suggested("zzz", ["send"]) == ""
