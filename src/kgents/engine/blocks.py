"""Laws of reasoning: every arm is a law whose trials carry a score, and e-values decide after each of them.

A block's score is (a1, a2, b1, b2): two plain and two transformed answers, equal where the answers are, NOTHING where
there was none. An arm of rates (coherence) has scores of one code, see `verdicts.CODES`.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kgents.domain.decision_detail import BlockFigures, LawDecided
from kgents.domain.fact import Decided, Verdict
from kgents.engine.verdicts import CODES
from kgents.stats import Design
from kgents.stats.evalues import Betting, KSample, MeanInterval, OddOneOut, RateAbove, average, drop, e_bh, excess

NOTHING = 0  # the class of answers that could not be extracted
DEFAULT_CAP = 200
BROKEN = {"violated", "measurable"}


@dataclass(frozen=True, slots=True)
class Bar:
    """What an arm is measured against.

    evidence  the e-value from which it is violated: (number of arms) / α
    level     of the confidence sequences
    epsilon   effects below it do not matter
    cap       blocks, at most
    measure   whether an arm that is violated goes on until its effect is known to be above or below epsilon
    """

    evidence: float
    level: float
    epsilon: float
    cap: int
    measure: bool = False


class _Arm(Protocol):
    launched: int
    verdict: str | None
    scores: list[tuple[int, ...]]

    @property
    def e_value(self) -> float: ...

    @property
    def count(self) -> tuple[int, int]: ...

    def consume(self, success: bool | None, score: tuple[int, ...]) -> None: ...

    def word(self, rejected: bool) -> str: ...

    def detail(self) -> BlockFigures: ...


@dataclass(slots=True)
class _Blocks:
    """Blocks of four answers."""

    bar: Bar
    single: bool
    launched: int = 0
    agreeing: int = 0
    verdict: str | None = None
    betting: Betting = field(default_factory=Betting)
    odd: OddOneOut = field(default_factory=OddOneOut)
    pairs: KSample = field(default_factory=KSample)
    missing: Betting = field(default_factory=Betting)
    missing_odd: OddOneOut = field(default_factory=OddOneOut)
    missing_pairs: KSample = field(default_factory=KSample)
    excess: MeanInterval = field(init=False)
    drop: MeanInterval = field(init=False)
    totals: list[float] = field(default_factory=lambda: [0.0] * 4)
    scores: list[tuple[int, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.excess = MeanInterval(-0.5, 1.0, self.bar.level)
        self.drop = MeanInterval(-1.0, 1.0, self.bar.level)

    @property
    def e_value(self) -> float:
        return self._average(self.betting, self.odd, self.pairs)

    def _average(self, betting: Betting, odd: OddOneOut, pairs: KSample) -> float:
        logs = [betting.log, odd.log]
        return average([*logs, pairs.log] if self.single else logs)

    @property
    def count(self) -> tuple[int, int]:
        return len(self.scores), self.agreeing

    def consume(self, success: bool | None, score: tuple[int, ...]) -> None:
        if len(score) != 4 or self.verdict is not None:
            return
        self.agreeing += success is True
        self.scores.append(score)
        values = excess(score), drop(score)
        self.betting.see(values[0])
        self.odd.see(score)
        self.excess.see(values[0])
        self.drop.see(values[1])
        absent = tuple(int(answer == NOTHING) for answer in score)
        for side in (0, 1) if self.single else ():
            self.pairs.see(score[side], score[side + 2])
            self.missing_pairs.see(absent[side], absent[side + 2])
        self.missing.see(excess(absent))
        self.missing_odd.see(absent)
        agreements = float(score[0] == score[1]), float(score[2] == score[3])
        self.totals = [total + value for total, value in zip(self.totals, (*values, *agreements), strict=True)]
        self._judge()

    def _judge(self) -> None:
        beyond = max(self.excess.low, self.drop.low) > self.bar.epsilon
        violated = self.e_value >= self.bar.evidence
        if violated and (not self.bar.measure or beyond or self._close()):
            self.verdict = "violated"
        elif self._close() and not violated:
            self.verdict = "holds"
        elif len(self.scores) >= self.bar.cap:
            self.verdict = "undecided"

    def _close(self) -> bool:
        return max(self.excess.high, self.drop.high) <= self.bar.epsilon

    def word(self, rejected: bool) -> str:
        if rejected:
            return "measurable" if self._close() else "violated"
        return "holds" if self._close() else "undecided"

    def detail(self) -> BlockFigures:
        blocks = max(1, len(self.scores))
        means = [total / blocks for total in self.totals]
        missing = self._average(self.missing, self.missing_odd, self.missing_pairs)
        return {
            "blocks": len(self.scores),
            "excess_disagreement": _texts(means[0], self.excess.low, self.excess.high),
            "agreement_drop": _texts(means[1], self.drop.low, self.drop.high),
            "self_agreement": _texts(means[2], means[3]),
            "extraction": {"e_value": f"{missing:.6g}", "differs": missing >= self.bar.evidence},
        }


@dataclass(slots=True)
class _Rate:
    """Traces: coherent, incoherent, or with nothing to check."""

    bar: Bar
    launched: int = 0
    checked: int = 0
    incoherent: int = 0
    verdict: str | None = None
    above: RateAbove = field(init=False)
    interval: MeanInterval = field(init=False)
    scores: list[tuple[int, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.above = RateAbove(self.bar.epsilon)
        self.interval = MeanInterval(0.0, 1.0, self.bar.level)

    @property
    def e_value(self) -> float:
        return average([self.above.log])

    @property
    def count(self) -> tuple[int, int]:
        return self.checked, self.checked - self.incoherent

    def consume(self, success: bool | None, score: tuple[int, ...]) -> None:
        if len(score) != 1 or self.verdict is not None:
            return
        self.scores.append(score)
        if CODES[score[0]] in ("refuted", "not_refuted"):
            event = CODES[score[0]] == "refuted"
            self.checked += 1
            self.incoherent += event
            self.above.see(event)
            self.interval.see(float(event))
        if self.e_value >= self.bar.evidence:
            self.verdict = "violated"
        elif self.interval.high <= self.bar.epsilon:
            self.verdict = "holds"
        elif len(self.scores) >= self.bar.cap:
            self.verdict = "undecided"

    def word(self, rejected: bool) -> str:
        if rejected:
            return "violated"
        return "holds" if self.interval.high <= self.bar.epsilon else "undecided"

    def detail(self) -> BlockFigures:
        rate = self.incoherent / max(1, self.checked)
        return {
            "blocks": len(self.scores),
            "incoherence_rate": _texts(rate, self.interval.low, self.interval.high),
            "coverage": {"checked": self.checked, "unchecked": len(self.scores) - self.checked},
        }


class Blocks:
    """Every arm is a law; it runs until it is violated, holds within epsilon, or its cap is reached.

    single  arms that face one problem only, so that its pairs of answers are evidence of their own
    rates   arms of coherence
    effects arms that are no laws: what they do is measured, and refutes nothing
    """

    def __init__(
        self,
        design: Design,
        arms: int,
        epsilon: float,
        *,
        single: Collection[int] = (),
        rates: Collection[int] = (),
        effects: Collection[int] = (),
        measure: bool = False,
    ) -> None:
        self._alpha = 1 - design.confidence
        cap = design.max_trials or DEFAULT_CAP
        bar = Bar(arms / self._alpha, design.confidence, epsilon, cap, measure)
        self._arms: list[_Arm] = [_Rate(bar) if n in rates else _Blocks(bar, n in single) for n in range(arms)]
        self._effects = frozenset(effects)
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
        """Takes a block; one without its score (the world spoilt it) does not count."""
        self._arms[arm].consume(success, score)

    def give_up(self, arm: int) -> None:
        """Leaves an arm undecided that cannot be asked any further."""
        if self._arms[arm].verdict is None:
            self._arms[arm].verdict = "undecided"

    def forgive(self) -> None:
        """Nothing to do: spoilt blocks are replaced by later ones."""

    def decision(self) -> Decided | None:
        """Refuted if a law is violated, supported if all hold within epsilon; effects decide nothing."""
        if any(arm.verdict is None for arm in self._arms):
            return None
        rejected = e_bh([arm.e_value for arm in self._arms], self._alpha)
        words = [arm.word(out) for arm, out in zip(self._arms, rejected, strict=True)]
        verdict = _verdict([word for number, word in enumerate(words) if number not in self._effects])
        for number in self._effects & {n for n, word in enumerate(words) if word in BROKEN}:
            words[number] = "effect"
        values = [f"{arm.e_value:.6g}" for arm in self._arms]
        laws: list[LawDecided] = [
            {"verdict": word, "e_value": value, **arm.detail()}
            for arm, word, value in zip(self._arms, words, values, strict=True)
        ]
        tally = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
        arms = [[word, f"e-value {value}"] for word, value in zip(words, values, strict=True)]
        counts = tuple(arm.count for arm in self._arms)
        return Decided(
            verdict, "e-values", counts, {"arms": arms, "laws": laws, "sentence": f"{verdict.value}: {tally}"}
        )

    def exhausted(self) -> bool:
        """Spoilt blocks are replaced until the run gives up by its own count of errors."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        return tuple((arm.launched, arm.verdict, tuple(arm.scores)) for arm in self._arms), self._turn


def _verdict(words: Sequence[str]) -> Verdict:
    """What the words on laws come to; without a law, an estimate was all that was asked."""
    if not words:
        return Verdict.ESTIMATE
    if BROKEN & set(words):
        return Verdict.REFUTED
    return Verdict.INCONCLUSIVE if "undecided" in words else Verdict.SUPPORTED


def _texts(*numbers: float) -> list[str]:
    """Numbers as the record keeps them."""
    return [f"{number:.6g}" for number in numbers]
