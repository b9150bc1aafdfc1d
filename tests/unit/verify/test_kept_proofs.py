"""Tests of a suite that were tried before are not tried again; others, and those of another environment, are."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kgents.sandbox.environment import environment
from kgents.sandbox.levels import LADDER
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.mirrors import published as published_proofs
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


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> list[tuple[Oracle, str]]:
    """Twelve tests, each with its solution, that are published as plain."""
    asked = [(_oracle(f"{TESTS}    assert candidate({n}, 1) == {n + 1}\n", sandbox), GOOD) for n in range(12)]
    python = f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}"
    names = [published_proofs.name_of(*each)[: published_proofs.SHORT] for each in asked]
    file = tmp_path / "published.json"
    file.write_text(json.dumps({"pythons": [python], "tests": names}))
    monkeypatch.setattr(published_proofs, "FILE", file)
    return asked


def test_some_published_tests_are_tried_and_the_others_believed(
    published: list[tuple[Oracle, str]], sandbox: Sandbox
) -> None:
    """Four of twelve are; a test that nobody published is tried as ever, and all are kept for the next command."""
    tried: list[Oracle] = []

    def prove(oracle: Oracle, good: str) -> Oracle:
        tried.append(oracle)
        return proven(oracle, sandbox, good)

    known, other = KeptProofs("suite", sandbox), (_oracle(TESTS, sandbox), GOOD)
    known.believe([other, *published], prove)
    assert {oracle.digest for oracle in tried} == {oracle.digest for oracle, _ in published[::3]}
    for oracle, good in published:
        assert known.proven(oracle, good, _never) == proven(oracle, sandbox, good)
    with pytest.raises(AssertionError, match="tried again"):
        known.proven(*other, _never)
    known.keep()
    assert KeptProofs("suite", sandbox).proven(*published[1], _never).opened == ()


@pytest.mark.parametrize("inside", [True, False])
def test_where_one_is_not_as_published_none_is_believed(
    inside: bool, published: list[tuple[Oracle, str]], sandbox: Sandbox
) -> None:
    """It fails, or it needs the candidate's process: all are tried."""

    def prove(oracle: Oracle, good: str) -> Oracle:
        if oracle == published[9][0]:
            return replace(oracle, inside=True) if inside else proven(oracle, sandbox, good.replace("+", "-"))
        return proven(oracle, sandbox, good)

    known = KeptProofs("suite", sandbox)
    known.believe(published, prove)
    assert known.names == []


def test_another_python_and_a_weak_sandbox_believe_nothing(
    published: list[tuple[Oracle, str]], sandbox: Sandbox
) -> None:
    """Nor does a command that asks for four tests: they are tried."""

    def prove(oracle: Oracle, good: str) -> Oracle:
        return proven(oracle, sandbox, good)

    named = {published_proofs.name_of(*each): each for each in published}
    assert published_proofs.believed(named, sandbox, prove) == list(named)
    assert published_proofs.believed(dict(list(named.items())[:4]), sandbox, prove) == []
    weak = open_sandbox(allow_weak=True, ladder=LADDER[-1:])
    assert weak.level < "L3"
    assert published_proofs.believed(named, weak, prove) == []
    weak.close()
    file = published_proofs.FILE
    file.write_text(json.dumps({**json.loads(file.read_text()), "pythons": ["pypy 3.11"]}))
    assert published_proofs.believed(named, sandbox, prove) == []


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
