"""`CategoricalProbeRunner`: identity and associativity of a model's reasoning, in blocks of four answers.

Identity: a transformed problem has the plain problem's distribution of answers. Associativity: it does not matter where
the call boundaries are, ⟦s1 s2⟧;⟦s3⟧ against ⟦s1⟧;⟦s2 s3⟧; fewer than three steps are NOT APPLICABLE, never padded.
Rule: no answer is reused (no cache), and the four calls of a block are made in an order drawn from its seed.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from kgents.domain.seeds import derive
from kgents.errors import UsageError
from kgents.laws.answers import Answer, check_kind, extract
from kgents.laws.transformations import Transformation, transform

Ask = Callable[[str, int], Awaitable[str]]
ROLES = ("plain", "plain", "transformed", "transformed")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked; `steps` where the work is given as steps."""

    text: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Four answers (a1, a2, b1, b2) to one problem; the score has equal integers where answers are equal."""

    problem: str
    answers: tuple[Answer, ...]
    texts: tuple[str, ...]

    @property
    def score(self) -> tuple[int, ...]:
        """Class numbers; "no answer" is a class of its own."""
        keys: list[str | None] = []
        for answer in self.answers:
            if answer.key not in keys:
                keys.append(answer.key)
        return tuple(keys.index(answer.key) for answer in self.answers)

    @property
    def failures(self) -> tuple[int, int]:
        """How many plain and transformed answers could not be extracted."""
        missing = [answer.key is None for answer in self.answers]
        return sum(missing[:2]), sum(missing[2:])


class CategoricalProbeRunner:
    """Asks a model for blocks; `ask(prompt, seed)` is one independent draw."""

    def __init__(self, ask: Ask, answer: str = "number") -> None:
        check_kind(answer)
        self._ask = ask
        self._answer = answer

    async def identity(self, problem: Problem, transformation: Transformation, seed: int) -> Block:
        """A block for the law that the transformation changes nothing."""
        changed = transform(transformation, problem.text)
        return await self._block(
            problem.text, lambda s: self._ask(problem.text, s), lambda s: self._ask(changed, s), seed
        )

    async def associativity(self, problem: Problem, seed: int) -> Block:
        """A block for the law that call boundaries change nothing. UsageError where there are fewer than three steps."""
        if not applicable(problem):
            raise UsageError("associativity is not applicable: a problem needs at least three steps", 'give "steps"')
        first, *middle, last = problem.steps
        early = [[first, *middle], [last]]
        late = [[first], [*middle, last]]
        return await self._block(
            problem.text, lambda s: self._chain(problem, early, s), lambda s: self._chain(problem, late, s), seed
        )

    async def _chain(self, problem: Problem, calls: Sequence[Sequence[str]], seed: int) -> str:
        """The last text of a chain of calls; what is passed on is what was visible."""
        said = ""
        for number, steps in enumerate(calls):
            parts = [problem.text, said, *steps]
            said = await self._ask("\n".join(part for part in parts if part), derive(seed, "call", number))
        return said

    async def _block(
        self, problem: str, plain: Callable[[int], Awaitable[str]], changed: Callable[[int], Awaitable[str]], seed: int
    ) -> Block:
        order = sorted(range(4), key=lambda place: derive(seed, "order", place))
        texts = [""] * 4
        for place in order:
            side = plain if ROLES[place] == "plain" else changed
            texts[place] = await side(derive(seed, "answer", place))
        return Block(problem, tuple(extract(text, self._answer) for text in texts), tuple(texts))


def applicable(problem: Problem) -> bool:
    """Whether associativity can be asked of a problem."""
    return len(problem.steps) >= 3
