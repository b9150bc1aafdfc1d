"""Laws of objects and recorded traces: every arm has one trial, whose score is the code of its verdict."""

from collections.abc import Hashable, Sequence

from kgents.domain.fact import Decided, Verdict

CODES = ("refuted", "not_refuted", "vacuous", "undefined", "no_identity", "error")


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
