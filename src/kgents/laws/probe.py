"""`CategoricalProbeRunner`: identity, associativity and coherence of a model's reasoning.

Identity: a transformed problem has the plain problem's distribution of answers. Associativity: it does not matter where
the call boundaries are, ⟦s1 s2⟧;⟦s3⟧ against ⟦s1⟧;⟦s2 s3⟧; fewer than three steps are NOT APPLICABLE, never padded.
Coherence: what the steps of one answer state can be true together.
Rule: the blocks of one law share no answer; transformations that face the same problem in the same round share its two
plain answers. The calls of a block are made in an order drawn from its seed.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kgents.domain.outcome import Fault, Usage
from kgents.domain.ports import Harness, HarnessError, Limits, Reply
from kgents.domain.seeds import derive
from kgents.engine.blocks import Blocks
from kgents.errors import UsageError
from kgents.laws.answers import Answer, check_kind, extract
from kgents.laws.clients import FATAL, client_of
from kgents.laws.coherence import CODE_OF, TraceFinding, examined
from kgents.laws.problems import Problem, applicable, drawn, laws_of, layout_of, problems_for, problems_of
from kgents.laws.reasoned import Reasoned, law_of
from kgents.laws.transformations import TRANSFORMATIONS, Transformation, options_of, transform
from kgents.stats import Design, Prior, Rule

Ask = Callable[[str, int], Awaitable[str] | str]
ROLES = ("plain", "plain", "transformed", "transformed")
SHOW_WORK = "\nShow your work, one step a line."
_MOST_SPOILT = 5  # blocks in a row that the client spoils before a law is given up
_KEPT = 256  # plain answers that later laws of the round may still ask for


@dataclass(frozen=True, slots=True)
class Block:
    """Four answers (a1, a2, b1, b2) to one problem, and what was consumed for those that were not shared."""

    problem: str
    answers: tuple[Answer, ...]
    texts: tuple[str, ...]
    usage: Usage = Usage()

    @property
    def score(self) -> tuple[int, ...]:
        """Classes of answers, equal for equal answers of any block; "no answer" is a class of its own, 0."""
        return tuple(answer.digest for answer in self.answers)

    @property
    def failures(self) -> tuple[int, int]:
        """How many plain and transformed answers could not be extracted."""
        missing = [answer.key is None for answer in self.answers]
        return sum(missing[:2]), sum(missing[2:])


@dataclass(frozen=True, slots=True)
class Traced:
    """One answer with its work, and whether the work contradicts itself."""

    text: str
    finding: TraceFinding
    usage: Usage


@dataclass(slots=True)
class _Bill:
    """The calls that one block made itself."""

    usage: Usage = field(default_factory=Usage)


@dataclass(slots=True)
class _Came:
    """What came of the blocks of one law.

    missing  plain and transformed answers that could not be extracted
    errors   what the client said where it spoilt a block
    spoilt   how many blocks it has spoilt in a row
    """

    missing: tuple[int, int] = (0, 0)
    errors: list[str] = field(default_factory=list)
    spoilt: int = 0

    def spoil(self, error: HarnessError) -> bool:
        """Takes a block without answers; whether the law is to be given up."""
        self.errors.append(error.message)
        self.spoilt += 1
        return self.spoilt >= _MOST_SPOILT

    def take(self, block: Block | Traced) -> None:
        """Takes a block with its answers."""
        self.spoilt = 0
        if isinstance(block, Block):
            self.missing = self.missing[0] + block.failures[0], self.missing[1] + block.failures[1]


def _judged(block: Block | Traced) -> tuple[bool | None, tuple[int, ...]]:
    """(whether the first plain answer and the first transformed one agree, the score) of a block for its law."""
    if isinstance(block, Traced):
        return None, (CODE_OF[block.finding.verdict],)
    return block.answers[0].key == block.answers[2].key, block.score


class CategoricalProbeRunner:
    """Asks a model for blocks. `test` runs laws to their verdicts; `identity`, `associativity` and `coherence` give one block.

    model   a function of a prompt, or of a prompt and a seed; an object with `generate` (a Harness, for one); a client
            like `openai.OpenAI()` or `anthropic.Anthropic()`. All of them async or not
    answer  the kind of answer that is compared: number, choice, yesno, expression, text, json:PATH, regex:PATTERN
    name    the model that a client of an API is to ask
    retries how often a question is asked again after an error of the client; `pause` seconds before the first, doubled
    """

    def __init__(
        self,
        model: Harness | Ask | Callable[[str], Awaitable[str] | str] | Any,
        answer: str = "number",
        limits: Limits = Limits(),
        *,
        name: str | None = None,
        retries: int = 2,
        pause: float = 1.0,
    ) -> None:
        check_kind(answer)
        self._client = client_of(model, name)
        self._retries, self._pause = retries, pause
        self._answer = answer
        self._limits = limits
        self._shared: OrderedDict[tuple[str, int], asyncio.Task[Reply]] = OrderedDict()

    async def identity(self, problem: Problem, transformation: Transformation, seed: int) -> Block:
        """A block for the law that the transformation changes nothing. Raises HarnessError."""
        changed = transform(transformation, problem.text)
        bill = _Bill()
        return await self._block(
            problem,
            lambda s: self._plain(problem.text, s, bill),
            lambda s: self._ask(changed, s, bill),
            seed,
            bill,
            changed,
        )

    async def associativity(self, problem: Problem, seed: int) -> Block:
        """A block for the law that call boundaries change nothing. UsageError where there are fewer than three steps."""
        if not applicable(problem):
            raise UsageError("associativity is not applicable: a problem needs at least three steps", 'give "steps"')
        first, *middle, last = problem.steps
        early, late = [[first, *middle], [last]], [[first], [*middle, last]]
        bill = _Bill()
        return await self._block(
            problem,
            lambda s: self._chain(problem, early, s, bill),
            lambda s: self._chain(problem, late, s, bill),
            seed,
            bill,
        )

    async def coherence(self, problem: Problem, seed: int) -> Traced:
        """One answer with its work, examined. Raises HarnessError."""
        bill = _Bill()
        text = await self._ask(problem.text + SHOW_WORK, derive(seed, "trace"), bill)
        finding = await asyncio.to_thread(examined, text)
        return Traced(text, finding, bill.usage)

    async def test(
        self,
        problems: str | Problem | Sequence[str | Problem],
        laws: str | Sequence[str] = ("label", "lines", "please"),
        *,
        epsilon: float = 0.1,
        confidence: float = 0.95,
        max_blocks: int = 200,
        seed: int = 0,
    ) -> Reasoned:
        """Runs laws to their verdicts.

        problems  one problem, or several
        laws      `identity` (the default transformations), `associativity`, `coherence`, or names and tiers of
                  transformations; a list, or one text with commas

        A law is VIOLATED once its e-value reaches (number of laws) / (1 − confidence). A block that the client spoilt is
        replaced and counted (`errors`); a law with many of them in a row is given up as undecided. UsageError where a law
        does not apply.
        """
        asked, laws = problems_of(problems), laws_of(laws)
        self._shared.clear()
        design = Design(Rule.FIXED, None, confidence, max_blocks, Prior(), 0.0)
        layout: Any = layout_of(laws, asked)
        decider = Blocks(design, len(laws), epsilon, **layout)
        came = [_Came() for _ in laws]
        cores, usage = await self._run(decider, laws, asked, came, seed)
        decision = decider.decision()
        assert decision is not None
        laws_decided = [
            law_of(law, decided, each.missing, each.errors)
            for law, decided, each in zip(laws, decision.detail["laws"], came, strict=True)
        ]
        return Reasoned(tuple(laws_decided), usage, tuple(cores))

    async def _run(
        self, decider: Blocks, laws: Sequence[str], problems: Sequence[Problem], came: Sequence[_Came], seed: int
    ) -> tuple[list[TraceFinding], Usage]:
        """Blocks until the decider wants no more: (traces that contradict themselves, all that was consumed)."""
        able = {law: problems_for(law, problems) for law in laws}
        cores: list[TraceFinding] = []
        usage = Usage()
        while (slot := decider.propose([0] * len(laws))) is not None:
            arm, index = slot
            decider.launch(arm, index)
            trial_seed = derive(seed, index)
            try:
                block = await self._asked(laws[arm], drawn(able[laws[arm]], trial_seed), trial_seed)
            except HarnessError as wrong:
                usage += wrong.usage
                if came[arm].spoil(wrong):
                    decider.give_up(arm)
                continue
            usage += block.usage
            came[arm].take(block)
            if isinstance(block, Traced) and block.finding.core:
                cores.append(block.finding)
            decider.consume(arm, index, *_judged(block))
        return cores, usage

    async def _asked(self, law: str, problem: Problem, seed: int) -> Block | Traced:
        return await (self.coherence(problem, seed) if law == "coherence" else self.block(law, problem, seed))

    async def block(self, law: str, problem: Problem, seed: int) -> Block:
        """A block for a law by name: a transformation, or associativity."""
        if law == "associativity":
            return await self.associativity(problem, seed)
        return await self.identity(problem, TRANSFORMATIONS[law], seed)

    async def _plain(self, prompt: str, seed: int, bill: _Bill) -> str:
        """A plain answer: asked once for all laws of a round; whoever asks first pays."""
        key = (prompt, seed)
        task = self._shared.get(key)
        mine = task is None or task.cancelled()
        if task is None or task.cancelled():
            task = self._shared[key] = asyncio.ensure_future(self._reply(prompt, seed))
            while len(self._shared) > _KEPT and next(iter(self._shared.values())).done():
                self._shared.popitem(last=False)
        try:
            reply = await asyncio.shield(task)
        except HarnessError as wrong:
            self._shared.pop(key, None)
            if mine:
                bill.usage += wrong.usage
            raise
        if mine:
            bill.usage += reply.usage
        return reply.text

    async def _ask(self, prompt: str, seed: int, bill: _Bill) -> str:
        try:
            reply = await self._reply(prompt, seed)
        except HarnessError as wrong:
            bill.usage += wrong.usage
            raise
        bill.usage += reply.usage
        return reply.text

    async def _reply(self, prompt: str, seed: int) -> Reply:
        """A reply; a client that fails is asked again. Raises HarnessError with what all attempts consumed."""
        spent = Usage()
        for attempt in range(self._retries + 1):
            try:
                reply = await self._client(prompt, seed, self._limits)
                return replace(reply, usage=spent + reply.usage)
            except HarnessError as wrong:
                spent += wrong.usage
                if attempt == self._retries or wrong.cause in FATAL or wrong.cause.fault is not Fault.WORLD:
                    raise HarnessError(wrong.cause, wrong.message, spent, wrong.output) from wrong
                await asyncio.sleep(self._pause * 2**attempt)
        raise AssertionError

    async def _chain(self, problem: Problem, calls: Sequence[Sequence[str]], seed: int, bill: _Bill) -> str:
        """The last text of a chain of calls; what is passed on is what was visible."""
        answer = ""
        for number, steps in enumerate(calls):
            parts = [problem.text, answer, *steps]
            answer = await self._ask("\n".join(part for part in parts if part), derive(seed, "call", number), bill)
        return answer

    async def _block(
        self,
        problem: Problem,
        plain: Callable[[int], Awaitable[str]],
        changed: Callable[[int], Awaitable[str]],
        seed: int,
        bill: _Bill,
        changed_text: str | None = None,
    ) -> Block:
        order = sorted(range(4), key=lambda role: derive(seed, "order", role))
        texts = [""] * 4
        try:
            for role in order:
                side = plain if ROLES[role] == "plain" else changed
                texts[role] = await side(derive(seed, "answer", role))
        except HarnessError as wrong:
            raise HarnessError(wrong.cause, wrong.message, bill.usage, wrong.output) from wrong
        asked = {"plain": problem.text, "transformed": changed_text or problem.text}
        answers = tuple(self._extract(text, asked[role]) for text, role in zip(texts, ROLES, strict=True))
        return Block(problem.text, answers, tuple(texts), bill.usage)

    def _extract(self, text: str, asked: str) -> Answer:
        extracted = extract(text, self._answer)
        return extracted.under(options_of(asked)) if self._answer == "choice" else extracted
