"""`suite`: the tasks of a suite, put to a coder or judged from a file of samples.

Three ways to lay it out, each with its own kind of arm:
  an arm per task       every task has its trials (and, where adaptive, its own boundary)
  one arm               every trial is a task drawn at random, so that the rate is the mean over the suite
  an arm per coder      trial i of every coder is the same task, so that pairs decide
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kgents.domain.fact import Finished
from kgents.domain.mark import digest
from kgents.domain.outcome import Outcome
from kgents.domain.plan import Layout
from kgents.domain.ports import Limits, Reply, Slot, Trial, Verifier
from kgents.domain.summary import Summary
from kgents.experiments.generate import Cell, ask, close_all, judged
from kgents.experiments.registry import Face
from kgents.experiments.suite_place import DRAWN, PAIRED, place_of


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
        coder = slot.arm if self._way == PAIRED else 0
        task, turn = place_of(self._way, slot, len(self._names), self._order)
        outcome = await ask(self._cells[coder][task], Slot(slot.arm, turn, slot.seed), self._limits)
        return replace(outcome, metadata={**outcome.metadata, "task": self._names[task]})

    async def aclose(self) -> None:
        """Closes every coder and every verifier once."""
        await close_all(cell for row in self._cells for cell in row)


class SampleTrials:
    """Programs that exist already: trial i of a task is its sample i; the trials after those are of samples that came to
    nothing through a fault of ours.
    """

    def __init__(self, programs: Sequence[Sequence[str]], verifiers: Sequence[Verifier]) -> None:
        self._programs = programs
        self._verifiers = verifiers
        self._lost: list[list[int]] = [[] for _ in programs]  # samples without a verdict, by task

    def recall(self, trials: Iterable[Finished]) -> None:
        """What a record says of earlier trials, in order."""
        for trial in trials:
            programs, lost = self._programs[trial.arm], self._lost[trial.arm]
            if trial.success is None:
                lost += [trial.index] if trial.index < len(programs) else []
            elif trial.index >= len(programs) and lost:
                same = (place for place in lost if digest(programs[place].encode()) == trial.candidate)
                lost.remove(next(same, lost[0]))

    async def run_trial(self, slot: Slot) -> Outcome:
        """The verdict on one sample."""
        lost = self._lost[slot.arm]
        place = slot.index if slot.index < len(self._programs[slot.arm]) else lost.pop(0)
        program = self._programs[slot.arm][place]
        try:
            judgement = await self._verifiers[slot.arm].verify(program)
        except asyncio.CancelledError:  # this very trial is run again
            lost += [place] if place != slot.index else []
            raise
        lost += [place] if judgement.success is None else []
        return judged(Reply(program), program, (), judgement, {"usage": Reply("").usage, "metadata": {}})

    async def aclose(self) -> None:
        """Ends the sandbox."""
        for verifier in self._verifiers:
            await verifier.aclose()


def _headline(config: Mapping[str, Any]) -> str:
    names = [coder["model"] or coder["harness"] for coder in config["coders"]]
    return f"{config['suite']}: {len(config['tasks'])} tasks, {' | '.join(names) or config['samples']['name']}"


def _input(config: Mapping[str, Any], trial: Trial) -> str | None:
    tasks = config.get("tasks", ())
    name = trial.metadata.get("task", tasks[trial.arm]["id"] if trial.arm < len(tasks) else None)
    return next((task["prompt"] for task in tasks if task["id"] == name), None)


def _evidence(config: Mapping[str, Any], summary: Summary, trials: Sequence[Trial]) -> Mapping[str, Any]:
    if not config:
        return {}
    if summary.plan.layout is Layout.COMPARE:
        from kgents.experiments.suite_difference import differences

        return differences(config, summary, trials)
    if len(summary.plan.arms) < 2 and config["way"] == DRAWN:
        return {}
    from kgents.experiments.suite_total import total

    return total(config, summary)


def _table(config: Mapping[str, Any], evidence: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    from kgents.experiments.suite_total import table

    return table(evidence)


FACE = Face(
    "suite",
    "the mean rate of correct candidates",
    _headline,
    _evidence,
    _input,
    needs_trials=True,
    needs_texts=False,
    table=_table,
    most_arms=12,
)
