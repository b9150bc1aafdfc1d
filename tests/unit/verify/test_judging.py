"""Which difference is named of a candidate that was watched on the rows of a reference."""

import random

from kgents.sandbox.sandbox import open_sandbox
from kgents.verify.reference.inside.observing import Seen
from kgents.verify.reference.judging import Reference, judged

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


def shuffled(draw: int) -> list[int]:
    """The order in which two rows are asked."""
    order = [0, 1]
    random.Random(draw).shuffle(order)
    return order
