"""A comparison of two arms before it is run: how often it calls equal arms different, what it finds, what it costs."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from kgents.domain.words import percent
from kgents.report.planning import impossible_duel
from kgents.stats import Duel, DuelOdds, duel_odds, feasibility

if TYPE_CHECKING:
    from kgents.stats.zone_odds import ZoneOdds

RATES = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
WORSE_BY = (0.1, 0.2, 0.3)


def pairs_data(duel: Duel) -> dict[str, object]:
    """The JSON document."""
    possible = feasibility(duel.design)
    odds = [(a, b, duel_odds(duel, a, b)) for a in RATES for b in (a, *_lower(a))]
    return {
        "confidence": duel.design.confidence,
        "max_pairs": duel.max_pairs,
        "boundary_digest": duel.boundary.digest,
        "called_different_at_most": round(2 * duel.alpha, 12),
        "operating_characteristics": [{"a": a, "b": b, **asdict(row)} for a, b, row in odds],
        "feasibility": {
            "better": possible.supported or possible.refuted,
            "cap_that_would_do": possible.cap_that_would_do,
        },
    }


def zone_data(duel: Duel, margin: float) -> dict[str, object]:
    """The JSON document of a comparison within a margin."""
    rows = [{"a": a, "b": b, **asdict(odds)} for a, b, odds in _within(duel, margin)]
    return {**pairs_data(duel), "margin": margin, "operating_characteristics": rows}


def _within(duel: Duel, margin: float) -> list[tuple[float, float, "ZoneOdds"]]:
    """Equal arms, and arms that differ by the margin."""
    from kgents.stats.zone_odds import zone_odds

    rates = [(a, b) for a in RATES for b in (a, round(a - margin, 12)) if b >= 0]
    return [(a, b, zone_odds(duel, margin, a, b)) for a, b in rates]


def zone_text(duel: Duel, margin: float) -> str:
    """For people: how often equal arms are called equivalent or different, and arms at the margin equivalent."""
    asked = f"which of two arms is better, or do they differ by less than {margin:g}?"
    heading = f"comparison: {asked} confidence {duel.design.confidence:g}, at most {duel.max_pairs} pairs"
    lines = ["    rates         equivalent  called different  trials (mean)"]
    for a, b, odds in _within(duel, margin):
        different = odds.first + odds.second
        lines.append(f"{a:>6g} v {b:<6g} {odds.equivalent:>12.4f} {different:>17.4f} {2 * odds.expected_pairs:>14.1f}")
    told = (
        f"exact, for arms that do not depend on each other; whatever the rates, arms that differ by {margin:g} or more are "
        f"called equivalent with probability {percent(duel.alpha)} at most, equal ones different with {percent(2 * duel.alpha)}"
    )
    return "\n\n".join([heading, "\n".join(lines), told])


def pairs_text(duel: Duel) -> str:
    """For people: what is asked, what cannot be, the table."""
    heading = f"comparison: which of two arms is better? confidence {duel.design.confidence:g}, at most {duel.max_pairs} pairs"
    return "\n\n".join([heading, *impossible_duel(duel), _table(duel), _explained(duel)])


def _table(duel: Duel) -> str:
    columns = "".join(f"  v {worse:g} less" for worse in WORSE_BY)
    lines = [f"     rate  both: called different  trials (mean){columns}"]
    for rate in RATES:
        same = duel_odds(duel, rate, rate)
        powers = [f"{duel_odds(duel, rate, other).first:>12.4f}" for other in _lower(rate)]
        lines.append(f"{rate:>9g} {same.different:>23.4f} {_trials(same):>14.1f}{''.join(powers)}")
    return "\n".join(lines)


def _trials(odds: DuelOdds) -> float:
    return 2 * odds.expected_pairs


def _lower(rate: float) -> list[float]:
    return [round(rate - worse, 12) for worse in WORSE_BY if rate - worse > 1e-9]


def _explained(duel: Duel) -> str:
    return (
        "both: two arms of that rate; called different: exact, for arms that do not depend on each other; whatever their rate "
        f"and dependence at most {percent(2 * duel.alpha)}\n"
        "v 0.1 less: the probability that the better one is found"
    )
