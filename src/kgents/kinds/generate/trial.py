"""`generate`: a spec is put to a coder, the code in its answer is judged by an oracle.

Rule: whatever the coder or the candidate does is an Outcome. An arm is a (prompt, coder, verifier): one arm for one
spec and one coder, several for a suite (a task each) or a comparison (a coder each).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from kgents.domain.outcome import Cause, Fault, Outcome, Usage
from kgents.domain.ports import Harness, HarnessError, Judgement, KeepsLimit, Limits, Reply, Slot, Verifier
from kgents.domain.seeds import derive
from kgents.harness.extraction import Extraction, Wanted, extract
from kgents.harness.extraction.reasoning import marker_in
from kgents.harness.taxonomy import is_cut_off
from kgents.kinds.command.score import RESOLUTION
from kgents.sandbox.awake import AwakeTimeout
from kgents.sandbox.sandbox import Sandbox, SandboxFault

GRACE = 1.0  # seconds beyond the limit, for coders that do not keep it themselves
REFUSED = frozenset({"refusal", "content_filter", "content-filter"})


def _as_it_is(code: str) -> str:
    return code


class Reported(TypedDict):
    """What an outcome keeps of a reply besides its text."""

    usage: Usage
    metadata: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm: what is asked, who is asked, who judges.

    salt     sets the arm's seeds apart where it is not empty
    sandbox  reads answers: what their parts are is said by a confined child
    program  the program that the code of an answer stands for
    wanted   what an answer is to hold
    excluded causes of failures that are left out: such a trial has no verdict
    scored   the share of tests that passed is the score
    """

    prompt: str
    coder: Harness
    verifier: Verifier
    sandbox: Sandbox
    salt: str = ""
    program: Callable[[str], str] = _as_it_is
    wanted: Wanted = Wanted()
    excluded: frozenset[str] = frozenset()
    scored: bool = False

    async def read(self, answer: str) -> Extraction:
        """The program in an answer."""
        return await self.sandbox.in_thread(extract, answer, self.wanted, self.sandbox)


class Generate:
    """Asks for code and has it judged."""

    def __init__(self, cells: Sequence[Cell], limits: Limits) -> None:
        self._cells = cells
        self._limits = limits

    async def run_trial(self, slot: Slot) -> Outcome:
        """One question, one answer, one verdict."""
        return await ask(self._cells[slot.arm], slot, self._limits)

    async def aclose(self) -> None:
        """Closes every coder and every verifier once."""
        await close_all(self._cells)


async def ask(cell: Cell, slot: Slot, limits: Limits) -> Outcome:
    """One question to the coder of a cell, and what its verifier says of the answer."""
    seed = derive(slot.seed, cell.salt) if cell.salt else slot.seed
    try:
        async with AwakeTimeout(math.inf if isinstance(cell.coder, KeepsLimit) else limits.seconds + GRACE):
            reply = await cell.coder.generate(cell.prompt, seed, limits, trial=slot.index)
    except TimeoutError:
        return Outcome.failed(Cause.MODEL_TIMEOUT, f"no answer within {limits.seconds:g} s (--timeout)")
    except HarnessError as wrong:
        failed = Outcome.failed(wrong.cause, wrong.message, wrong.output, usage=wrong.usage)
        return replace(failed, success=None) if wrong.cause in cell.excluded else failed
    outcome = named_for_the_answer(reply, cell.coder, await _judge(cell, reply, order_of(slot)))
    return _left_out(reply, outcome) if Cause.TRUNCATED in cell.excluded and is_cut_off(reply.stop or "") else outcome


def _left_out(reply: Reply, outcome: Outcome) -> Outcome:
    """An outcome without a verdict, whatever the cut answer came to: leaving out failures alone would flatter."""
    error = outcome.error or f"answer cut at {reply.usage.output_tokens} tokens (--max-output-tokens)"
    return replace(outcome, success=None, cause=Cause.TRUNCATED, error=f"{error}; left out (--exclude)"[:300])


def named_for_the_answer(reply: Reply, coder: Harness, outcome: Outcome) -> Outcome:
    """An outcome under the cause `truncated` or `chat_markers` where the program failed and its answer was that."""
    if outcome.cause is None or outcome.cause.fault is not Fault.PROGRAM:
        return outcome
    why = f": {outcome.error or outcome.cause}"
    if is_cut_off(reply.stop or "") and not was_whole(reply.text, outcome):
        tokens = f" at {reply.usage.output_tokens} tokens" if reply.usage.output_tokens else ""
        whose = "" if coder.describe().get("max_output_tokens") else ", the server's own limit"
        error = f"answer cut{tokens} (--max-output-tokens){whose}{why}"
        return replace(outcome, cause=Cause.TRUNCATED, error=error[:300])
    marker = marker_in(reply.text)
    if marker is not None:
        return replace(
            outcome,
            cause=Cause.CHAT_MARKERS,
            error=f"chat markers in the answer ({marker}): wrong template?{why}"[:300],
        )
    return outcome


def was_whole(answer: str, outcome: Outcome) -> bool:
    """Whether a program that answered wrongly had ended before its answer was cut: at the margin, something else follows."""
    if outcome.cause is not Cause.WRONG_OUTPUT or outcome.candidate is None:
        return False
    last = outcome.candidate.rstrip().rpartition("\n")[2]
    _, separator, rest = answer.rpartition(last)
    return bool(separator) and any(line[:1].strip() for line in rest.split("\n")[1:])


def order_of(slot: Slot) -> int:
    """What the order of the inputs of a trial is drawn from: experiment, arm and trial."""
    return derive(slot.seed, "order", slot.arm)


async def _judge(cell: Cell, reply: Reply, draw: int) -> Outcome:
    """What the program in an answer comes to."""
    reported = _reported(reply)
    if reply.stop in REFUSED:
        return Outcome.failed(Cause.REFUSAL, f"the model refused ({reply.stop})", reply.text, **reported)
    try:
        extraction = await cell.read(reply.text)
    except SandboxFault as fault:
        return Outcome.failed(Cause.SANDBOX, f"the answer could not be read: {fault}", reply.text, **reported)
    if extraction.code is None:
        return Outcome.failed(extraction.cause or Cause.MALFORMED, extraction.error or "", reply.text, **reported)
    program = extraction.code if extraction.is_whole else cell.program(extraction.code)
    judgement = await cell.verifier.verify(program, draw)
    outcome = judged(reply, program, extraction.repairs, judgement, reported)
    return replace(outcome, score=(score_of(judgement),)) if cell.scored else outcome


def score_of(judgement: Judgement) -> int:
    """The share of the tests that passed, as an integer of 0 … RESOLUTION."""
    return round(judgement.passed / judgement.cases * RESOLUTION) if judgement.cases else 0


async def close_all(cells: Iterable[Cell]) -> None:
    """Closes every coder and every verifier of these cells once."""
    for part in {id(part): part for cell in cells for part in (cell.coder, cell.verifier)}.values():
        await part.aclose()


def _reported(reply: Reply) -> Reported:
    metadata = {key: value for key, value in {"model": reply.model, "stop": reply.stop}.items() if value}
    return {"usage": reply.usage, "metadata": {**metadata, **reply.metadata}}


def printable(text: str) -> str:
    """What a program said of itself, fit for a terminal: no control codes, no halves of characters."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def judged(reply: Reply, code: str, repairs: tuple[str, ...], judgement: Judgement, reported: Reported) -> Outcome:
    """The outcome of a trial whose program was judged."""
    share = judgement.passed / judgement.cases if judgement.cases else float(judgement.success is True)
    metadata = {
        **reported["metadata"],
        "cases": judgement.cases,
        "passed": judgement.passed,
        "integrity": judgement.integrity,
        **judgement.metadata,
    }
    outcome = Outcome(
        judgement.success,
        judgement.cause,
        judgement.error and printable(judgement.error)[:300],
        reply.text,
        code,
        confidence=share * 0.9 ** len(repairs),
        repairs=repairs,
        checks=judgement.checks,
        usage=reported["usage"],
        metadata=metadata,
    )
    return replace(outcome, candidate=None) if code == reply.text else outcome
