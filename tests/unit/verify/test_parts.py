"""Texts as parts: examples in prose, and texts put together otherwise."""

from random import Random

from kgents.verify.reference.inside.parts import alike, rearranged, samples


def test_examples_are_found_in_prose() -> None:
    """What is quoted, and words that hold digits and other signs; numbers alone and words alone are none."""
    told = samples(
        "Seconds of a text like 1h30m, or 2d; `a=b` is one of 12. 'x, y' at 2024-03-01T12:30:00Z (not \"café\")."
    )
    assert told == ["a=b", "x, y", "1h30m", "2024-03-01T12:30:00Z"]
    assert samples("") == []


def test_texts_like_an_example_have_its_shape() -> None:
    """Digits for digits, the rest as it is."""
    made = {alike("7:05 pm", Random(seed)) for seed in range(50)}
    assert len(made) > 10
    assert all(text[0].isdigit() and text[1] == ":" and text.endswith(" pm") and len(text) == 7 for text in made)


def test_parts_are_moved_dropped_repeated_and_borrowed() -> None:
    """Every way to put the parts together otherwise is met, a part once more at the end among them."""
    known = {"\n": ["k=v"]}
    made = {rearranged("[a]\nx=1", ["\n"], Random(seed), str.upper, known) for seed in range(400)}
    assert {"[a]", "x=1\n[a]", "[a]\nx=1\n[a]", "[a]\n[a]", "[A]\nx=1", "[a]\nx=1\nk=v", "k=v\nx=1"} <= made
    assert rearranged("whole", ["\n", ","], Random(1), str.upper, known) is None
