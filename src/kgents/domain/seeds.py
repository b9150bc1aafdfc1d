"""Seeds of trials: a function of (experiment, arm, trial) and of nothing else.

Neither concurrency nor a crash nor a resume changes the seed of a trial. Arms of a comparison share the seed of a
trial, so that they face the same input: the caller passes the arm's name only where the arms are to differ.

Rule: a seed that a program is given, or a document shows, is `seed_of`: every reader of JSON has its 53 bits exactly.
`derive` is for what is drawn within a trial.
"""

from hashlib import sha256

EXACT = 1 << 53  # whole numbers below it are exact wherever numbers are doubles, as in JavaScript and jq


def derive(root: int, *path: int | str) -> int:
    """An integer in [0, 2⁶³) that is fixed by the root seed and the path."""
    text = "\x1f".join(str(part) for part in (root, *path))
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 1


def seed_of(root: int, *path: int | str) -> int:
    """An integer in [0, 2⁵³) that is fixed by the root seed and the path."""
    return derive(root, *path) >> 10


def seed_data(seed: int) -> int | str:
    """A seed as JSON: in digits where not every reader has the number exactly (plans of older kgents have 63 bits)."""
    return seed if abs(seed) < EXACT else str(seed)
