"""HumanEval: every canonical solution passes its tests, and the references of some find wrong programs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from kgents.harness.mutants import mutants
from kgents.kinds.suite.files.suite import read_suite
from kgents.kinds.suite.files.task import Task
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.task import task_oracle
from kgents.verify.verifier import SandboxVerifier

TASKS = read_suite("humaneval").tasks
SAMPLE = (2, 3, 8, 13, 23, 34, 35, 42, 48, 53, 60, 98)  # quick to derive; of every kind of argument
SUBTLE = {
    "off_by_one", "wrong_constant", "missing_statement", "wrong_operator", "forgotten_edge", "missing_branch",
    "dropped_return", "wrong_comparison", "wrong_variable", "negated_condition", "swapped_arguments",
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox()
    yield opened
    opened.close()


def verifier(task: Task, sandbox: Sandbox, kind: str) -> SandboxVerifier:
    oracle = task_oracle(task.entry, task.tests, task.setup, task.canonical, sandbox, kind=kind)
    assert oracle.kind == kind
    assert not oracle.inside
    return SandboxVerifier(oracle, sandbox)


def test_all_canonical_solutions_pass_their_tests(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(2) as pool:
        judged = pool.map(lambda task: verifier(task, sandbox, "tests").judge(task.canonical or ""), TASKS)
        wrong = {task.id: found.error for task, found in zip(TASKS, judged, strict=True) if found.success is not True}
    assert wrong == {}


def test_references_accept_the_solution_and_find_nearly_all_mutants_that_can_be_found(sandbox: Sandbox) -> None:
    killable = by_reference = 0
    for number in SAMPLE:
        task = TASKS[number]
        reference, tests = verifier(task, sandbox, "reference"), verifier(task, sandbox, "tests")
        judgement = reference.judge(task.canonical or "")
        assert judgement.success is True, (task.id, judgement.error)
        found = [mutant.code for mutant in mutants(task.canonical or "") if mutant.mistake in SUBTLE]
        for program in Random(task.id).sample(found, min(4, len(found))):
            dead = reference.judge(program).success is False
            killable += dead or tests.judge(program).success is False
            by_reference += dead
    assert killable > 30
    assert by_reference >= 0.97 * killable
