"""Arms that face the same inputs, in turn: trial i of one is paired with trial i of every other, and who is beaten is out."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Generic, Protocol, TypeVar


class Opponents(Protocol):
    """Two arms; `verdict` is 'a' or 'b' where one has beaten the other, another word where they are done, None while open."""

    verdict: str | None

    def state(self) -> Hashable:
        """All that their pairs came to."""


P = TypeVar("P", bound=Opponents)


@dataclass(slots=True)
class Arm:
    """What one arm has done; `outcomes` are those that wait for an opponent's, by index: None where a trial did not count."""

    launched: int = 0
    trials: int = 0
    successes: int = 0
    out: bool = False
    outcomes: dict[int, int | None] = field(default_factory=dict)


class RoundRobin(Generic[P]):
    """Which trial comes next, and which pairs of trials there are; a subclass says what a pair means."""

    def __init__(self, names: Sequence[str], opponents: Sequence[P]) -> None:
        """`opponents`: of every two arms, in the order of `combinations`."""
        self._names = tuple(names)
        self._arms = [Arm() for _ in names]
        self._pairs = dict(zip(combinations(range(len(names)), 2), opponents, strict=True))

    def propose(self, pending: Sequence[int]) -> tuple[int, int] | None:
        """The arm that is furthest behind, unless a decision could come before its turn."""
        arms = [number for number, arm in enumerate(self._arms) if not arm.out]
        number = min(arms, key=lambda arm: self._arms[arm].launched)
        index = self._arms[number].launched
        complete = min(self._arms[arm].launched - pending[arm] for arm in arms)
        return (number, index) if index < complete + self._room(index - complete + 1) else None

    def launch(self, arm: int, index: int) -> None:
        """Trial `index` of `arm` was launched."""
        self._arms[arm].launched = max(self._arms[arm].launched, index + 1)

    def consume(self, arm: int, index: int, success: bool | None, score: tuple[int, ...]) -> None:
        """Pairs the outcome with what the other arms did on the same input."""
        state = self._arms[arm]
        state.outcomes[index] = None if success is None else self._worth(success, score)
        if success is not None:
            state.trials += 1
            state.successes += success
        for other, rival in enumerate(self._arms):
            if other != arm and index in rival.outcomes:
                self._match(min(arm, other), max(arm, other), index)
        if all(index in rival.outcomes or rival.out for rival in self._arms):
            for rival in self._arms:
                rival.outcomes.pop(index, None)

    def forgive(self) -> None:
        """Nothing to do: spoilt pairs are replaced by later ones."""

    def exhausted(self) -> bool:
        """Spoilt pairs are replaced until the run gives up by its own count of errors."""
        return False

    def state(self) -> Hashable:
        """All that was consumed."""
        arms = tuple(
            (arm.launched, arm.trials, arm.successes, arm.out, tuple(arm.outcomes.items())) for arm in self._arms
        )
        return arms, tuple(pair.state() for pair in self._pairs.values())

    @property
    def _counts(self) -> tuple[tuple[int, int], ...]:
        """(trials that count, successes) of every arm."""
        return tuple((arm.trials, arm.successes) for arm in self._arms)

    def _worth(self, success: bool, score: tuple[int, ...]) -> int:
        """What a trial that counts is worth in a pair."""
        raise NotImplementedError

    def _take(self, pair: P, first: int, second: int) -> str | None:
        """Takes what both arms came to on one input; the verdict of the pair by then."""
        raise NotImplementedError

    def _distance(self, pair: P, most: int) -> int:
        """The least number of further pairs after which anything more can be known of an open pair, or `most`."""
        raise NotImplementedError

    def _left(self) -> list[int]:
        return [number for number, arm in enumerate(self._arms) if not arm.out]

    def _open(self) -> Iterator[tuple[int, int]]:
        return (pair for pair in self._pairs if not self._arms[pair[0]].out and not self._arms[pair[1]].out)

    def _is_over(self) -> bool:
        """Whether one arm is left, or no two of those that are left go on."""
        return len(self._left()) == 1 or all(self._pairs[pair].verdict is not None for pair in self._open())

    def _room(self, most: int) -> int:
        """How many further pairs cannot be needless; more than `most` need not be told."""
        undecided = [self._pairs[pair] for pair in self._open() if self._pairs[pair].verdict is None]
        return min((self._distance(pair, most) for pair in undecided), default=0)

    def _match(self, a: int, b: int, index: int) -> None:
        pair = self._pairs[a, b]
        first, second = self._arms[a].outcomes[index], self._arms[b].outcomes[index]
        if pair.verdict is not None or first is None or second is None or self._arms[a].out or self._arms[b].out:
            return
        pair.verdict = self._take(pair, first, second)
        if pair.verdict == "a":
            self._arms[b].out = True
        elif pair.verdict == "b":
            self._arms[a].out = True

    def _status(self) -> list[str]:
        """A word for every arm: best, eliminated, equivalent or open."""
        left = self._left()
        if len(left) == 1:
            return ["best" if number == left[0] else "eliminated" for number in range(len(self._arms))]
        equal = all(self._pairs[pair].verdict == "equivalent" for pair in self._open())
        word = "equivalent" if equal else "open"
        return [word if number in left else "eliminated" for number in range(len(self._arms))]
