"""What is said of whole runs stays as it is: documents, sentences, tables and figures, as they stand in documents/.

A change of such a file is a change of what people and programs read: `KGENTS_GOLDEN=write pytest` of this file rewrites
them, and the diff is reviewed.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from summaries import EPOCH, Player, of_entries, plan, play

from kgents.domain.fact import Fact, Finished, Planned, Stopped, StopReason
from kgents.domain.mark import ORIGIN, Entry, Mark, seal
from kgents.domain.names import Names
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import AGAINST_ITSELF, Budget, DecidedBy, Layout
from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.engine.not_worse import NAME as NOT_WORSE
from kgents.engine.run import Run
from kgents.engine.top_two import NAME as TOP_TWO
from kgents.report.completing import complete
from kgents.report.evidence import ahead, operating_characteristics
from kgents.report.header import header, planned
from kgents.report.html.collect import Collected, Row, Window
from kgents.report.html.picture import first, further, main_picture
from kgents.report.layout import pretty
from kgents.report.markdown import markdown
from kgents.report.pictures import inline
from kgents.report.plan_warnings import plan_warnings
from kgents.report.planning import asked
from kgents.report.sentence import sentence
from kgents.report.standing import log_e_values
from kgents.report.statistics import statistics_text
from kgents.report.text import text
from kgents.report.write import listed as rows_of
from kgents.stats import Design, Rule

WRITE = os.environ.get("KGENTS_GOLDEN") == "write"
DOCUMENTS = Path(__file__).with_name("documents")
CALIBRATED = Design(target=0.7, max_trials=40)
FIXED = Design(Rule.FIXED, 0.6, 0.9, 9, futility=0.0)
ESTIMATED = Design(Rule.FIXED, None, 0.95, 6, futility=0.0)
WITHOUT_END = Design(Rule.ANYTIME, 0.5, 0.95, None, futility=0.0)
PAIRED = Design(Rule.ANYTIME, 0.5, 0.95, 40, futility=0.0)
SCALE: dict[str, object] = {"scale": ["0.0", "100.0", 100]}
WHO = Names("0" * 32, "named", ("a", "b"), "somebody", "somewhere")
SPENT, BILLED = Usage(100, 20, None, 1, 10), Usage(1000, 200, Decimal("0.0125"), 2, 0)


@dataclass
class Scene:
    """A run, and its trials as the record shows them."""

    summary: Summary
    trials: list[Trial]
    entries: list[Entry]


def run(design: Design, answer: Callable[[int, int], bool | Cause], arms: int = 1, first: int | None = None,
        usage: Usage = SPENT, scores: Callable[[int, int], int] | None = None, **more: object) -> Scene:  # fmt: skip
    """A run, or what was recorded of it first; trials take a little longer one after the other, and cost something."""
    entries, trials = [], []
    for entry in played(design, answer, arms, scores, **more)[:first]:
        fact = entry.fact
        if isinstance(fact, Finished):
            took, sure = 1000 * (fact.index + 1) + 250 * fact.arm, f"0.{5 + fact.index % 5}"
            score = () if scores is None else (scores(fact.arm, fact.index),)
            fact = replace(fact, duration_us=took, usage=usage, confidence=sure, score=score)
            said = fact.arm, fact.index, fact.success, fact.cause, fact.error, took, float(sure), entry.at, usage
            trials.append(Trial(*said))
        entries.append(replace(entry, fact=fact))
    return Scene(of_entries(entries), trials, entries)


def played(design: Design, answer: Callable[[int, int], bool | Cause], arms: int,
           scores: Callable[[int, int], int] | None, **more: object) -> list[Entry]:  # fmt: skip
    """The entries of a whole run; with scores, of one that they decide."""
    if scores is None:
        return play(design, answer, arms=arms, **more).entries
    player = Scorer(answer, Run(1), Random(0))
    player.scores = scores
    return player.begin(plan(design, arms, layout=Layout.BLOCKS, **more)).entries


class Scorer(Player):
    """A player whose trials have a score."""

    scores: Callable[[int, int], int]

    def witness(self, fact: Fact) -> None:
        """Records a fact, with the score of a trial that ended."""
        super().witness(
            replace(fact, score=(self.scores(fact.arm, fact.index),)) if isinstance(fact, Finished) else fact
        )


class Recorded:
    """The part of a record that documents are made of."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    async def marks(self, experiment: str) -> AsyncIterator[Mark]:
        """All of them."""
        head = ORIGIN
        for number, entry in enumerate(self._scene.entries):
            mark = seal(experiment, number, head, entry)
            head = mark.id
            yield mark

    async def trials(
        self, experiment: str, texts: bool, start: int = 0, length: int | None = None
    ) -> AsyncIterator[Trial]:
        """In the order of their ends: so many, after so many."""
        for trial in self._scene.trials[start : None if length is None else start + length]:
            yield trial


def stopped(scene: Scene, reason: StopReason) -> Scene:
    """The same plan, stopped before the first trial."""
    entries = [Entry(EPOCH, Planned(scene.summary.plan)), Entry(EPOCH, Stopped(reason, "so it was"))]
    return Scene(of_entries(entries), [], entries)


def ended(scene: Scene, reason: StopReason) -> Scene:
    """The same, stopped after what was recorded."""
    entries = [*scene.entries, Entry(scene.entries[-1].at, Stopped(reason, "so it was"))]
    return Scene(of_entries(entries), scene.trials, entries)


def right(arm: int, index: int) -> bool:
    """Every trial succeeds."""
    return True


SCENES: dict[str, Callable[[], Scene]] = {
    "supported": lambda: run(CALIBRATED, lambda arm, index: index % 9 != 4),
    "refuted": lambda: run(CALIBRATED, lambda arm, index: index % 3 == 0),
    "inconclusive": lambda: run(replace(CALIBRATED, max_trials=12), lambda arm, index: index % 4 != 1),
    "fixed": lambda: run(FIXED, lambda arm, index: index != 2, usage=BILLED),
    "estimated": lambda: run(ESTIMATED, lambda arm, index: index % 2 == 0, who=WHO, names="0" * 64, model="some:model"),
    "without-end": lambda: run(WITHOUT_END, lambda arm, index: True),
    "half-way": lambda: run(CALIBRATED, lambda arm, index: index % 2 == 0, first=16),
    "fixed-stopped": lambda: ended(run(FIXED, lambda arm, index: index % 2 == 0, first=8), StopReason.INTERRUPTED),
    "half-way-stopped": lambda: ended(run(CALIBRATED, lambda arm, index: index % 2 == 0, first=8), StopReason.ERRORS),
    "excluded": lambda: run(CALIBRATED, lambda arm, index: Cause.NETWORK if index == 2 else index % 7 != 3),
    "interrupted": lambda: stopped(run(CALIBRATED, lambda arm, index: True), StopReason.INTERRUPTED),
    "over-budget": lambda: stopped(run(CALIBRATED, lambda arm, index: True, budget=Budget(tokens=500)), StopReason.BUDGET_TOKENS),
    "arms": lambda: run(CALIBRATED, lambda arm, index: index % 8 != 2 if arm == 0 else index % 3 == arm - 1, arms=3),
    "two-arms": lambda: run(CALIBRATED, lambda arm, index: index % 8 != 2 or arm == 1, arms=2),
    "drawn-suite": lambda: run(CALIBRATED, lambda arm, index: index % 9 != 4, facts={"suite": "of tasks"}),
    "tasks": lambda: run(ESTIMATED, lambda arm, index: (arm + index) % 3 > 0, arms=3),
    "compared": lambda: run(PAIRED, lambda arm, index: arm == 0 or index % 2 == 0, arms=2, layout=Layout.COMPARE),
    "compared-half-way": lambda: run(PAIRED, lambda arm, index: arm == 0 or index % 2 == 0, arms=2,
                                     layout=Layout.COMPARE, first=11),
    "compared-three": lambda: run(PAIRED, lambda arm, index: index % 5 > arm, arms=3, layout=Layout.COMPARE),
    "compared-margin": lambda: run(replace(PAIRED, margin=0.3), lambda arm, index: True, arms=2, layout=Layout.COMPARE),
    "compared-stopped": lambda: run(PAIRED, lambda arm, index: index % 3 > 0 or arm == 1, 2, 28, layout=Layout.COMPARE),
    "family": lambda: run(CALIBRATED, lambda arm, index: index % 9 != 4 or arm == 1, arms=3, facts={"family": "all"}),
    "top-two": lambda: run(PAIRED, lambda arm, index: index % 5 > arm, arms=3, layout=Layout.COMPARE,
                           facts={"allocation": TOP_TWO}),
    "not-worse": lambda: run(replace(PAIRED, margin=0.3), lambda arm, index: True, arms=2, layout=Layout.COMPARE,
                             facts={"claim": NOT_WORSE}),
    "itself": lambda: run(replace(PAIRED, max_trials=8), lambda arm, index: (index + arm) % 3 > 0, arms=2,
                          layout=Layout.COMPARE, facts={"claim": AGAINST_ITSELF, "repeats": 6}),
    "score": lambda: run(PAIRED, right, scores=lambda arm, index: 60 + 10 * (index % 4), decider=DecidedBy.SCORES, facts=SCALE),
    "score-half-way": lambda: run(PAIRED, right, scores=lambda arm, index: 40 + 10 * (index % 4), first=11,
                                  decider=DecidedBy.SCORES, facts=SCALE),
    "score-of-ten": lambda: run(FIXED, right, scores=lambda arm, index: 6 + index % 4, decider=DecidedBy.SCORES,
                                facts={"scale": ["0.0", "10.0", 100]}),
    "scores": lambda: run(PAIRED, right, arms=2, scores=lambda arm, index: 80 - 60 * arm + index % 7,
                          decider=DecidedBy.SCORE_PAIRS, facts=SCALE),
    "scores-half-way": lambda: run(PAIRED, right, arms=2, scores=lambda arm, index: 50 - 10 * arm + index % 7, first=14,
                                   decider=DecidedBy.SCORE_PAIRS, facts=SCALE),
    "three-scores": lambda: run(PAIRED, right, arms=3, scores=lambda arm, index: (90, 10, 50)[arm] + index % 5,
                                decider=DecidedBy.SCORE_PAIRS, facts=SCALE),
}  # fmt: skip


def document_of(scene: Scene) -> Any:
    """The document of a kind that adds nothing."""
    store: Any = Recorded(scene)
    return asyncio.run(complete(store, scene.summary, {"command": "true"}))


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


async def one_page(scene: Scene) -> list[Row]:
    """The rows of the second page of its list."""
    store: Any = Recorded(scene)
    return await rows_of(store, scene.summary, Window(2, 5))


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
        "e-values": f"{log_e_values(summary)}",
        "page": "\n".join(map(str, asyncio.run(one_page(scene)))),
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
