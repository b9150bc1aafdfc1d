"""`reasoning`: an arm is a law of reasoning, a trial is a block of two plain and two transformed answers.

Rule: problems are taken in turn; a block that the world spoilt says nothing and is replaced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgents.domain.outcome import Cause, Outcome, Usage
from kgents.domain.ports import Harness, HarnessError, Limits, Slot, Trial
from kgents.domain.summary import Summary
from kgents.experiments.registry import Face
from kgents.laws.probe import Block, CategoricalProbeRunner, Problem
from kgents.laws.transformations import TRANSFORMATIONS


@dataclass(slots=True)
class _Bill:
    """The calls of one block, added up."""

    coder: Harness
    limits: Limits
    usage: Usage = field(default_factory=Usage)

    async def ask(self, prompt: str, seed: int) -> str:
        try:
            reply = await self.coder.generate(prompt, seed, self.limits)
        except HarnessError as wrong:
            self.usage += wrong.usage
            raise
        self.usage += reply.usage
        return reply.text


class Reasoning:
    """Asks for one block per trial."""

    def __init__(self, config: Mapping[str, Any], coder: Harness) -> None:
        self._laws = tuple(config["laws"])
        self._problems = [Problem(item["text"], tuple(item["steps"])) for item in config["problems"]]
        self._answer = config["answer"]
        self._coder = coder
        self._limits = Limits(seconds=config["timeout"])

    async def run_trial(self, slot: Slot) -> Outcome:
        """One block."""
        bill = _Bill(self._coder, self._limits)
        runner = CategoricalProbeRunner(bill.ask, self._answer)
        law = self._laws[slot.arm]
        able = [problem for problem in self._problems if law != "associativity" or len(problem.steps) >= 3]
        problem = able[slot.index % len(able)]
        try:
            if law == "associativity":
                block = await runner.associativity(problem, slot.seed)
            else:
                block = await runner.identity(problem, TRANSFORMATIONS[law], slot.seed)
        except HarnessError as wrong:
            return Outcome.failed(wrong.cause, wrong.message, wrong.output, usage=bill.usage)
        return _outcome(block, law, bill.usage)

    async def aclose(self) -> None:
        """Closes the model."""
        await self._coder.aclose()


def _outcome(block: Block, law: str, usage: Usage) -> Outcome:
    keys = [answer.key for answer in block.answers]
    metadata = {
        "input": block.problem,
        "law": law,
        "answers": keys,
        "methods": [answer.method for answer in block.answers],
        "unextracted": list(block.failures),
    }
    output = "\n---\n".join(block.texts)
    said: dict[str, Any] = {"usage": usage, "score": block.score, "metadata": metadata}
    if keys[0] == keys[2]:
        return Outcome.passed(output, **said)
    return Outcome.failed(Cause.LAW_BROKEN, f"{keys[0]} plain, {keys[2]} transformed", output, **said)


def _headline(config: Mapping[str, Any]) -> str:
    return f"{len(config['problems'])} problems: {', '.join(config['laws'])}"


def _evidence(config: Mapping[str, Any], summary: Summary, trials: Sequence[Trial]) -> Mapping[str, Any]:
    if summary.decision is None:
        return {"laws": []}
    found = []
    for number, law in enumerate(summary.decision.detail["laws"]):
        name = summary.plan.arms[number]
        missing = [trial.metadata["unextracted"] for trial in trials if trial.arm == number and trial.score]
        found.append(
            {
                "law": name,
                "tier": TRANSFORMATIONS[name].tier if name in TRANSFORMATIONS else "call boundaries",
                "verdict": law["verdict"],
                "e_value": float(law["e_value"]),
                "agreement_drop": _interval(law["agreement_drop"]),
                "excess_disagreement": _interval(law["excess_disagreement"]),
                "blocks": law["blocks"],
                "unextracted": {"plain": sum(p for p, _ in missing), "transformed": sum(t for _, t in missing)},
            }
        )
    return {"laws": found}


def _interval(numbers: Sequence[str]) -> dict[str, float]:
    return dict(zip(("estimate", "low", "high"), map(float, numbers), strict=True))


def _table(config: Mapping[str, Any], evidence: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    return [(law["law"], _line(law)) for law in evidence.get("laws", ())]


def _line(law: Mapping[str, Any]) -> str:
    drop, more = law["agreement_drop"], law["excess_disagreement"]
    missing = law["unextracted"]
    return (
        f"{law['verdict'].upper()}  agreement drop {drop['estimate']:.3f} ({drop['low']:.3f} … {drop['high']:.3f}), "
        f"excess disagreement {more['estimate']:.3f} ({more['low']:.3f} … {more['high']:.3f}), "
        f"e-value {law['e_value']:.3g}, {law['blocks']} blocks; without an answer: "
        f"{missing['plain']} plain, {missing['transformed']} transformed"
    )


FACE = Face(
    "reasoning", "agreement of plain and transformed answers", _headline, _evidence, needs_trials=True, table=_table
)
