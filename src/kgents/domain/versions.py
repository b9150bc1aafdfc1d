"""Versions of what decides or judges, one integer each: the plan says under which an experiment was begun.

A plan is replayed, resumed and checked under its own version of `calibration`, `prompt` and `seeds`: the code keeps them all.
Candidates are judged, and answers read, under today's version of `judge` and `extraction`; a difference is then reported as
one of versions, never as damage.
"""

from dataclasses import dataclass, fields

from kgents.domain.json import JsonObject, member


@dataclass(frozen=True, slots=True)
class Versions:
    """Counted from 1; a record that does not name one has 1.

    calibration  boundaries as a function of the design; 2: equivalence of arms is decided by betting; 3: means of scores by
                 more small bets; 4: of scores that are all the least or the greatest as of failures and successes;
                 5: of scores some of which are, by bets that aim at the cap
    judge        what counts as a right candidate: comparison of answers, tests, inputs
    extraction   which part of an answer is the program
    prompt       what the model is asked
    seeds        seeds of trials as a function of the plan's seed; 2: of 53 bits
    """

    calibration: int = 1
    judge: int = 1
    extraction: int = 1
    prompt: int = 1
    seeds: int = 1

    def to_data(self) -> dict[str, int]:
        """The versions by name."""
        return {name: getattr(self, name) for name in _NAMES}

    @staticmethod
    def from_data(data: JsonObject) -> "Versions":
        """The inverse of `to_data`; names that this kgents does not know are ignored, absent ones are 1."""
        return Versions(*[member({name: 1, **data}, name, int) for name in _NAMES]) if data else _FIRST

    def unknown(self) -> tuple[str, ...]:
        """What a replay needs and this kgents does not have: "calibration 3 (this kgents knows 1 to 2)"."""
        return tuple(
            f"{name} {getattr(self, name)} (this kgents knows 1 to {getattr(CURRENT, name)})"
            for name in ("calibration", "prompt", "seeds")
            if getattr(self, name) > getattr(CURRENT, name)
        )


_NAMES = tuple(field.name for field in fields(Versions))
_FIRST = Versions()
CURRENT = Versions(calibration=5, judge=2, extraction=2, prompt=2, seeds=2)
