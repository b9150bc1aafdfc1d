"""Signs that trials are not independent draws of one and the same thing: another model in mid-run, another pace, a cache.

Rule: each is looked at once, before the decision; on trials that are exchangeable a false alarm of the pace has a
chance of 1 in 1000 (rank sum of the two halves, normal approximation: Mann and Whitney 1947).
"""

import math
from collections.abc import Hashable, Sequence

from kgents.domain.fact import Finished
from kgents.domain.plan import Plan

_FEWEST = 20  # trials, before their pace can be said to have changed
_Z = 3.29  # two-sided 0.001
_FACTOR = 1.5  # a change that is worth a word


class Independence:
    """Keeps, arm by arm, what the checks need."""

    def __init__(self) -> None:
        self._models: dict[int, list[tuple[str, int]]] = {}
        self._pace: dict[int, list[int]] = {}
        self._is_silent = False  # an answer came without a count of its tokens

    def see(self, trial: Finished) -> None:
        """Takes a consumed outcome."""
        if trial.success is None or not trial.usage.calls:
            return
        self._pace.setdefault(trial.arm, []).append(trial.duration_us)
        self._is_silent = self._is_silent or not (trial.usage.input_tokens or trial.usage.output_tokens)
        models = self._models.setdefault(trial.arm, [])
        if trial.model and (not models or models[-1][0] != trial.model):
            models.append((trial.model, trial.index))

    def state(self) -> Hashable:
        """All that was seen."""
        models = tuple((arm, tuple(seen)) for arm, seen in sorted(self._models.items()))
        paces = tuple((arm, tuple(pace)) for arm, pace in sorted(self._pace.items()))
        return models, paces, self._is_silent

    def unknown_tokens(self, plan: Plan) -> str | None:
        """Whether a budget of tokens is held against answers whose tokens nobody counts."""
        if plan.budget.tokens is None or not self._is_silent:
            return None
        return "the server does not say how many tokens an answer has: --budget-tokens cannot be kept; give --budget-seconds"

    def model_drift(self, plan: Plan) -> str | None:
        """Whether another model (or version of it) answered later than at first."""
        for number, models in self._models.items():
            if len(models) > 1:
                path = ", ".join(f"{model} from trial {index}" for model, index in models[:4])
                return f"the model that answered{_of(plan, number)} changed in mid-run: {path}"
        return None

    def latency_drift(self, plan: Plan) -> str | None:
        """Whether trials took longer, or less long, in the second half; where there is a provider whose pace it is."""
        if not plan.facts.get("watch_outputs"):
            return None
        for number, pace in self._pace.items():
            first, second = pace[: len(pace) // 2], pace[len(pace) // 2 :]
            if len(pace) >= _FEWEST and shifted(first, second):
                change = f"{_median(first) / 1e6:.3g} s in the first half, {_median(second) / 1e6:.3g} s in the second"
                return f"the time a trial{_of(plan, number)} takes changed in mid-run: {change} (medians)"
        return None


def _of(plan: Plan, number: int) -> str:
    return f" of {plan.arms[number]}" if len(plan.arms) > 1 else ""


def shifted(first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether the second sample lies elsewhere than the first: by rank sum, and by a factor of its median."""
    ratio = (_median(second) + 1) / (_median(first) + 1)
    if 1 / _FACTOR < ratio < _FACTOR:
        return False
    ordered = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ranks += (at + 1 + end) / 2 * sum(side for _, side in ordered[at:end])
        at = end
    n, m = len(first), len(second)
    spread = math.sqrt(n * m * (n + m + 1) / 12)
    return abs(ranks - m * (n + m + 1) / 2) > _Z * spread


def _median(values: Sequence[int]) -> float:
    return float(sorted(values)[len(values) // 2])
