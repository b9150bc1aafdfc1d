"""Traces with a contradiction of a known kind planted in them, or with none: what detectors are calibrated on.

Rule: without a planted contradiction everything in a trace is true together; there are traps in it that look wrong.
"""

import random

KINDS = ("arithmetic", "carry", "value", "joint", "inequality")


def trace(seed: int, planted: str | None = None) -> str:
    """A trace of some steps; `planted` is one of KINDS or None."""
    draw = random.Random(seed)
    a, b = draw.randint(3, 40), draw.randint(3, 40)
    wrong = draw.randint(1, 9)
    lines = [
        f"We know there are {a} boxes and not {b}; nothing else matters.",
        f"First, {a} * {b} = {a * b}.",
        f"Also {b} * {b} = {b * b} and {a} + {b} = {a + b}",
        f"x + y = {a + b}",
        f"x - y = {a - b}",
        f"A third of it is {a}/3 = {round(a / 3, 2)}",
    ]
    more = {
        "arithmetic": f"So {a} + {b} + 1 = {a + b + 1 + wrong}",
        "carry": f"That makes 2 * {a} = <<2*{a}={2 * a}>>{2 * a + wrong}",
        "value": f"z = {a}\nand later z = {a + wrong}",
        "joint": f"so x = {a + wrong}",
        "inequality": f"y > {b + wrong}\nx > {a}",
        None: f"x = {a}, y = {b}",
    }
    return "\n".join([*lines, more[planted]])
