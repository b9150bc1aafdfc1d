"""Seeds of trials: a function of (experiment, arm, trial) and of nothing else.

Neither concurrency nor a crash nor a resume changes the seed of a trial. Arms of a comparison share the seed of a
trial, so that they face the same input: the caller passes the arm's name only where the arms are to differ.
"""

from hashlib import sha256


def derive(root: int, *path: int | str) -> int:
    """An integer in [0, 2⁶³) that is fixed by the root seed and the path."""
    text = "\x1f".join(str(part) for part in (root, *path))
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 1
