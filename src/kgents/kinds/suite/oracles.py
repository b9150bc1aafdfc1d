"""The oracle of a task of a suite: its tests, its examples, or what its own solution does on its inputs."""

import ast

from kgents.errors import UsageError
from kgents.kinds.suite.files.task import Task, parsed
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.choosing import tests_oracle
from kgents.verify.fixtures import runs_by_pytest
from kgents.verify.oracle import Oracle
from kgents.verify.reference.derive import derive
from kgents.verify.spec import read_spec
from kgents.verify.stdio.examples import Programs
from kgents.verify.task import task_oracle


def oracle_of(task: Task, sandbox: Sandbox, kind: str | None, tolerance: float | None) -> Oracle:
    """What judges answers to a task. `kind`: tests or reference, where there is a choice. UsageError names the task."""
    near = tolerance if tolerance is not None else task.near or 1e-9
    if task.programs is not None:
        programs = Programs.from_data(task.programs)
        return Oracle("stdio", programs.entry, programs.defined, tolerance=near, programs=programs)
    if task.inputs:
        return _by_inputs(task, sandbox, near)
    tree = parsed(task.tests) if not task.setup and kind is None else None
    if tree is not None and _is_unittest(tree):
        common = {"entry": task.entry, "defined": (task.entry,) if task.entry else (), "checks": (), "tolerance": near}
        return tests_oracle(task.tests, common, task.entry)
    return task_oracle(task.entry, task.tests, task.setup, task.canonical, sandbox, kind=kind, tolerance=tolerance)


def _is_unittest(tree: ast.Module) -> bool:
    return runs_by_pytest(tree) and any("TestCase" in ast.dump(base) for node in tree.body
                                        if isinstance(node, ast.ClassDef) for base in node.bases)  # fmt: skip


def _by_inputs(task: Task, sandbox: Sandbox, near: float) -> Oracle:
    """By what the suite's own solution does on the suite's inputs."""
    rows = [tuple(row) for row in ast.literal_eval(task.inputs)]
    assert task.canonical is not None
    assert task.entry is not None
    try:
        corpus = derive(read_spec(task.canonical, task.entry), sandbox, rows, allow_weak=True)
    except UsageError as wrong:
        raise UsageError(f"--suite: task {task.id}: {wrong.message.removeprefix('--spec: ')}", wrong.hint) from wrong
    return Oracle("reference", task.entry, (task.entry,), corpus.rows, source=task.canonical, how=corpus.how,
                  tolerance=near, version=corpus.version, strength=corpus.strength, shown=corpus.shown)  # fmt: skip
