"""What is said of an experiment before it begins stays as it is: tables, pictures and documents, as they stand in plans/.

A change of such a file is a change of what people and programs read: `KGENTS_GOLDEN=write pytest` of this file rewrites
them, and the diff is reviewed.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kgents.engine.compare import duel_of
from kgents.errors import UsageError
from kgents.report.planned_pairs import pairs_data, pairs_text, zone_data, zone_text
from kgents.report.planned_score_pairs import planned_score_pairs
from kgents.report.planned_scores import law_of, planned_scores
from kgents.report.planning import PerTrial, plan_data, plan_text
from kgents.stats import Design, Rule

WRITE = os.environ.get("KGENTS_GOLDEN") == "write"
PLANS = Path(__file__).with_name("plans")
DUEL = Design(Rule.CALIBRATED, 0.5, 0.9, 12, futility=0.0)
COSTS = PerTrial(2.5, 0.004, 12, "exp-1")


def planned(design: Design, costs: PerTrial | None = None) -> tuple[str, object]:
    """A plan of one arm, with what it would cost."""
    return plan_text(design, costs), plan_data(design, costs)


def compared(design: Design) -> tuple[str, object]:
    """A plan of two arms."""
    duel = duel_of(design, 2)
    return pairs_text(duel), pairs_data(duel)


def within(margin: float) -> tuple[str, object]:
    """A plan of two arms that may be equivalent."""
    duel = duel_of(Design(Rule.CALIBRATED, 0.5, 0.8, 14, futility=0.0, margin=margin), 2)
    return zone_text(duel, margin), zone_data(duel, margin)


def of_scores(law: str, low: float, high: float, cap: int) -> tuple[str, object]:
    """A plan of mean scores."""
    made = planned_scores(Design(Rule.ANYTIME, 0.5, 0.9, cap, futility=0.0), law_of(law, low, high))
    return made.to_text(), made.to_data()


def of_score_pairs(first: str, second: str | None, margin: float | None) -> tuple[str, object]:
    """A plan of two mean scores from 0 to 10; the margin is a share of the range."""
    laws = law_of(first, 0.0, 10.0), None if second is None else law_of(second, 0.0, 10.0)
    made = planned_score_pairs(Design(Rule.ANYTIME, 0.5, 0.9, 20, futility=0.0, margin=margin), *laws)
    return made.to_text(), made.to_data()


SCENES: dict[str, Callable[[], tuple[str, object]]] = {
    "calibrated": lambda: planned(Design(target=0.7, max_trials=25)),
    "calibrated-with-costs": lambda: planned(Design(target=0.9, max_trials=20, confidence=0.8), COSTS),
    "futile": lambda: planned(Design(target=0.6, max_trials=25, futility=0.2), PerTrial(None, None, 0, "nowhere")),
    "fixed": lambda: planned(Design(Rule.FIXED, 0.6, 0.9, 9, futility=0.0), PerTrial(0.5, None, 3, "exp-2")),
    "impossible": lambda: planned(Design(target=0.95, max_trials=12)),
    "compared": lambda: compared(DUEL),
    "compared-in-vain": lambda: compared(Design(Rule.CALIBRATED, 0.5, 0.99, 5, futility=0.0)),
    "equivalent": lambda: within(0.3),
    "scores-beta": lambda: of_scores("beta:8,2", 0.0, 10.0, 20),
    "scores-few": lambda: of_scores("0=0.1,0.5=0.2,1=0.7", 0.0, 1.0, 20),
    "score-pairs": lambda: of_score_pairs("beta:8,2", "beta:6,4", 0.2),
    "score-pairs-exact": lambda: of_score_pairs("0=0.1,10=0.9", None, None),
    "scores-many": lambda: of_scores("0=0.1,1=0.2,2=0.3,3=0.15,4=0.25", 0.0, 4.0, 15),
}


@pytest.mark.parametrize("name", SCENES)
def test_what_is_planned_stays(name: str) -> None:
    """The text for people and the document, to eight digits."""
    text, data = SCENES[name]()
    now = f"{text}\n\n{json.dumps(data, indent=1)}\n"
    now = re.sub(r"\d+\.\d{9,}(e-\d+)?", lambda number: f"{float(number.group()):.8g}", now)
    file = PLANS / f"{name}.txt"
    if WRITE:
        file.write_text(now, encoding="utf-8")
    assert now.splitlines() == file.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("law", ["0=0.1,1=0.8", "2=1", "-1=0.5,1=0.5", "0=0,1=1", "beta:0,1", "beta:x", "none"])
def test_what_is_no_law_is_refused(law: str) -> None:
    """Probabilities add up to 1, none is 0, and no score is beyond the range."""
    with pytest.raises(UsageError, match="--score-law"):
        law_of(law, 0.0, 1.0)


def test_a_plan_of_scores_needs_a_cap_that_can_be_foreseen() -> None:
    """None is none, and one that is too large is named with the largest."""
    law = law_of("beta:8,2", 0.0, 1.0)
    for cap in (None, 10**6):
        with pytest.raises(UsageError, match="a plan of scores goes to"):
            planned_scores(Design(Rule.ANYTIME, 0.5, 0.9, cap, futility=0.0), law)
        with pytest.raises(UsageError, match="a plan of score pairs goes from 1 to"):
            planned_score_pairs(Design(Rule.ANYTIME, 0.5, 0.9, cap, futility=0.0), law, None)
