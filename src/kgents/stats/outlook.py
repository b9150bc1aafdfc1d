"""What is to be expected of the rest of a run: exact, under the posterior predictive distribution.

From (n, s) the next trial succeeds with probability (a + s)/(a + b + n), and so on along every path; that is Pólya's
urn, and it says what the prior together with the trials so far predicts, not what a fixed rate would do.
"""

from dataclasses import dataclass

from kgents.stats.boundary import Boundary
from kgents.stats.design import Design, Rule
from kgents.stats.lattice import forward, mass
from kgents.stats.rules import boundary

SOON = 10  # trials


@dataclass(frozen=True, slots=True)
class Outlook:
    """Expected further trials, and the probability that at most ten more are needed."""

    expected_trials_left: float
    done_within_ten: float


def outlook(design: Design, n: int, s: int) -> Outlook:
    """The outlook from state (n, s). Needs a cap."""
    if design.max_trials is None:
        raise ValueError("a design without a cap has no expected end")
    left = design.max_trials - n
    if design.rule is Rule.FIXED or left <= 0:
        return Outlook(float(max(0, left)), float(left <= SOON))
    return _ahead(boundary(design), design, n, s)


def _ahead(stopping: Boundary, design: Design, n: int, s: int) -> Outlook:
    expected, soon = 0.0, 1.0
    for row in forward(stopping, design.prior, design.max_trials or n, n, s):
        going = mass(row.going)
        expected += going
        if row.n == n + SOON:
            soon = 1 - going
    return Outlook(expected, max(0.0, soon))
