"""A recorded suite runs again: coders or samples, an oracle for each task, and sandboxes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kgents.domain.ports import Harness, Limits, TrialRunner
from kgents.errors import UsageError
from kgents.harness.extraction import Wanted
from kgents.harness.prompt import code_prompt
from kgents.kinds.coders import make_coders, question_for
from kgents.kinds.generate.completion import is_completed
from kgents.kinds.generate.program import wanted_of_oracle
from kgents.kinds.generate.trial import Cell
from kgents.kinds.kind import RunContext
from kgents.kinds.options import CoderConfig
from kgents.kinds.sandboxes import Opened, sandboxes_of
from kgents.kinds.suite.assignment import BY_CODER
from kgents.kinds.suite.files.samples import Samples, read_samples
from kgents.kinds.suite.files.suite import Suite
from kgents.kinds.suite.files.task import Task
from kgents.kinds.suite.options import SamplesConfig, SuiteConfig, TaskConfig
from kgents.kinds.suite.trial import Answers, SampleTrials, SuiteTrials
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.oracle import Oracle
from kgents.verify.verifier import SandboxVerifier


def _task_of(config: TaskConfig) -> Task:
    return Task.from_data({name: value for name, value in config.items() if name != "oracle"})


async def build(
    config: SuiteConfig, context: RunContext, opened: Opened | None, samples: Samples | None
) -> TrialRunner:
    """What runs a recorded configuration; what is open is used and closed with it."""
    if config["samples"] is not None and samples is None:
        samples = _again(config, config["samples"])
    oracles = [Oracle.from_data(task["oracle"]) for task in config["tasks"]]
    tasks = [_task_of(task) for task in config["tasks"]]
    if opened is None:
        judged_by = {oracle.kind for oracle in oracles}
        sandboxes = await sandboxes_of(config, config["coders"], None, [config["suite"]], judged_by)
        opened = Opened(sandboxes, make_coders(config["coders"], context, references_of(tasks, config["coders"])))
    sandboxes, sandbox = opened.sandboxes, opened.sandboxes.common
    verifiers = {each: [SandboxVerifier(oracle, each) for oracle in oracles] for each in sandboxes}
    wanted = [wanted_of(task, oracle) for task, oracle in zip(tasks, oracles, strict=True)]
    if samples is not None:
        pairs = [] if config.get("raw", True) else list(zip(tasks, wanted, strict=True))
        answers = [Answers(samples.answers[task.id], asked, task.answered, sandbox) for task, asked in pairs]
        return SampleTrials([samples.programs[task.id] for task in tasks], verifiers[sandbox], answers)
    cells = []
    for number, (coder, harness) in enumerate(zip(config["coders"], opened.coders, strict=True)):
        room = sandboxes.of(coder)
        cells.append(_cells(number, harness, config, list(zip(tasks, verifiers[room], wanted, strict=True)), room))
    sandboxes.close_unused(config["coders"])
    return SuiteTrials(cells, [task.id for task in tasks], config["way"], config["order"], Limits(config["timeout"]))


def references_of(tasks: Sequence[Task], coders: Sequence[CoderConfig]) -> Mapping[str, str]:
    """The suite's own solution for each question that is asked, for simulated coders."""
    return {
        question_for(coder, asked_for(task, coder)): task.canonical
        for coder in coders
        for task in tasks
        if task.canonical
    }


def _cells(
    number: int,
    harness: Harness,
    config: SuiteConfig,
    asked: Sequence[tuple[Task, SandboxVerifier, Wanted]],
    sandbox: Sandbox,
) -> list[Cell]:
    """A cell for each task that the coder of this number is asked, with who judges it and what an answer is to hold."""
    coder, excluded = config["coders"][number], frozenset(config.get("exclude", ()))
    scored = any("every" in task["oracle"] for task in config["tasks"])
    return [
        Cell(
            question_for(coder, asked_for(task, coder)),
            harness,
            verifier,
            sandbox,
            f"{task.id}" if config["way"] not in BY_CODER else f"{task.id}\x1f{number}",
            task.answered,
            replace(wanted, is_rest=is_completed(coder)),
            excluded,
            scored,
        )
        for task, verifier, wanted in asked
    ]


def asked_for(task: Task, coder: CoderConfig) -> str:
    """What a recorded coder is asked for a task: its prompt with an instruction, or the code that it goes on with."""
    return task.prompt if is_completed(coder) else code_prompt(task.prompt)


def wanted_of(task: Task, oracle: Oracle) -> Wanted:
    """What an answer to a task is to hold."""
    if oracle.programs is not None and oracle.programs.entry is None:
        return Wanted(is_program=True, shown=task.prompt)
    wanted = wanted_of_oracle(oracle, task.prompt)
    return replace(wanted, names=(task.entry,) if task.entry else wanted.names, stem=task.stem)


def _again(config: SuiteConfig, source: SamplesConfig) -> Samples:
    """The file of samples, read once more. UsageError where it is not what it was."""
    suite = Suite(config["suite"], config["suite_digest"], tuple(map(_task_of, config["tasks"])))
    samples = read_samples(Path(source["path"]), suite)
    if samples.digest != source["sha256"]:
        raise UsageError(
            f"--samples {source['path']} is not the file that was registered", "bring it back, or start anew"
        )
    return samples
