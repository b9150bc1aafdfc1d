"""What is said of whole runs stays as it is: documents, sentences, tables and figures, as they stand in documents/.

A change of such a file is a change of what people and programs read: `KGENTS_GOLDEN=write pytest` of this file rewrites
them, and the diff is reviewed.
"""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from summaries import EPOCH, of_entries, play

from kgents.domain.fact import Finished, Planned, Stopped, StopReason
from kgents.domain.mark import Entry
from kgents.domain.names import Names
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import Budget, Layout
from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.report.document import head
from kgents.report.document_types import Failed
from kgents.report.evidence import ahead, operating_characteristics
from kgents.report.figures import Figures, failure
from kgents.report.header import header, planned
from kgents.report.html.collect import Collected, Window
from kgents.report.html.picture import first, further, main_picture
from kgents.report.layout import pretty
from kgents.report.markdown import markdown
from kgents.report.pictures import inline
from kgents.report.plan_warnings import plan_warnings
from kgents.report.planning import asked
from kgents.report.sentence import sentence
from kgents.report.statistics import statistics_text
from kgents.report.text import text
from kgents.stats import Design, Rule

WRITE = os.environ.get("KGENTS_GOLDEN") == "write"
DOCUMENTS = Path(__file__).with_name("documents")
CALIBRATED = Design(target=0.7, max_trials=40)
FIXED = Design(Rule.FIXED, 0.6, 0.9, 9, futility=0.0)
ESTIMATED = Design(Rule.FIXED, None, 0.95, 6, futility=0.0)
WITHOUT_END = Design(Rule.ANYTIME, 0.5, 0.95, None, futility=0.0)
PAIRED = Design(Rule.ANYTIME, 0.5, 0.95, 40, futility=0.0)
WHO = Names("0" * 32, "named", ("a", "b"), "somebody", "somewhere")
SPENT, BILLED = Usage(100, 20, None, 1, 10), Usage(1000, 200, Decimal("0.0125"), 2, 0)


@dataclass
class Scene:
    """A run, and its trials as the record shows them."""

    summary: Summary
    trials: list[Trial]


def run(design: Design, answer: Callable[[int, int], bool | Cause], arms: int = 1, first: int | None = None,
        usage: Usage = SPENT, **more: object) -> Scene:  # fmt: skip
    """A run, or what was recorded of it first; trials take a little longer one after the other, and cost something."""
    entries, trials = [], []
    for entry in play(design, answer, arms=arms, **more).entries[:first]:
        fact = entry.fact
        if isinstance(fact, Finished):
            took, sure = 1000 * (fact.index + 1) + 250 * fact.arm, f"0.{5 + fact.index % 5}"
            fact = replace(fact, duration_us=took, usage=usage, confidence=sure)
            said = fact.arm, fact.index, fact.success, fact.cause, fact.error, took, float(sure), entry.at, usage
            trials.append(Trial(*said))
        entries.append(replace(entry, fact=fact))
    return Scene(of_entries(entries), trials)


def stopped(scene: Scene, reason: StopReason) -> Scene:
    """The same plan, stopped before the first trial."""
    entries = [Entry(EPOCH, Planned(scene.summary.plan)), Entry(EPOCH, Stopped(reason, "so it was"))]
    return Scene(of_entries(entries), [])


SCENES: dict[str, Callable[[], Scene]] = {
    "supported": lambda: run(CALIBRATED, lambda arm, index: index % 9 != 4),
    "refuted": lambda: run(CALIBRATED, lambda arm, index: index % 3 == 0),
    "inconclusive": lambda: run(replace(CALIBRATED, max_trials=12), lambda arm, index: index % 4 != 1),
    "fixed": lambda: run(FIXED, lambda arm, index: index != 2, usage=BILLED),
    "estimated": lambda: run(ESTIMATED, lambda arm, index: index % 2 == 0, who=WHO, names="0" * 64, model="some:model"),
    "without-end": lambda: run(WITHOUT_END, lambda arm, index: True),
    "half-way": lambda: run(CALIBRATED, lambda arm, index: index % 2 == 0, first=16),
    "excluded": lambda: run(CALIBRATED, lambda arm, index: Cause.NETWORK if index == 2 else index % 7 != 3),
    "interrupted": lambda: stopped(run(CALIBRATED, lambda arm, index: True), StopReason.INTERRUPTED),
    "over-budget": lambda: stopped(run(CALIBRATED, lambda arm, index: True, budget=Budget(tokens=500)), StopReason.BUDGET_TOKENS),
    "arms": lambda: run(CALIBRATED, lambda arm, index: index % 8 != 2 if arm == 0 else index % 3 == arm - 1, arms=3),
    "tasks": lambda: run(ESTIMATED, lambda arm, index: (arm + index) % 3 > 0, arms=3),
    "compared": lambda: run(PAIRED, lambda arm, index: arm == 0 or index % 2 == 0, arms=2, layout=Layout.COMPARE),
    "compared-half-way": lambda: run(PAIRED, lambda arm, index: arm == 0 or index % 2 == 0, arms=2,
                                     layout=Layout.COMPARE, first=11),
    "compared-three": lambda: run(PAIRED, lambda arm, index: index % 5 > arm, arms=3, layout=Layout.COMPARE),
    "compared-margin": lambda: run(replace(PAIRED, margin=0.3), lambda arm, index: True, arms=2, layout=Layout.COMPARE),
}  # fmt: skip


def document_of(scene: Scene) -> Any:
    """As `complete` makes it of a kind that adds nothing."""
    summary, figures = scene.summary, Figures(scene.summary.plan.errors)
    for trial in scene.trials:
        figures.add(trial)
    document: Any = head(summary, {"command": "true"})
    document["evidence"].update(figures.evidence())
    wrong = failure(summary, document["evidence"]["causes"])
    return {**document, **(Failed() if wrong is None else Failed(error=wrong))}


def collected_of(scene: Scene) -> Collected:
    """What pictures need of the trials; the last one waits for another."""
    collection = Collected()
    for number, trial in enumerate(scene.trials, 1):
        collection.add(trial, scene.summary.plan, number == 30, Window(2, 5))
    return collection


def drawn(scene: Scene, document: Any) -> str:
    """The pictures of its page."""
    summary, collection = scene.summary, collected_of(scene)
    pictures = [*first(summary, document, collection, ()), *further(summary, document, collection)]
    main = main_picture(summary, document, collection, ())
    return "\n".join([*map(inline, pictures), "main: " + (main.title if main else "none")]).replace("><", ">\n<")


def listed(scene: Scene) -> str:
    """The rows of the list, and the answers folded."""
    collection = collected_of(scene)
    folded = [
        (sign, key, answer.count, dict(answer.arms)) for sign in "+-?" for key, answer in collection.folded(sign, 4)
    ]
    return "\n".join(map(str, [*collection.rows, *folded, collection.total, dict(collection.causes)]))


def said(scene: Scene) -> str:
    """All that is said of a run."""
    summary, document = scene.summary, document_of(scene)
    alone = len(summary.plan.arms) == 1
    parts = {
        "document": pretty(document),
        "sentence": sentence(summary, document["evidence"]),
        "asked": "\n".join([asked(summary.plan), planned(summary), header(summary, document["config"])]),
        "warnings": "\n".join(plan_warnings(summary.plan)),
        "text": text(summary, document, stats=True),
        "statistics": statistics_text(summary),
        "markdown": markdown(summary, document),
        "promise": pretty(operating_characteristics(summary)) if alone else "",
        "ahead": pretty(ahead(summary)) if alone else "",
        "pictures": drawn(scene, document),
        "list": listed(scene),
    }
    text_of_all = "".join(f"== {name}\n{part}\n" for name, part in parts.items() if part)
    return re.sub(r"\d+\.\d{9,}(e-\d+)?", lambda number: f"{float(number.group()):.8g}", text_of_all)


@pytest.mark.parametrize("name", SCENES)
def test_what_is_said_of_a_run_stays(name: str) -> None:
    """Numbers, words, warnings and pictures of runs that ended, stopped, or go on."""
    file, now = DOCUMENTS / f"{name}.txt", said(SCENES[name]())
    if WRITE:
        file.write_text(now, encoding="utf-8")
    assert now.splitlines() == file.read_text(encoding="utf-8").splitlines()
