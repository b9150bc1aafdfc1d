"""Steps of recursions over how often each of a few scores came; states are rows, scores columns."""

import math
from collections.abc import Sequence
from typing import Any


def stepped(counts: Any, n: int) -> tuple[Any, Any]:
    """The states after the n-th score, each once, and which of them each state and score leads to."""
    import numpy as np

    kinds = counts.shape[1]
    after = (counts[:, None, :] + np.eye(kinds)).reshape(-1, kinds)
    key = after[:, 0] * (n + 1) + (after[:, 1] if kinds > 1 else 0)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return after[first], inverse


def mixed(logs: Any) -> Any:
    """The logarithms of the averages of what has these logarithms, by row."""
    import numpy as np

    largest = logs.max(axis=1, initial=-math.inf)
    return largest + np.log(np.exp(logs - largest[:, None]).mean(axis=1))


def length(ended: Sequence[float]) -> tuple[float, float, int]:
    """Mean, sd and 95 % quantile of the number of scores of a run, from the probability that it ends after 0, 1, … cap."""
    mean = math.fsum(n * share for n, share in enumerate(ended))
    square = math.fsum(n * n * share for n, share in enumerate(ended))
    reached, quantile = 0.0, len(ended) - 1
    for n, share in enumerate(ended):
        if reached < 0.95 <= reached + share:
            quantile = n
        reached += share
    return mean, math.sqrt(max(0.0, square - mean * mean)), quantile
