"""`reasoning`: an arm is a law of reasoning, a trial is a block of two plain and two transformed answers, or a trace.

Rule: problems are drawn with replacement (where the record has no `draw`, taken in turn); a block that the world spoilt says
nothing and is replaced.
"""

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Harness, HarnessError, Limits, Slot
from kgents.kinds.reasoning.options import ReasoningConfig
from kgents.kinds.traces.trial import outcome_of
from kgents.laws.probe import Block, CategoricalProbeRunner
from kgents.laws.problems import Problem, drawn, problems_for


class Reasoning:
    """Asks for one block per trial."""

    def __init__(self, config: ReasoningConfig, coder: Harness) -> None:
        self._laws = tuple(config["laws"])
        problems = [Problem(item["text"], tuple(item["steps"])) for item in config["problems"]]
        self._problems = {law: problems_for(law, problems) for law in self._laws}
        self._draw = bool(config.get("draw"))
        self._coder = coder
        self._runner = CategoricalProbeRunner(coder, config["answer"], Limits(seconds=config["timeout"]), retries=0)

    async def run_trial(self, slot: Slot) -> Outcome:
        """One block, or one trace."""
        law = self._laws[slot.arm]
        able = self._problems[law]
        problem = drawn(able, slot.seed) if self._draw else able[slot.index % len(able)]
        try:
            if law == "coherence":
                traced = await self._runner.coherence(problem, slot.seed)
                return outcome_of(traced.finding, traced.text, input=problem.text, usage=traced.usage)
            block = await self._runner.block(law, problem, slot.seed)
        except HarnessError as wrong:
            return Outcome.failed(wrong.cause, wrong.message, wrong.output, usage=wrong.usage)
        return _outcome(block, law)

    async def aclose(self) -> None:
        """Closes the model."""
        await self._coder.aclose()


def _outcome(block: Block, law: str) -> Outcome:
    keys = [answer.key for answer in block.answers]
    metadata = {
        "input": block.problem,
        "law": law,
        "answers": keys,
        "methods": [answer.method for answer in block.answers],
        "unextracted": list(block.failures),
    }
    output = "\n---\n".join(block.texts)
    if keys[0] == keys[2]:
        return Outcome.passed(output, usage=block.usage, score=block.score, metadata=metadata)
    message = f"{keys[0]} plain, {keys[2]} transformed"
    return Outcome.failed(Cause.LAW_BROKEN, message, output, usage=block.usage, score=block.score, metadata=metadata)
