"""Answers that few inputs are given: what has a check digit, a sum or a form is brought back to them after a change."""

from collections import Counter

from kgents.verify.reference.inside.matching import usable
from kgents.verify.reference.inside.observing import Arguments, Program, Seen
from kgents.verify.reference.inside.probes import Probes
from kgents.verify.reference.inside.searching import LONGEST, Origin, Pool, Row, asked

_SCARCE = 0.05  # share of the inputs that are given an answer, below which it is scarce
_FEW_ANSWERS = 3  # of more answers only counts whether there is one
_KEPT = 80


class Repairs:
    """Inputs with a scarce answer, and a way back to it for those that lost it by a change of something else.

    bases  inputs that are given it; none where no answer is scarce
    """

    def __init__(self, pool: Pool, origin: Origin, spec: Program, probes: Probes) -> None:
        self._origin, self._spec, self._probes = origin, spec, probes
        rows = pool.usable if origin.scripts is None else []
        answers = {repr(row.seen.answer) for row in rows if row.seen.returned}
        self._alike = len(answers) > _FEW_ANSWERS
        counts = Counter(self._answer(row.seen) for row in rows)
        scarce = {answer for answer, count in counts.items() if answer and count < _SCARCE * len(rows)}
        self.scarce = scarce if len(scarce) == 1 else set[str]()
        self.bases: list[Arguments] = [row.arguments for row in rows if self._answer(row.seen) in self.scarce][:_KEPT]

    def _answer(self, seen: Seen) -> str:
        """What is told apart; '' of a call that raised."""
        return "" if seen.raised else "returned" if self._alike else repr(seen.answer)

    def of(self, row: Row, known: set[str]) -> list[Row]:
        """The input, and one like it that has the scarce answer, where another sign at one place brings it back."""
        if not self.bases:
            return [row]
        if self._answer(row.seen) in self.scarce:
            self._keep(row)
            return [row]
        for arguments in self._origin.swept(row.arguments):
            key = repr(arguments)
            if key not in known and len(key) < LONGEST:
                known.add(key)
                self._probes.clear()
                other = asked(self._spec, arguments, self._probes, self._origin, key)
                if usable(other.seen) and other.meant and self._answer(other.seen) in self.scarce:
                    self._keep(other)
                    return [row, other]
        return [row]

    def _keep(self, row: Row) -> None:
        if len(self.bases) < _KEPT:
            self.bases.append(row.arguments)
        else:
            self.bases[self._origin.draw.randrange(_KEPT)] = row.arguments
