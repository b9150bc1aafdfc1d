"""Looks at the sequence of outcomes while it grows and says what makes the evidence suspicious.

Rule: a warning changes no decision. Each is said once, just before the decision, and becomes a mark.
"""

from collections import Counter
from collections.abc import Hashable

from kgents.domain.fact import Finished, Warned
from kgents.domain.outcome import Fault
from kgents.domain.plan import Plan


class Watch:
    """Keeps what the warnings need: digests of outputs, causes of errors, the path of successes."""

    def __init__(self) -> None:
        self._path: list[bool] = []
        self._outputs: set[str | None] = set()
        self._causes: Counter[str] = Counter()
        self._said: set[str] = set()
        self._arms: set[int] = set()

    def see(self, trial: Finished, success: bool | None) -> None:
        """Takes a consumed outcome."""
        self._arms.add(trial.arm)
        if success is not None:
            self._path.append(success)
            if len(self._outputs) < 2:
                self._outputs.add(trial.output)
        if trial.cause is not None and trial.cause.fault is not Fault.PROGRAM:
            self._causes[trial.cause.value] += 1

    def said(self, warning: Warned) -> None:
        """A warning that is on record already."""
        self._said.add(warning.code)

    def state(self) -> Hashable:
        """All that was seen."""
        return tuple(self._path), frozenset(self._outputs), tuple(sorted(self._causes.items())), frozenset(self._said)

    def warning(self, plan: Plan) -> Warned | None:
        """The next warning that has not been said."""
        for code, text in self._suspicions(plan):
            if code not in self._said:
                return Warned(code, text)
        return None

    def _suspicions(self, plan: Plan) -> list[tuple[str, str]]:
        found = []
        trials = len(self._path)
        if plan.facts.get("watch_outputs") and trials >= 4 and len(self._outputs) == 1 and len(self._arms) == 1:
            found.append(
                (
                    "identical_outputs",
                    f"all {trials} outputs are identical: does a cache answer? Trials must be independent",
                )
            )
        errors = sum(self._causes.values())
        if errors >= 3 and len(self._causes) == 1:
            cause = next(iter(self._causes))
            found.append(("one_error_class", f"{errors} trials came to nothing for one reason: {cause}"))
        return found
