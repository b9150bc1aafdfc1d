"""Which difference is named of a candidate that was watched on the rows of a reference."""

import random

import pytest

from kgents.sandbox.inside import values
from kgents.sandbox.sandbox import open_sandbox
from kgents.verify.reference.inside.observing import Seen
from kgents.verify.reference.judging import Reference, _told, judged

SLOW = """
def f(x):
    import time
    end = time.process_time() + (0.7 if x == 0 else 1_000)
    while time.process_time() < end:
        pass
"""


def test_of_calls_that_were_stopped_the_one_that_had_all_of_its_time_is_named() -> None:
    """f(0) takes .7 s, f(1) never ends: where f(1) is asked first, f(0) is stopped earlier than it may take."""
    draw = next(draw for draw in range(100) if shuffled(draw) == [1, 0])
    rows = [([x], Seen().to_wire(), "f") for x in (0, 1)]
    sandbox = open_sandbox()
    try:
        verdict = judged(SLOW, Reference(rows, {}, ["f"], 0.0, in_order=False), sandbox, 60, draw)
    finally:
        sandbox.close()
    assert len(verdict.watched.seen) == 2
    assert verdict.slow and verdict.error is not None
    assert verdict.error.startswith("f(1): ")


FORGED: list[list[object]] = [
    [["i", 2], [], "", 0, None, "", [1], 0, 0],
    [["i", 2], [], "", 0, None, "", "ab", 0, 0],
    [["t", 1, 2], [], "", 0, [["t"]], "", [], 0, 0],
    [["d", ["a", ["l", 1]]], [], "", 0, {"a": []}, "", [[]], 0, 0],
    [[[{}, {}, ["d"]]], [], "", 0, None, "", [[1, 2, 3]], 99, 0],
    [["i", 2], {"a": 1}, "", 0, None, "", [], 0, 0],
]


@pytest.mark.parametrize("wire", FORGED)
def test_what_a_candidate_forges_on_its_line_is_its_own_failure(wire: list[object]) -> None:
    """Whatever form it has: nothing is raised here, and it is never taken for the answer."""
    frame = values.frame(values.dumps(wire))
    forging = f"import os\ndef f(x):\n    os.write(3, {frame!r})\n    os._exit(0)\n"
    rows = [([x], Seen(["i", x + 1]).to_wire(), target) for x in (0, 5) for target in ("f", "f")]
    sandbox = open_sandbox()
    try:
        verdict = judged(forging, Reference(rows, {}, ["f"], 0.0, in_order=True), sandbox, 60, 0)
    finally:
        sandbox.close()
    assert verdict.error is not None or verdict.next is not None
    assert verdict.passed == 0


@pytest.mark.parametrize("wire", FORGED)
def test_what_is_forged_for_an_object_is_shown_as_such(wire: list[object]) -> None:
    """Answers of objects are taken apart step by step to show where they differ."""
    want = Seen(["l", ["l"], ["l", ["s", "x"], ["i", 1]], ["i", 2]])
    for got in (Seen(wire[0]), Seen(["l", *wire]), Seen(["l", ["l"], ["l", 1, 2], 3])):
        assert "C()" in _told(
            ([{"t": []}, {"t": [{"t": ["m", {"t": []}]}]}], want.to_wire(), "C()"), want, got, "answer", 0.0
        )


def shuffled(draw: int) -> list[int]:
    """The order in which two rows are asked."""
    order = [0, 1]
    random.Random(draw).shuffle(order)
    return order
