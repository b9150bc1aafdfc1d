"""A decision about a mean score before it is run: `plan --score-law` and `plan --from`."""

import math
from collections import Counter
from dataclasses import asdict, dataclass

from kgents.domain.plan import DecidedBy
from kgents.domain.ports import Store
from kgents.domain.words import number
from kgents.errors import UsageError
from kgents.stats import Design, Law, ScoreForecast, beta_law, foresee_scores, reduced

LARGEST = 2000  # trials of a cap; the recursion takes a time that grows faster than its square


@dataclass(frozen=True, slots=True)
class NamedLaw:
    """A law of scores as shares of their range, with at most three of them, what it stands for, and the range."""

    law: Law
    name: str
    mean: float
    low: float
    high: float
    exact: bool

    def score(self, share: float) -> float:
        """A share of the range in the units of the scores."""
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class PlannedScores:
    """The design, the law, and what they come to."""

    design: Design
    law: NamedLaw
    forecast: ScoreForecast

    def to_data(self) -> dict[str, object]:
        """The JSON document."""
        law, target = self.law, self.design.target or 0.0
        return {
            "law": law.name,
            "mean": law.score(law.mean),
            "target": law.score(target),
            "confidence": self.design.confidence,
            "max_trials": self.design.max_trials,
            "computed_for": [{"score": law.score(x), "probability": p} for x, p in law.law.items()],
            "exact_for_the_law": law.exact and self.forecast.exact,
            **{name: value for name, value in asdict(self.forecast).items() if name != "exact"},
        }

    def to_text(self) -> str:
        """For people."""
        law, forecast, target = self.law, self.forecast, self.design.target or 0.0
        return (
            f"scores: is the mean above {law.score(target):g}? confidence {self.design.confidence:g}, "
            f"at most {number(self.design.max_trials or 0, 'trial')}, by betting\n"
            f"law: {law.name}, mean {law.score(law.mean):.6g}\n\n"
            "supported     refuted        open   trials (mean, sd, 95 %)\n"
            f"{forecast.supported:>9.4f} {forecast.refuted:>11.4f} {forecast.open:>11.4f}"
            f" {forecast.expected_trials:>9.1f} {forecast.sd_trials:>6.1f} {forecast.q95_trials:>7}\n\n"
            f"{_how(law, exact=forecast.exact)}"
        )


def _how(law: NamedLaw, *, exact: bool) -> str:
    """How exact the figures are, for people."""
    if not law.exact:
        scores = ", ".join(f"{law.score(x):.4g} ({p:.4g})" for x, p in law.law.items())
        few = number(len(law.law), "score")
        return (
            f"by exact recursion for {few} with the same first five moments: {scores}; "
            "of the law itself these are approximations"
        )
    if exact:
        return "exact for this law"
    return "approximations: bets depend on the order of the scores, and are followed as on average over all orders"


def planned_scores(design: Design, law: NamedLaw) -> PlannedScores:
    """What the design comes to. UsageError for a cap that is too large to foresee."""
    cap = design.max_trials
    if cap is None or cap > LARGEST:
        raise UsageError(f"a plan of scores goes to {LARGEST} trials", f"--max-trials {LARGEST}")
    return PlannedScores(design, law, foresee_scores(law.law, design.target or 0.5, 1 - design.confidence, cap))


def law_of(text: str, low: float, high: float) -> NamedLaw:
    """The law that was typed: `beta:A,B` over the range, or SCORE=PROBABILITY with commas. UsageError for what it is not."""
    kind, _, numbers = text.partition(":")
    try:
        if kind == "beta" and numbers:
            a, b = map(float, numbers.split(","))
            return NamedLaw(beta_law(a, b), f"Beta({a:g}, {b:g})", a / (a + b), low, high, exact=False)
        pairs = [part.split("=") for part in text.split(",")]
        points = {(float(x) - low) / (high - low): float(p) for x, p in pairs}
    except ValueError as wrong:
        raise UsageError(f"--score-law {text}: no law", "beta:8,2, or 0=0.1,0.5=0.2,1=0.7") from wrong
    total = math.fsum(points.values())
    if not all(0 <= x <= 1 for x in points) or min(points.values()) <= 0 or abs(total - 1) > 1e-9:
        raise UsageError(
            f"--score-law {text}: scores from {low:g} to {high:g}, probabilities that add up to 1",
            "0=0.1,0.5=0.2,1=0.7",
        )
    return _named(points, "as typed", low, high)


async def recorded_law(store: Store, reference: str) -> NamedLaw:
    """The law of the scores of a stored run. UsageError where it has none; UnknownExperiment."""
    summary = await store.summary(
        await store.resolve(reference if reference == "@latest" else reference.removeprefix("@"))
    )
    plan = summary.plan
    if plan.decider is not DecidedBy.SCORES:
        raise UsageError(
            f"--from {reference}: that experiment has no scores", "name a run --score: kg experiment history"
        )
    low, high, resolution = plan.facts["scale"]
    counts: Counter[float] = Counter()
    async for trial in store.trials(plan.experiment, texts=False):
        if trial.success is not None:
            counts[trial.score[0] / resolution if trial.score else 0.0] += 1
    if not counts:
        raise UsageError(f"--from {reference}: that experiment has no trial that counts", "kg experiment history")
    law = {x: count / counts.total() for x, count in counts.items()}
    name = f"the {number(counts.total(), 'score')} of {plan.experiment}, as if they were the law"
    return _named(law, name, float(low), float(high))


def _named(law: Law, name: str, low: float, high: float) -> NamedLaw:
    mean = math.fsum(x * p for x, p in law.items())
    few = reduced(law)
    return NamedLaw(few, name, mean, low, high, exact=few is law)
