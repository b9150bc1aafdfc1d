"""A stored run as the baseline of a new one: `--target @ID-0.05`.

The target is the lower limit L of the stored rate less the margin, L at error α/2; the new run decides at error α/2. By
Bonferroni's inequality "refuted", read as "the rate fell by more than the margin", errs with probability α at most.
"""

from dataclasses import dataclass

from kgents.domain.plan import Layout
from kgents.domain.ports import Store
from kgents.errors import UnknownExperiment, UsageError
from kgents.stats.shown import lower_limit

_ANOTHER = "name a run of one arm that has trials: kg experiment history"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A stored run, its lower limit at `error`, and the confidence that is left for the new run."""

    experiment: str
    low: float
    margin: float
    error: float

    @property
    def target(self) -> float:
        """The rate that the new run is asked about."""
        return self.low - self.margin

    @property
    def confidence(self) -> float:
        """Of the new run's own decision."""
        return 1 - self.error

    def to_data(self) -> dict[str, str]:
        """As a fact of the plan."""
        numbers = {"low": self.low, "margin": self.margin, "error": self.error}
        return {"experiment": self.experiment, **{name: repr(value) for name, value in numbers.items()}}


async def _experiment(reference: str, store: Store) -> str:
    """The experiment that is meant; where none has that id or name, the first of the series that has it."""
    try:
        return await store.resolve(reference)
    except UnknownExperiment:
        taken = await store.shares(reference.removeprefix("@"))
        if not taken:
            raise
        return taken[0].experiment


async def baseline(reference: str, margin: float, confidence: float, store: Store) -> Baseline:
    """The baseline that a stored run makes. UsageError where it makes none; UnknownExperiment."""
    experiment = await _experiment(reference, store)
    summary = await store.summary(experiment)
    name = f"--target @{reference.removeprefix('@')}"
    trials, successes = summary.counts
    if summary.plan.layout is not Layout.INDEPENDENT or len(summary.plan.arms) != 1:
        raise UsageError(f"{name}: that experiment has no rate of one arm", _ANOTHER)
    if not trials:
        raise UsageError(f"{name}: that experiment has no trial that counts", _ANOTHER)
    error = round((1 - confidence) / 2, 12)
    low = lower_limit(summary.plan.arm_design, trials, successes, summary.decision is not None, error)
    if low <= margin:
        raise UsageError(
            f"{name}: its lower limit is {low:.3g} ({successes} of {trials} trials), "
            f"and less {margin:g} no target is left",
            "a smaller margin, or a run with more trials",
        )
    return Baseline(experiment, low, margin, error)
