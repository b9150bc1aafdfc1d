"""A comparison of two mean scores before it is run: `plan --compare --score-law`."""

from dataclasses import asdict, dataclass

from kgents.domain.words import number, percent
from kgents.errors import UsageError
from kgents.report.planned_scores import NamedLaw
from kgents.stats import Design, PairsForecast, difference_law, foresee_pairs, reduced

LARGEST = 1000  # pairs; the recursion takes a time that grows faster than their square


@dataclass(frozen=True, slots=True)
class PlannedPair:
    """Two laws of scores, and what a comparison of arms that have them comes to."""

    first: NamedLaw
    second: NamedLaw
    forecast: PairsForecast

    @property
    def exact(self) -> bool:
        """Whether the recursion is for these laws and not for one with their first moments."""
        law = difference_law(self.first.law, self.second.law)
        return self.first.exact and self.second.exact and reduced(law) is law

    def to_data(self) -> dict[str, object]:
        """The JSON object."""
        return {
            "laws": [law.name for law in (self.first, self.second)],
            "means": [law.score(law.mean) for law in (self.first, self.second)],
            "exact_for_the_laws": self.exact,
            **asdict(self.forecast),
        }


@dataclass(frozen=True, slots=True)
class PlannedScorePairs:
    """The design, and what it comes to for arms of one law and for arms of two; its margin is a share of the range."""

    design: Design
    pairs: tuple[PlannedPair, ...]

    @property
    def margin(self) -> float | None:
        """In the units of the scores."""
        law = self.pairs[0].first
        return None if self.design.margin is None else self.design.margin * (law.high - law.low)

    def to_data(self) -> dict[str, object]:
        """The JSON document."""
        return {
            "confidence": self.design.confidence,
            "max_pairs": self.design.max_trials,
            "margin": self.margin,
            "called_different_at_most": round(2 * (1 - self.design.confidence), 12),
            "operating_characteristics": [pair.to_data() for pair in self.pairs],
        }

    def to_text(self) -> str:
        """For people."""
        margin = "" if self.margin is None else f", or do they differ by less than {self.margin:g}"
        cost = (
            f"confidence {self.design.confidence:g}, at most {number(self.design.max_trials or 0, 'pair')}, by betting"
        )
        lines = [
            f"comparison of scores: which of two means is higher{margin}? {cost}",
            *(f"{name}: {law.name}, mean {law.score(law.mean):.6g}" for name, law in self._laws()),
            "",
            "                   first    second  equivalent      open   pairs (mean, sd, 95 %)",
        ]
        for name, pair in zip(("A v A", "A v B"), self.pairs, strict=False):
            told = pair.forecast
            lines.append(
                f"{name:<14}{told.first:>10.4f}{told.second:>10.4f}{told.equivalent:>12.4f}{told.open:>10.4f}"
                f"{told.expected_pairs:>9.1f}{told.sd_pairs:>7.1f}{told.q95_pairs:>8}"
            )
        return "\n".join([*lines, "", self._how(), self._promise()])

    def _laws(self) -> list[tuple[str, NamedLaw]]:
        return list(zip("AB", (self.pairs[0].first, *(pair.second for pair in self.pairs[1:])), strict=False))

    def _how(self) -> str:
        """How exact the figures are."""
        arms = "for arms that do not depend on each other"
        if all(pair.exact for pair in self.pairs):
            return f"exact for these laws, {arms}"
        return (
            "by exact recursion for at most 3 differences with the first five moments of those of the laws; "
            f"of the laws themselves these are approximations, {arms}"
        )

    def _promise(self) -> str:
        alpha = 1 - self.design.confidence
        within = (
            ""
            if self.margin is None
            else f", arms that differ by {self.margin:g} or more equivalent with {percent(alpha)}"
        )
        return (
            f"whatever the laws, equal arms are called different with probability {percent(2 * alpha)} at most{within}"
        )


def planned_score_pairs(design: Design, first: NamedLaw, second: NamedLaw | None) -> PlannedScorePairs:
    """Arms of the first law, and arms of both where there are two. UsageError for a cap that is too large to foresee."""
    cap = design.max_trials
    if cap is None or not 1 <= cap <= LARGEST:
        raise UsageError(f"a plan of score pairs goes from 1 to {LARGEST} pairs", f"--max-trials {LARGEST}")
    others = (first,) if second is None else (first, second)
    alpha = round(1 - design.confidence, 12)
    return PlannedScorePairs(
        design,
        tuple(
            PlannedPair(first, other, foresee_pairs(first.law, other.law, alpha, cap, design.margin))
            for other in others
        ),
    )
