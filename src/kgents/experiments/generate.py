"""`generate`: a spec is put to a coder, the code in its answer is judged by an oracle.

Rule: whatever the coder or the candidate does is an Outcome. An arm is a (prompt, coder, verifier): one arm for one
spec and one coder, several for a suite (a task each) or a comparison (a coder each).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Harness, HarnessError, Judgement, Limits, Reply, Slot, Verifier
from kgents.domain.seeds import derive
from kgents.experiments.registry import Face
from kgents.harness.prompt import extract

GRACE = 1.0  # seconds; a coder keeps the limit itself and says what it has consumed, this is for those that do not
REFUSED = frozenset({"refusal", "content_filter", "content-filter"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm: what is asked, who is asked, who judges. `salt` sets the arm's seeds apart where it is not empty."""

    prompt: str
    coder: Harness
    verifier: Verifier
    salt: str = ""


class Generate:
    """Asks for code and has it judged."""

    def __init__(self, cells: Sequence[Cell], limits: Limits) -> None:
        self._cells = cells
        self._limits = limits

    async def run_trial(self, slot: Slot) -> Outcome:
        """One question, one answer, one verdict."""
        cell = self._cells[slot.arm]
        seed = derive(slot.seed, cell.salt) if cell.salt else slot.seed
        try:
            async with asyncio.timeout(self._limits.seconds + GRACE):
                reply = await cell.coder.generate(cell.prompt, seed, self._limits, trial=slot.index)
        except TimeoutError:
            return Outcome.failed(Cause.MODEL_TIMEOUT, f"no answer within {self._limits.seconds:g} s (--timeout)")
        except HarnessError as wrong:
            return Outcome.failed(wrong.cause, wrong.message, wrong.output, usage=wrong.usage)
        said = _said(reply)
        if reply.stop in REFUSED:
            return Outcome.failed(Cause.REFUSAL, f"the model refused ({reply.stop})", reply.text, **said)
        extraction = extract(reply.text)
        if extraction.code is None:
            return Outcome.failed(extraction.cause or Cause.MALFORMED, extraction.error or "", reply.text, **said)
        judgement = await cell.verifier.verify(extraction.code)
        return _judged(reply, extraction.code, tuple(extraction.repairs), judgement, said)

    async def aclose(self) -> None:
        """Closes every coder and every verifier once."""
        for part in {id(part): part for cell in self._cells for part in (cell.coder, cell.verifier)}.values():
            await part.aclose()


def _said(reply: Reply) -> dict[str, Any]:
    metadata = {key: value for key, value in {"model": reply.model, "stop": reply.stop}.items() if value}
    return {"usage": reply.usage, "metadata": {**metadata, **reply.metadata}}


def _judged(reply: Reply, code: str, repairs: tuple[str, ...], judgement: Judgement, said: dict[str, Any]) -> Outcome:
    share = judgement.passed / judgement.cases if judgement.cases else float(judgement.success is True)
    metadata = {
        **said["metadata"],
        "cases": judgement.cases,
        "passed": judgement.passed,
        "integrity": judgement.integrity,
        **judgement.metadata,
    }
    outcome = Outcome(
        judgement.success,
        judgement.cause,
        judgement.error and judgement.error[:300],
        reply.text,
        code,
        confidence=share * 0.9 ** len(repairs),
        repairs=repairs,
        checks=judgement.checks,
        usage=said["usage"],
        metadata=metadata,
    )
    return replace(outcome, candidate=None) if code == reply.text else outcome


def _headline(config: Mapping[str, Any]) -> str:
    return " ".join(str(config["spec"]).split())


FACE = Face("generate", "the rate of correct candidates", _headline)
