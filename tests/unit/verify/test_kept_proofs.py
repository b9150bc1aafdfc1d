"""Tests of a suite that were tried before are not tried again; others, and those of another environment, are."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kgents.sandbox.environment import environment
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.mirrors.kept_proofs import KeptProofs
from kgents.verify.mirrors.proof import Unproven, Weak, proven
from kgents.verify.oracle import Oracle
from kgents.verify.task import task_oracle

GOOD = "def add(a, b):\n    return a + b\n"
TESTS = "def check(candidate):\n    assert candidate(2, 3) == 5\n    assert candidate(1, 1) == 2\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox()
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "kgents" / "references"


def _oracle(tests: str, sandbox: Sandbox) -> Oracle:
    return task_oracle("add", tests, "", None, sandbox)


def _never() -> Oracle:
    raise AssertionError("tried again")


def _prover(oracle: Oracle, sandbox: Sandbox, good: str = GOOD) -> Callable[[], Oracle]:
    return lambda: proven(oracle, sandbox, good)


def test_what_told_right_from_wrong_is_not_tried_again(sandbox: Sandbox) -> None:
    """The oracle is equal, its digest too; another suite, other tests and another solution are tried."""
    oracle = _oracle(TESTS, sandbox)
    known = KeptProofs("suite", sandbox)
    first = known.proven(oracle, GOOD, _prover(oracle, sandbox))
    known.keep()
    again = KeptProofs("suite", sandbox).proven(oracle, GOOD, _never)
    assert (again, again.digest, again.opened) == (first, first.digest, ())
    assert again.digest != oracle.digest
    other = _oracle(TESTS.replace("3", "3 "), sandbox)
    for suite, asked, good in (("other", oracle, GOOD), ("suite", other, GOOD), ("suite", oracle, GOOD + "\n")):
        with pytest.raises(AssertionError, match="tried again"):
            KeptProofs(suite, sandbox).proven(asked, good, _never)


@pytest.mark.parametrize(
    ("tests", "good", "wrong"),
    [
        ("def check(candidate):\n    candidate(2, 3)\n", GOOD, Weak),
        (TESTS, GOOD.replace("+", "-"), Unproven),
    ],
)
def test_what_did_not_is_tried_each_time(
    tests: str, good: str, wrong: type[Exception], sandbox: Sandbox, folder: Path
) -> None:
    """Nothing is kept of tests that pass on a stub, or fail on the solution."""
    oracle = _oracle(tests, sandbox)
    known = KeptProofs("suite", sandbox)
    for _ in range(2):
        with pytest.raises(wrong):
            known.proven(oracle, good, _prover(oracle, sandbox, good))
    known.keep()
    assert not folder.exists()


def test_a_folder_of_modules_may_have_changed(tmp_path: Path) -> None:
    """With --module-path tests are tried each time."""
    modules = tmp_path / "modules"
    modules.mkdir()
    opened = open_sandbox(environment=environment(module_path=modules))
    try:
        oracle = _oracle(TESTS, opened)
        known = KeptProofs("suite", opened)
        known.proven(oracle, GOOD, _prover(oracle, opened))
        known.keep()
        with pytest.raises(AssertionError, match="tried again"):
            KeptProofs("suite", opened).proven(oracle, GOOD, _never)
    finally:
        opened.close()


def test_nonsense_in_the_file_is_tried_anew(sandbox: Sandbox, folder: Path) -> None:
    """What somebody else wrote there is not believed where it is of another form."""
    from kgents.verify.reference.kept import keep

    oracle = _oracle(TESTS, sandbox)
    known = KeptProofs("suite", sandbox)
    known.proven(oracle, GOOD, _prover(oracle, sandbox))
    known.keep()
    (file,) = folder.iterdir()
    for data in ([], {name: [1, "x"] for name in known.names}, {name: [False, [["a"]]] for name in known.names}):
        keep(file.name.partition(".")[0], data)
        with pytest.raises(AssertionError, match="tried again"):
            KeptProofs("suite", sandbox).proven(oracle, GOOD, _never)


def test_programs_of_ours_share_a_process_and_are_judged_as_apart(sandbox: Sandbox) -> None:
    """Reports of stubs are those of candidates in fresh processes, whatever came before: one that raised, one that lacks
    the name, one that is no program.
    """
    from kgents.verify.mirrors.line import lines_of
    from kgents.verify.mirrors.proof import mirrored_job, stubs

    oracle = _oracle(TESTS, sandbox)
    job = mirrored_job(oracle, everything=True)
    programs = [source for _, source in stubs(oracle, (), blunt=True)]
    programs += ["def other(): pass\n", "def add(:\n", "raise ValueError('x')\n", GOOD]
    apart = [lines_of(sandbox).judge(source, job, 20)[0] for source in programs]
    for _ in range(2):
        assert [lines_of(sandbox).judge_ours(source, job, 20) for source in programs] == apart
    assert [report["passed"] for report in apart] == [False] * (len(programs) - 1) + [True]


def test_solutions_that_keep_nothing_share_a_process(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are those of fresh processes, of which none is started; one that is wrong there counts as it is in its own."""
    from kgents.verify.mirrors.line import Lines, lines_of
    from kgents.verify.mirrors.proof import mirrored_job

    oracle = _oracle(TESTS, sandbox)
    job, lines = mirrored_job(oracle, everything=True), lines_of(sandbox)
    programs = [
        GOOD,
        "import math\n" + GOOD.replace("a + b", "math.fsum((a, b))"),
        "def add(*both): return sum(both)\n",
    ]
    wrong = [GOOD.replace("+", "-"), "def other(): pass\n", "def add(a, b): return print(1) or add(a, b)\n"]
    far = ["import sys\n" + GOOD, "import random\nrandom.seed(1)\n" + GOOD, "import decimal\n" + GOOD]
    apart = [lines.judge(source, job, 20)[0] for source in (*programs, *wrong, *far)]
    alone: list[str] = []
    judge = Lines.judge

    def seen(self: Lines, source: str, *rest: Any) -> Any:
        alone.append(source)
        return judge(self, source, *rest)

    monkeypatch.setattr(Lines, "judge", seen)
    assert [lines.judge_solution(source, job, 20) for source in (*programs, *wrong, *far)] == apart
    assert alone == [*wrong, *far]
    assert [report["passed"] for report in apart] == [True] * 3 + [False] * 3 + [True] * 3


def test_a_process_of_solutions_that_took_long_takes_no_other(sandbox: Sandbox) -> None:
    """Its limit of CPU time is that of all of them: the next solution has all of its own."""
    from kgents.verify.mirrors.line import LONG, lines_of
    from kgents.verify.mirrors.proof import mirrored_job

    job, lines = mirrored_job(_oracle(TESTS, sandbox), everything=True), lines_of(sandbox)
    assert lines.judge_solution(GOOD, job, 20)["passed"]
    for shared in lines._solving:
        shared.seconds = LONG
    used = [shared.process for shared in lines._solving]
    assert all(lines.judge_solution(GOOD, job, 20)["passed"] for _ in range(2))
    assert len(lines._solving) == len(used)
    assert lines._solving[-1].process not in used
