"""Arms whose trials carry a score: laws of reasoning (blocks of four answers) and laws of objects (one verdict each).

A block's score is (a1, a2, b1, b2), equal where the answers are; e-values decide, and may be looked at after every block.
A law of an object has one trial; its score is one code of CODES.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgents.domain.fact import Decided, Verdict
from kgents.stats import Design
from kgents.stats.evalues import Betting, MeanInterval, OddOneOut, average, drop, e_bh, excess

CODES = ("refuted", "not_refuted", "vacuous", "undefined", "no_identity", "error")


@dataclass(slots=True)
class _Arm:
    level: float
    launched: int = 0
    blocks: int = 0
    agreeing: int = 0
    verdict: str | None = None
    betting: Betting = field(default_factory=Betting)
    odd: OddOneOut = field(default_factory=OddOneOut)
    excess: MeanInterval = field(init=False)
    drop: MeanInterval = field(init=False)
    totals: list[float] = field(default_factory=lambda: [0.0, 0.0])
    scores: list[tuple[int, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.excess = MeanInterval(-0.5, 1.0, self.level)
        self.drop = MeanInterval(-1.0, 1.0, self.level)

    @property
    def e_value(self) -> float:
        return average((self.betting.log, self.odd.log))


class Blocks:
    """Every arm is a transformation; it runs until it is violated, holds within epsilon, or its cap is reached."""

    def __init__(self, design: Design, arms: int, epsilon: float) -> None:
        self._alpha = 1 - design.confidence
        self._cap = design.max_trials or 200
        self._epsilon = epsilon
        self._arms = [_Arm(design.confidence) for _ in range(arms)]
        self._turn = 0

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The next open arm in turn; one block at a time is never needless."""
        for step in range(len(self._arms)):
            number = (self._turn + step) % len(self._arms)
            arm = self._arms[number]
            if arm.verdict is None and pending[number] < 1:
                return number, arm.launched
        return None

    def launch(self, arm: int, index: int) -> None:
        """Block `index` of `arm` was launched."""
        self._arms[arm].launched = max(self._arms[arm].launched, index + 1)
        self._turn = (arm + 1) % len(self._arms)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Takes a block; one without four answers does not count."""
        state = self._arms[arm]
        if len(score) != 4 or state.verdict is not None:
            return
        state.blocks += 1
        state.agreeing += success is True
        state.scores.append(score)
        values = excess(score), drop(score)
        state.betting.see(values[0])
        state.odd.see(score)
        state.excess.see(values[0])
        state.drop.see(values[1])
        state.totals = [total + value for total, value in zip(state.totals, values, strict=True)]
        self._judge(state)

    def _judge(self, arm: _Arm) -> None:
        violated = arm.e_value >= len(self._arms) / self._alpha
        close = max(arm.excess.high, arm.drop.high) <= self._epsilon
        if violated:
            arm.verdict = "violated"
        elif close:
            arm.verdict = "holds"
        elif arm.blocks >= self._cap:
            arm.verdict = "undecided"

    def forgive(self) -> None:
        """Nothing to do: spoilt blocks are replaced by later ones."""

    def decision(self) -> Decided | None:
        """Refuted if a law is violated, supported if all hold within epsilon."""
        if any(arm.verdict is None for arm in self._arms):
            return None
        rejected = e_bh([arm.e_value for arm in self._arms], self._alpha)
        words = [_word(arm, out, self._epsilon) for arm, out in zip(self._arms, rejected, strict=True)]
        verdict = Verdict.INCONCLUSIVE if "undecided" in words else Verdict.SUPPORTED
        verdict = Verdict.REFUTED if {"violated", "measurable"} & set(words) else verdict
        laws = [_law(arm, word) for arm, word in zip(self._arms, words, strict=True)]
        counts = tuple((arm.blocks, arm.agreeing) for arm in self._arms)
        tally = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
        arms = [[word, f"e-value {law['e_value']}"] for word, law in zip(words, laws, strict=True)]
        return Decided(
            verdict, "e-values", counts, {"arms": arms, "laws": laws, "sentence": f"{verdict.value}: {tally}"}
        )

    def exhausted(self) -> bool:
        """Spoilt blocks are replaced until the run gives up by its own count of errors."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        return tuple((arm.launched, arm.verdict, tuple(arm.scores)) for arm in self._arms), self._turn


def _word(arm: _Arm, rejected: bool, epsilon: float) -> str:
    close = max(arm.excess.high, arm.drop.high) <= epsilon
    if rejected:
        return "measurable" if close else "violated"
    return "holds" if close else "undecided"


def _law(arm: _Arm, word: str) -> dict[str, Any]:
    """What the record keeps of an arm; numbers as strings."""
    blocks = max(1, arm.blocks)
    return {
        "verdict": word,
        "blocks": arm.blocks,
        "e_value": f"{arm.e_value:.6g}",
        "excess_disagreement": [
            f"{number:.6g}" for number in (arm.totals[0] / blocks, arm.excess.low, arm.excess.high)
        ],
        "agreement_drop": [f"{number:.6g}" for number in (arm.totals[1] / blocks, arm.drop.low, arm.drop.high)],
    }


class Verdicts:
    """Every arm is a law of an object with one trial; its score is the index of its verdict in CODES."""

    def __init__(self, arms: int) -> None:
        self._scores: list[int | None] = [None] * arms
        self._launched = [0] * arms

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The first law that was not examined."""
        for number, score in enumerate(self._scores):
            if score is None and pending[number] == 0:
                return number, self._launched[number]
        return None

    def launch(self, arm: int, index: int) -> None:
        """The examination of a law began."""
        self._launched[arm] = max(self._launched[arm], index + 1)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Takes the verdict on a law."""
        if score:
            self._scores[arm] = score[0]

    def forgive(self) -> None:
        """Nothing to do."""

    def decision(self) -> Decided | None:
        """Refuted if any law is, inconclusive if none could be examined."""
        codes = [CODES[score] for score in self._scores if score is not None]
        if len(codes) < len(self._scores):
            return None
        verdict = Verdict.SUPPORTED if "not_refuted" in codes else Verdict.INCONCLUSIVE
        verdict = Verdict.REFUTED if "refuted" in codes else verdict
        counts = tuple((1, int(code == "not_refuted")) for code in codes)
        tally = ", ".join(f"{codes.count(code)} {code.replace('_', ' ')}" for code in dict.fromkeys(codes))
        words = {Verdict.SUPPORTED: "no law was refuted", Verdict.INCONCLUSIVE: "no law could be examined"}
        sentence = f"{words.get(verdict, 'refuted')}: {tally}"
        return Decided(
            verdict, "examined", counts, {"arms": [[code, "examined"] for code in codes], "sentence": sentence}
        )

    def exhausted(self) -> bool:
        """An examination that our side spoilt is repeated until the run gives up."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        return tuple(self._scores), tuple(self._launched)
