"""`suite`: the tasks of a suite, put to a coder or judged from a file of samples.

Three ways to lay it out, each with its own kind of arm:
  an arm per task       every task has its trials (and, where adaptive, its own boundary)
  one arm               every trial is a task drawn at random, so that the rate is the mean over the suite
  an arm per coder      trial i of every coder is the same task, so that pairs decide
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from kgents.domain.fact import Finished
from kgents.domain.mark import digest
from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Judgement, Limits, Reply, Slot, Verifier
from kgents.harness.extraction import Extraction, Wanted, extract
from kgents.harness.extraction.containers import files_in
from kgents.kinds.generate.trial import Cell, ask, close_all, judged, order_of
from kgents.kinds.suite.assignment import BY_CODER, place_of
from kgents.sandbox.sandbox import Sandbox

_AT_ONCE = 4  # samples that are judged, or next


class SuiteTrials:
    """Coders over tasks. cells[coder][task]; `order` is the root of every random order of tasks."""

    def __init__(self, cells: Sequence[Sequence[Cell]], names: Sequence[str], way: str, order: int, limits: Limits):
        self._cells = cells
        self._names = names
        self._way = way
        self._order = order
        self._limits = limits

    async def run_trial(self, slot: Slot) -> Outcome:
        """One task, one answer, one verdict."""
        coder = slot.arm if self._way in BY_CODER else 0
        task, turn = place_of(self._way, slot, len(self._names), self._order)
        outcome = await ask(self._cells[coder][task], Slot(slot.arm, turn, slot.seed), self._limits)
        return replace(outcome, metadata={**outcome.metadata, "task": self._names[task]})

    async def aclose(self) -> None:
        """Closes every coder and every verifier once."""
        await close_all(cell for row in self._cells for cell in row)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to one task, from which programs are taken."""

    texts: Sequence[str]
    wanted: Wanted
    program: Callable[[str], str]
    sandbox: Sandbox

    async def read(self, index: int) -> Extraction:
        """The program in an answer."""
        extraction = await self.sandbox.in_thread(extract, self.texts[index], self.wanted, self.sandbox)
        if extraction.code is None or extraction.is_whole:
            return extraction
        return replace(extraction, code=self.program(extraction.code))


def _is_no_program(judgement: Judgement, answer: str, wanted: Wanted) -> bool:
    """Whether an answer is to be read again: it does not compile or cannot be loaded, or it failed and is a word that
    happens to compile, data that holds code, a rest of a program that is not indented, several files, or `class Solution`
    where a function was asked for.
    """
    if judgement.cause in (Cause.SYNTAX, Cause.MISSING) or judgement.success is not False:
        return judgement.success is False
    if judgement.unloaded:
        return True
    defined = any(
        re.search(rf"^[ \t]*(?:async )?def {re.escape(name)}\b", answer, re.MULTILINE) for name in wanted.names
    )
    is_loose = answer.lstrip("\n")[:1] not in (" ", "\t") and not defined
    is_other = bool(wanted.stem and is_loose) or len(answer.split()) < 2
    return is_other or "class Solution" in answer or bool(files_in(answer))


class SampleTrials:
    """Programs that exist already: trial i of a task is its sample i; the trials after those are of samples that came to
    nothing through a fault of ours.
    """

    enough = 32

    def __init__(
        self, programs: Sequence[Sequence[str]], verifiers: Sequence[Verifier], answers: Sequence[Answers] = ()
    ) -> None:
        self._programs = programs
        self._verifiers = verifiers
        self._answers = answers  # by task, where programs may be taken out of them; empty where they stay as they are
        self._lost: list[list[int]] = [[] for _ in programs]  # samples without a verdict, by task
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def recall(self, trials: Iterable[Finished]) -> None:
        """What a record says of earlier trials, in order."""
        for trial in trials:
            programs, lost = self._programs[trial.arm], self._lost[trial.arm]
            if trial.success is None:
                lost += [trial.index] if trial.index < len(programs) else []
            elif trial.index >= len(programs) and lost:
                same = (index for index in lost if digest(programs[index].encode()) == trial.candidate)
                lost.remove(next(same, lost[0]))

    async def run_trial(self, slot: Slot) -> Outcome:
        """The verdict on one sample."""
        choice = self.choose(slot)
        try:
            outcome = await self.run_chosen(slot, choice)
        except asyncio.CancelledError:
            self.settle(slot, choice, None, void=True)
            raise
        self.settle(slot, choice, outcome.success)
        return outcome

    def choose(self, slot: Slot) -> int:
        """The number of the sample: that of the trial, or of one that came to nothing."""
        return slot.index if slot.index < len(self._programs[slot.arm]) else self._lost[slot.arm].pop(0)

    def settle(self, slot: Slot, choice: int, success: bool | None, *, void: bool = False) -> None:
        """Keeps a sample that came to nothing for a later trial; void: this very trial is run again."""
        if success is None and not (void and choice == slot.index):
            self._lost[slot.arm].append(choice)

    async def run_chosen(self, slot: Slot, choice: int) -> Outcome:
        """The verdict on the sample of this number, when it is its turn."""
        async with self._turns:
            begun = time.monotonic()
            outcome = await self._judged(slot, choice)
        return replace(outcome, seconds=time.monotonic() - begun)

    async def _judged(self, slot: Slot, choice: int) -> Outcome:
        program = answer = self._programs[slot.arm][choice]
        repairs: tuple[str, ...] = ()
        judgement = await self._verifiers[slot.arm].verify(program, order_of(slot))
        answers = self._answers[slot.arm] if self._answers else None
        if answers is not None and _is_no_program(judgement, answers.texts[choice], answers.wanted):
            answer, extraction = answers.texts[choice], await answers.read(choice)
            if extraction.code is None:
                return Outcome.failed(extraction.cause or Cause.MALFORMED, extraction.error or "", answer)
            program, repairs = extraction.code, extraction.repairs
            judgement = await self._verifiers[slot.arm].verify(program, order_of(slot))
        return judged(Reply(answer), program, repairs, judgement, {"usage": Reply("").usage, "metadata": {}})

    async def aclose(self) -> None:
        """Ends the sandbox."""
        for verifier in self._verifiers:
            await verifier.aclose()
