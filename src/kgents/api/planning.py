"""plan: what a design costs and how often it errs, before a trial is run."""

from dataclasses import dataclass, field

from kgents.api.design import number, sequential
from kgents.errors import UsageError
from kgents.stats import Characteristics, Design, boundary, characteristics, feasibility


@dataclass(frozen=True, slots=True)
class Planned:
    """A design before it is run; nothing is recorded.

    boundary_digest  what a run of this design registers before its first trial
    can_support      whether SUPPORTED can occur within max_trials, `can_refute` likewise
    """

    target: float
    confidence: float
    max_trials: int
    boundary_digest: str
    can_support: bool
    can_refute: bool
    _design: Design = field(repr=False)

    def at(self, rate: float) -> Characteristics:
        """Exactly what happens at a true success rate in [0, 1].

        `supported`, `refuted` and `inconclusive` are probabilities, `expected_trials`, `sd_trials` and `q95_trials` counts.
        """
        if not 0 <= number("rate", rate) <= 1:
            raise UsageError(f"rate = {rate:g}: from 0 to 1", "such as .at(.95)")
        (row,) = characteristics(self._design, (rate,))
        return row

    def to_dict(self) -> dict[str, object]:
        """What `kg experiment plan --json` prints, as data."""
        from kgents.report.planning import plan_data

        return {**plan_data(self._design, None)}

    def _repr_html_(self) -> str:
        from kgents.report.pictures import image, path

        return image(path("boundary", boundary(self._design), self._design.target or 0.5, (), False))


def plan(*, target: float = 0.9, confidence: float = 0.95, max_trials: int | None = None) -> Planned:
    """What `decide` with these arguments would cost and how often it would err, exactly.

    >>> import kgents as kg
    >>> row = kg.plan(target=0.9, max_trials=200).at(0.95)
    >>> round(row.supported + row.refuted + row.inconclusive, 9), 0 < row.expected_trials < 200
    (1.0, True)
    """
    design = sequential(target, confidence, max_trials)
    possible = feasibility(design)
    return Planned(
        target=target,
        confidence=confidence,
        max_trials=design.max_trials or 0,
        boundary_digest=boundary(design).digest,
        can_support=possible.supported,
        can_refute=possible.refuted,
        _design=design,
    )
