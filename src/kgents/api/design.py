"""From the arguments of the Python functions to a design and the settings of a run; UsageError names the argument."""

import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kgents.domain.outcome import dollars
from kgents.domain.plan import Budget, Errors
from kgents.domain.series import NAME
from kgents.errors import UsageError
from kgents.stats import Design, DesignError, Rule
from kgents.stats.default_cap import LARGEST_UNASKED, LEAST, default_cap
from kgents.stats.design import LARGEST_CAP

CAP = LEAST


def sequential(target: float, confidence: float, max_trials: int | None) -> Design:
    """The calibrated design. max_trials None: what the target needs, 100 at least; above 1 000 it has to be named."""
    number("target", target)
    if target == 1:
        raise UsageError(
            "target = 1: no finite sample shows a rate of 1, and one failure refutes it",
            "ask for a rate below 1, such as target=.99, or for a fixed number of trials: kg.estimate(trial, n=100)",
        )
    design = checked(Design(Rule.CALIBRATED, target, number("confidence", confidence), _cap(max_trials)))
    return design if max_trials is not None else with_default_cap(design, f"target = {target:g}")


def with_default_cap(design: Design, asked: str) -> Design:
    """The design with the cap that its target needs. UsageError for one that has to be named because it is large."""
    asked = f"{asked} at confidence = {design.confidence:g}"
    try:
        cap = default_cap(design)
    except DesignError as wrong:
        raise UsageError(f"{asked}: no cap up to {LARGEST_CAP} would do", "lower one of them") from wrong
    if cap > LARGEST_UNASKED:
        raise UsageError(f"{asked} takes up to {cap} trials", f"if you mean it, say max_trials={cap}")
    return replace(design, max_trials=cap)


def _cap(max_trials: int | None) -> int:
    return CAP if max_trials is None else whole("max_trials", max_trials)


def _pairs(confidence: float, max_trials: int | None) -> int:
    """The cap on the pairs of a comparison, whose confidence is looked at as well."""
    cap = _cap(max_trials)
    check_confidence(confidence)
    if not 1 <= cap <= 100_000:
        raise UsageError(f"max_trials = {cap}: from 1 to 100000 pairs", "the default is 100")
    return cap


def fixed(n: int, confidence: float) -> Design:
    """A fixed number of trials, no verdict."""
    return checked(Design(Rule.FIXED, None, number("confidence", confidence), whole("n", n), futility=0.0), "n")


def score_range(score: Any) -> tuple[float, float]:
    """The range of the scores. UsageError for what is none."""
    if not isinstance(score, tuple | list) or len(score) != 2:
        raise UsageError(f"score = {score!r}: the least and the largest score", "such as score=(0, 10)")
    low, high = (number("score", end) for end in score)
    if not low < high:
        raise UsageError(f"score = {score!r}: the first is below the second", "such as score=(0, 10)")
    return low, high


def betting(target: float, confidence: float, max_trials: int | None, low: float, high: float) -> Design:
    """Is the mean score above the target, by betting; the target of the design is a share of the range."""
    if not low < number("target", target) < high:
        raise UsageError(f"target = {target:g}: between {low:g} and {high:g}, the range of the scores", "score=(…)")
    share = (target - low) / (high - low)
    check_confidence(confidence)
    design = checked(Design(Rule.ANYTIME, share, confidence, _cap(max_trials), futility=0.0))
    return design if max_trials is not None else with_default_cap(design, f"target = {target:g}")


def paired(confidence: float, max_trials: int | None, margin: float) -> Design:
    """Pairs of outcomes on equal seeds; margin 0: only a difference decides."""
    if not 0 <= number("margin", margin) < 1:
        raise UsageError(f"margin = {margin:g}: from 0 to below 1", "such as margin=0.1")
    cap = _pairs(confidence, max_trials)
    return Design(Rule.CALIBRATED, 0.5, confidence, cap, futility=0.0, margin=margin or None)


def paired_scores(confidence: float, max_trials: int | None, margin: float, low: float, high: float) -> Design:
    """Pairs of scores on equal seeds, decided by betting; the margin is in their units, that of the design a share."""
    if not 0 <= number("margin", margin) < high - low:
        raise UsageError(f"margin = {margin:g}: from 0 to below {high - low:g}, the width of the range", "score=(…)")
    cap = _pairs(confidence, max_trials)
    share = margin / (high - low) or None
    return Design(Rule.ANYTIME, 0.5, confidence, cap, futility=0.0, margin=share)


def check_confidence(confidence: float) -> None:
    """UsageError outside of (½, 1)."""
    if not 0.5 < number("confidence", confidence) < 1:
        raise UsageError(f"confidence = {confidence:g}: between 0.5 and 1, both excluded", "such as confidence=.95")


def checked(design: Design, cap: str = "max_trials") -> Design:
    """The design, once it is valid."""
    try:
        design.validate()
    except DesignError as wrong:
        name = cap if wrong.parameter == "max_trials" else wrong.parameter
        raise UsageError(f"{name} = {wrong.value}: {wrong.allowed}", "see help(kgents.decide)") from wrong
    return design


def number(name: str, value: Any) -> float:
    """A finite number. UsageError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{name} = {value!r}: a number is needed", f"such as {name}=.9")
    return float(value)


def whole(name: str, value: Any) -> int:
    """An integer. UsageError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{name} = {value!r}: a whole number is needed", f"such as {name}=100")
    return value


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """How trials are run and kept; checked when it is made."""

    concurrency: int = 1
    timeout: float | None = None
    isolate: bool = False
    errors: str = "exclude"
    error_types: tuple[type[Exception], ...] = ()
    budget_usd: float | str | Decimal | None = None
    name: str | None = None
    tags: Iterable[str] = ()
    seed: int | None = None
    series: str | None = None

    def __post_init__(self) -> None:
        if whole("concurrency", self.concurrency) < 1:
            raise UsageError(f"concurrency = {self.concurrency}: at least 1", "the default is 1")
        if self.timeout is not None and not 0 < number("timeout", self.timeout) <= 86_400:
            raise UsageError(f"timeout = {self.timeout:g}: seconds above 0 and at most a day", "None is no limit")
        if not isinstance(self.isolate, bool):
            raise UsageError(
                f"isolate = {self.isolate!r}: True or False", "False is the default: trials run in threads"
            )
        if self.errors not in [policy.value for policy in Errors]:
            raise UsageError(f"errors = {self.errors!r}: exclude or count", "how trials count that the world spoilt")
        if self.series is not None and not (isinstance(self.series, str) and NAME.fullmatch(self.series)):
            raise UsageError(
                f"series = {self.series!r}: no name of a series", 'letters, digits, ".", "_", "-", at most 64'
            )
        if isinstance(self.tags, str) or not isinstance(self.tags, Iterable):
            raise UsageError(f"tags = {self.tags!r}: a list of tags is needed", f"such as tags=[{str(self.tags)!r}]")

    def request(self) -> dict[str, Any]:
        """What a Request takes from them."""
        return {
            "seed": secrets.randbits(48) if self.seed is None else whole("seed", self.seed),
            "name": self.name,
            "tags": tuple(self.tags),
            "errors": Errors(self.errors),
            "budget": Budget(usd=self._usd()),
        }

    def new_budget(self) -> Budget | None:
        """The budget to go on with; None where the recorded one stands."""
        return None if self.budget_usd is None else Budget(usd=self._usd())

    def _usd(self) -> Decimal | None:
        if self.budget_usd is None:
            return None
        try:
            amount = dollars(self.budget_usd)
        except ValueError:
            raise UsageError(
                f"budget_usd = {self.budget_usd!r} is not an amount above 0", "such as budget_usd=2.5"
            ) from None
        if not amount:
            raise UsageError(f"budget_usd = {self.budget_usd}: a budget is above 0", "None is no limit")
        return amount
