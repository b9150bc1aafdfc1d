"""Candidates that are read and not run, and sandboxes that fail on the way."""

from collections.abc import Iterator
from typing import Any

import pytest

from kgents.domain.outcome import Cause
from kgents.domain.ports import Judgement
from kgents.sandbox.batch import Batch
from kgents.sandbox.facts import Facts
from kgents.sandbox.sandbox import Sandbox, SandboxFault, open_sandbox
from kgents.verify.oracle import Oracle
from kgents.verify.verifier import NO_THREAD, SandboxVerifier

STATIC = Oracle("static", "add", defined=("add", "sub"))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A real one."""
    opened = open_sandbox()
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("candidate", "success", "said"),
    [
        ("def add(a, b): ...\ndef sub(a, b): ...\n", True, "read, not run"),
        ("def add(a, b): ...\n", False, "sub is not defined"),
        ("from operator import *\n", True, "read, not run: whether it defines add, sub is not known"),
        ("def add(a, b:\n", False, "syntax error"),
    ],
)
def test_a_candidate_is_read(sandbox: Sandbox, candidate: str, success: bool, said: str) -> None:
    """What it defines is seen, where reading can see it."""
    judgement = SandboxVerifier(STATIC, sandbox).judge(candidate)
    assert judgement.success is success
    assert said in (judgement.error or judgement.integrity or "")


class Failing:
    """A sandbox that fails so many times and then reads."""

    def __init__(self, times: int) -> None:
        self.left, self.renewed = times, 0

    def facts(self, candidate: str) -> Facts:
        """What a program of two functions is."""
        if self.left:
            self.left -= 1
            raise SandboxFault("it went away")
        return Facts(names=("add", "sub"))

    def renew(self) -> None:
        """Begins anew."""
        self.renewed += 1


@pytest.mark.parametrize(("times", "success", "renewed"), [(0, True, 0), (1, True, 1), (2, None, 1)])
def test_a_sandbox_that_fails_is_begun_anew_once(times: int, success: bool | None, renewed: int) -> None:
    """A second fault is the sandbox's own, and says nothing of the candidate."""
    failing: Any = Failing(times)
    judgement = SandboxVerifier(STATIC, failing).judge("def add(): ...\ndef sub(): ...\n")
    assert judgement.success is success
    assert failing.renewed == renewed
    if success is None:
        assert judgement.cause is Cause.SANDBOX
        assert "failed twice: it went away" in (judgement.error or "")


class WithoutThreads(Failing):
    """A sandbox that counts how often it is asked for a thread, and gives one or none."""

    def __init__(self, gives: bool) -> None:
        super().__init__(0)
        self.gives, self.asked = gives, 0

    def calls(self, *_: object) -> Batch:
        """The answer to the one call, or that it raised."""
        self.asked += 1
        return Batch([{"value": None}] if self.gives else [{"raised": ["RuntimeError", [], NO_THREAD]}])


def test_a_want_of_threads_is_the_candidates_own_where_another_gets_one() -> None:
    """It is asked for only where a candidate failed for it; where nobody gets one the sandbox is at fault."""
    wanting = Judgement(False, Cause.EXCEPTION, f"RuntimeError: {NO_THREAD}")
    for gives in (True, False):
        sandbox: Any = WithoutThreads(gives)
        verifier = SandboxVerifier(STATIC, sandbox)
        verifier._blame_threads(Judgement(False, Cause.WRONG_OUTPUT, "expected 1, got 2"))
        verifier._blame_threads(Judgement(True, None, None))
        assert sandbox.asked == 0
        if gives:
            verifier._blame_threads(wanting)
        else:
            with pytest.raises(SandboxFault, match=NO_THREAD):
                verifier._blame_threads(wanting)
        assert sandbox.asked == 1
