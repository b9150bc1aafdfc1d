"""Whole runs of every way to decide stay as they are: what is launched in which order, said and decided, as in decisions/.

A change of such a file is a change of what is decided: `KGENTS_GOLDEN=write pytest` of this file rewrites them, and the
diff is reviewed.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from player import Player, plan

from kgents.domain.fact import Fact, Finished
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import AGAINST_ITSELF, Budget, DecidedBy, Errors, Layout
from kgents.engine.not_worse import NAME as NOT_WORSE
from kgents.engine.run import Run
from kgents.engine.top_two import NAME as TOP_TWO
from kgents.stats import Design, Prior, Rule

WRITE = os.environ.get("KGENTS_GOLDEN") == "write"
DECISIONS = Path(__file__).with_name("decisions")
CALIBRATED = Design(target=0.7, max_trials=40)
FIXED = Design(Rule.FIXED, 0.6, 0.9, 9, futility=0.0)
BLOCKED = Design(Rule.FIXED, None, 0.95, 60, futility=0.0)
PAIRED = Design(Rule.ANYTIME, 0.5, 0.95, 60, futility=0.0)
DUEL = Design(Rule.CALIBRATED, 0.5, 0.9, 40, futility=0.0)
SCALE: dict[str, object] = {"scale": ["0.0", "10.0", 20]}
Score = Callable[[int, int], tuple[int, ...]]


@dataclass
class Scene:
    """A plan, what its trials come to, what they score and how long they take."""

    design: Design
    answer: Callable[[int, int], bool | Cause]
    arms: int = 1
    more: dict[str, object] | None = None
    score: Score | None = None
    seconds: Callable[[int, int], float] = lambda arm, index: 0.1
    error: str | None = None


class Scorer(Player):
    """A player whose trials have scores, durations and costs."""

    scene: Scene

    def witness(self, fact: Fact) -> None:
        """Records a fact; a trial that ended with what the scene says of it."""
        if isinstance(fact, Finished):
            score = () if self.scene.score is None else self.scene.score(fact.arm, fact.index)
            took = round(1e6 * self.scene.seconds(fact.arm, fact.index))
            error = self.scene.error if fact.cause is not None and self.scene.error else fact.error
            fact = replace(fact, score=score, duration_us=took, usage=Usage(10, 2, None, 1, 0), error=error)
        super().witness(fact)


def right(arm: int, index: int) -> bool:
    """Every trial succeeds."""
    return True


def paired(design: Design, rates: tuple[int, ...], **more: object) -> Scene:
    """Arms on the same inputs: arm a fails one input of `rates[a]`, or none with 0."""
    return Scene(design, lambda arm, index: not rates[arm] or (index + arm) % rates[arm] > 0, len(rates),
                 {"layout": Layout.COMPARE, **more})  # fmt: skip


def scored(design: Design, means: tuple[int, ...], decider: DecidedBy, **facts: object) -> Scene:
    """Arms with these mean scores, which go up and down by two."""
    return Scene(design, right, len(means), {"layout": Layout.BLOCKS, "decider": decider, "facts": {**SCALE, **facts}},
                 lambda arm, index: (means[arm] + (index * 7 + arm) % 5 - 2,))  # fmt: skip


def blocks(answers: Callable[[int], tuple[int, ...]], arms: int = 1, epsilon: float = 0.3, **more: object) -> Scene:
    """Laws that are asked in blocks of four answers; the first two are plain."""
    facts = {"epsilon": str(epsilon), "blocks": more}
    return Scene(BLOCKED, lambda arm, index: answers(index)[0] == answers(index)[-2:][0], arms,
                 {"layout": Layout.BLOCKS, "decider": DecidedBy.E_VALUES, "facts": facts},
                 lambda arm, index: answers(index + arm))  # fmt: skip


SCENES: dict[str, Scene] = {
    "one-supported": Scene(CALIBRATED, lambda arm, index: index % 9 != 4),
    "one-refuted": Scene(CALIBRATED, lambda arm, index: index % 3 == 0),
    "one-at-the-cap": Scene(replace(CALIBRATED, max_trials=12), lambda arm, index: index % 4 != 1),
    "futile": Scene(replace(CALIBRATED, futility=0.3), lambda arm, index: index % 4 != 1),
    "fixed": Scene(FIXED, lambda arm, index: index != 2),
    "spoilt": Scene(FIXED, lambda arm, index: Cause.NETWORK if index in (2, 3, 7) else index % 2 == 0),
    "spoilt-counted": Scene(FIXED, lambda arm, index: Cause.NETWORK if index in (2, 3) else True, 1, {"errors": Errors.COUNT}),
    "given-up": Scene(FIXED, lambda arm, index: Cause.NETWORK, 1, {"max_errors": 4}, error="connection refused"),
    "fatal": Scene(FIXED, lambda arm, index: Cause.AUTH, error="no key for this server"),
    "over-budget": Scene(CALIBRATED, right, 1, {"budget": Budget(tokens=60)}),
    "arms": Scene(CALIBRATED, lambda arm, index: index % (2, 5, 9)[arm] > 0, 3),
    "family": Scene(CALIBRATED, lambda arm, index: index % (2, 5, 9)[arm] > 0, 3, {"facts": {"family": "all"}}),
    "family-of-false": Scene(CALIBRATED, lambda arm, index: index % (2, 5, 9)[arm] > 0, 3, {"facts": {"family": "fdr"}}),
    "guarded": Scene(CALIBRATED, right, 1, {"facts": {"harmless": "0.5"}}, lambda arm, index: (index % 4 == 1,)),
    "slow": Scene(replace(FIXED, max_trials=20), right, 1, {"facts": {"timeout": "10.0"}},
                  seconds=lambda arm, index: 9.9 - index % 3),
    "prior-excluded": Scene(replace(FIXED, max_trials=40, prior=Prior(40, 2)), lambda arm, index: index % 3 == 0),
    "prior-fits": Scene(replace(FIXED, max_trials=40, prior=Prior(4, 2)), lambda arm, index: index % 3 > 0),
    "drifting": Scene(replace(FIXED, max_trials=60), lambda arm, index: index < 30),
    "all-failed": Scene(replace(BLOCKED, max_trials=12), lambda arm, index: False, 1, {"oracle": "tests: test_add.py"}),
    "one-arm-failed": Scene(replace(BLOCKED, max_trials=12), lambda arm, index: arm == 1, 2, {"oracle": "tests: test_add.py"}),
    "pairs": paired(DUEL, (0, 3)),
    "pairs-alike": paired(DUEL, (4, 4)),
    "pairs-equivalent": paired(replace(DUEL, margin=0.3), (0, 0)),
    "pairs-margin-open": paired(replace(DUEL, margin=0.2, max_trials=24), (6, 0)),
    "pairs-three": paired(DUEL, (0, 3, 2)),
    "pairs-three-margin": paired(replace(DUEL, margin=0.25), (0, 9, 2)),
    "pairs-four-alike": paired(replace(DUEL, max_trials=15), (5, 0, 0, 5)),
    "top-two": paired(DUEL, (3, 0, 2), facts={"allocation": TOP_TWO}),
    "not-worse": paired(replace(DUEL, margin=0.3), (0, 9), facts={"claim": NOT_WORSE}),
    "worse": paired(replace(DUEL, margin=0.1), (0, 2), facts={"claim": NOT_WORSE}),
    "itself": paired(replace(DUEL, max_trials=6), (3, 3), facts={"claim": AGAINST_ITSELF, "repeats": 4}),
    "score-above": scored(PAIRED, (16,), DecidedBy.SCORES),
    "score-below": scored(PAIRED, (4,), DecidedBy.SCORES),
    "score-near": scored(replace(PAIRED, max_trials=20), (10,), DecidedBy.SCORES),
    "score-fixed": scored(replace(FIXED, max_trials=12), (12,), DecidedBy.SCORES),
    "scores": scored(PAIRED, (16, 6), DecidedBy.SCORE_PAIRS),
    "scores-alike": scored(replace(PAIRED, margin=0.3), (10, 10), DecidedBy.SCORE_PAIRS),
    "scores-three": scored(replace(PAIRED, margin=0.3), (16, 5, 6), DecidedBy.SCORE_PAIRS),
    "scores-not-worse": scored(replace(PAIRED, margin=0.25), (10, 10), DecidedBy.SCORE_PAIRS, claim=NOT_WORSE),
    "scores-worse": scored(replace(PAIRED, margin=0.1), (15, 6), DecidedBy.SCORE_PAIRS, claim=NOT_WORSE),
    "blocks-hold": blocks(lambda index: (1, 1, 1, 1)),
    "blocks-violated": blocks(lambda index: (1, 1, 2, 2)),
    "blocks-mixed": blocks(lambda index: (1, 1 + index % 3 // 2, 1 + index % 4 // 3, 1), 3),
    "blocks-missing": blocks(lambda index: (1, 1, 0, 0 if index % 2 else 1), 2, single=[0]),
    "blocks-measured": blocks(lambda index: (1, 1, 2 + index % 5, 3 + index % 4), 1, 0.4, measure=True),
    "blocks-effects": blocks(lambda index: (1, 1, 2, 2), 2, effects=[1], single=[0, 1]),
    "traces": blocks(lambda index: (index % 3,), 2, 0.2, rates=[0, 1]),
    "changes": Scene(BLOCKED, lambda arm, index: (index + arm) % (2, 3, 7, 3)[arm] > 0, 4,
                     {"layout": Layout.BLOCKS, "decider": DecidedBy.CHANGES, "facts": {"control": "all"}}),
    "bisected": Scene(replace(BLOCKED, max_trials=300), lambda arm, index: index % (10 if arm < 3 else 2) > 0, 6,
                      {"layout": Layout.BLOCKS, "decider": DecidedBy.BISECT, "facts": {"rates": ["0.9", "0.5"]}}),
    "bisected-of-many": Scene(replace(BLOCKED, max_trials=300), lambda arm, index: index % (10 if arm < 7 else 2) > 0, 12,
                              {"layout": Layout.BLOCKS, "decider": DecidedBy.BISECT, "facts": {"rates": ["0.9", "0.5"]}}),
    "bisected-by-its-ends": Scene(replace(BLOCKED, max_trials=400), lambda arm, index: arm < 2 or index % 5 == 0, 5,
                                  {"layout": Layout.BLOCKS, "decider": DecidedBy.BISECT, "facts": {"rates": None}}),
    "bisected-at-the-cap": Scene(replace(BLOCKED, max_trials=9), lambda arm, index: index % 2 > 0, 5,
                                 {"layout": Layout.BLOCKS, "decider": DecidedBy.BISECT, "facts": {"rates": ["0.9", "0.8"]}}),
}  # fmt: skip


def told(scene: Scene, concurrency: int) -> dict[str, object]:
    """What a run did and said."""
    player = Scorer(scene.answer, Run(concurrency), Random(3))
    player.scene = scene
    player.begin(plan(scene.design, scene.arms, **(scene.more or {})))
    run = player.run
    facts = [entry.fact for entry in player.entries]
    standing = getattr(run.decider, "standing", None)
    return {
        "launched": " ".join(f"{arm}:{index}" for arm, index in player.started),
        "in flight": player.most_in_flight,
        "said": [
            f"{type(fact).__name__} {fact.to_data()}" for fact in facts if type(fact).__name__ in ("Warned", "Stopped")
        ],
        "decided": None if run.decided is None else run.decided.to_data(),
        "standing": standing() if standing is not None else None,
    }


@pytest.mark.parametrize("name", SCENES)
def test_what_is_decided_stays(name: str) -> None:
    """With one trial at a time, and with several in flight that end in another order."""
    runs = {f"{concurrency} at a time": told(SCENES[name], concurrency) for concurrency in (1, 3, 20)}
    file, now = DECISIONS / f"{name}.json", json.dumps(runs, indent=1, default=str) + "\n"
    if WRITE:
        file.write_text(now, encoding="utf-8")
    assert now.splitlines() == file.read_text(encoding="utf-8").splitlines()
