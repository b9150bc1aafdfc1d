"""A share of a series' error: what one experiment of many may spend.

The experiment at place t of a series, counted from 1, decides with the error αγₜ on either side, where all γₜ add up to 1: so
any verdict "supported" of the series is wrong with probability α at most, and any "refuted" (Boole's inequality; alpha-spending,
Tian & Ramdas 2021). That takes nothing of how the experiments depend on each other, and no place is given twice.
"""

from dataclasses import dataclass

from kgents.domain.json import Json, JsonObject, member
from kgents.lazy_pattern import pattern
from kgents.stats import share_of

NAME = pattern(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class SeriesShare:
    """The place of an experiment in a series. ValueError for a name, place or confidence that none can have.

    confidence  of the series: 1 − the error of all its verdicts on either side
    """

    series: str
    place: int
    confidence: float

    def __post_init__(self) -> None:
        if NAME.fullmatch(self.series) is None:
            raise ValueError(f"{self.series!r} is no name of a series: letters, digits, '.', '_' and '-', at most 64")
        if self.place < 1 or not 0.5 < self.confidence < 1:
            raise ValueError(f"place {self.place} at confidence {self.confidence:g}: no share of a series")

    @property
    def error(self) -> float:
        """What this experiment may spend on either side."""
        return (1 - self.confidence) * share_of(self.place)

    @property
    def spent(self) -> float:
        """What the experiments of the series up to this one may spend together."""
        return (1 - self.confidence) * sum(share_of(place) for place in range(1, self.place + 1))

    @property
    def next(self) -> "SeriesShare":
        """The share after it."""
        return SeriesShare(self.series, self.place + 1, self.confidence)

    def to_data(self) -> dict[str, Json]:
        """As canonical JSON data."""
        return {"name": self.series, "place": self.place, "confidence": repr(self.confidence)}

    @staticmethod
    def from_data(data: JsonObject) -> "SeriesShare":
        """The inverse of `to_data`."""
        return SeriesShare(
            member(data, "name", str), member(data, "place", int), float(member(data, "confidence", str))
        )
