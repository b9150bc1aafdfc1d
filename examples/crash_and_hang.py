"""What if a trial crashes the interpreter, or never ends? In a process of its own it is one failure, and no end."""

import os
import time

import kgents as kg


def fragile(t: kg.Trial) -> bool:
    """Right nine times in ten; else it kills its process, or hangs."""
    draw = t.rng.random()
    if draw < 0.05:
        os.abort()
    if draw < 0.1:
        time.sleep(3600)
    return True


if __name__ == "__main__":
    result = kg.decide(fragile, target=0.7, isolate=True, timeout=0.5, concurrency=2, seed=7)
    print(result.sentence)
    for failure in result.failures():
        print(f"trial {failure['index']}: {failure['error']}")
