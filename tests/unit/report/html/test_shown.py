"""Texts of models on a page: controls become visible, and two texts show where they differ."""

import pytest

from kgents.report.html.shown import cut, difference, expected_and_got, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc", "a\nb␍c"),
        ("\x00\x1b\x7f\x85", "␀␛␡⟨U+0085⟩"),
        ("\u202eabc\u2069\ufeff", "⟨U+202E⟩abc⟨U+2069⟩⟨U+FEFF⟩"),
        ("half \ud800 of a pair", "half ? of a pair"),
    ],
)
def test_controls_are_visible(text: str, shown: str) -> None:
    """Line feeds and tabs stay; everything else that a terminal or a browser would obey is a sign."""
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        ("mean([0, 3]): expected 1.5, got 1", ("mean([0, 3])", "1.5", "1")),
        ("f(': expected 1'): expected 2, got 3", None),
        ("f(1): expected ', got ', got 3", None),
        ("exit status 3", None),
        (None, None),
    ],
)
def test_expected_and_got_are_read_where_nothing_else_can_be_meant(error: str | None, parts: object) -> None:
    """A diagnosis in which the words stand twice is shown whole."""
    assert expected_and_got(error) == parts


@pytest.mark.parametrize(
    ("expected", "got"), [("1.5", "1"), ("same", "same"), ("", "x"), ("a\n" * 300, "a\n" * 299 + "b\n")]
)
def test_the_pieces_of_a_difference_are_the_texts(expected: str, got: str) -> None:
    """Joined they are what was compared; what both have is the same in both."""
    before, after = difference(expected, got)
    assert "".join(piece for _, piece in before) == expected
    assert "".join(piece for _, piece in after) == got
    assert [piece for same, piece in before if same] == [piece for same, piece in after if same]


def test_what_is_cut_is_counted() -> None:
    """The rest is said in characters."""
    assert cut("x" * 2500) == ("x" * 2000, 500)
    assert cut(None) == ("", 0)
