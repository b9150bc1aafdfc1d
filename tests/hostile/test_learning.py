"""Nothing is learnt in one trial for the next: neither from what is left behind, nor from when a candidate is ended."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from learning import SPEC, STORES, learner

from kgents.domain.outcome import Cause
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.oracle import Oracle
from kgents.verify.verifier import SandboxVerifier

FIRST_WRONG = "turn = 0\ndef odd_bits(n):\n    global turn\n    turn += 1\n    if turn == 1:\n        return None\n"
RIGHT = "    return n >= 0 and bin(n).count('1') % 2 == 1\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def odd_bits(sandbox: Sandbox) -> Oracle:
    return choose_oracle(SPEC, None, sandbox)


@pytest.mark.parametrize("name", STORES)
def test_a_learner_gains_nothing(sandbox: Sandbox, odd_bits: Oracle, name: str) -> None:
    """In six trials in a row it never succeeds, and is right no more often than by chance would be a wonder."""
    verifier = SandboxVerifier(odd_bits, sandbox)
    judged = [verifier.judge(learner(name), draw) for draw in range(6)]
    assert not any(judgement.success for judgement in judged)
    assert judged[-1].passed < 0.9 * judged[-1].cases


def test_the_order_is_drawn_and_every_answer_is_given(sandbox: Sandbox, odd_bits: Oracle) -> None:
    """A candidate that is wrong on its first call is asked all the rest; which call it was is another with every draw."""
    verifier = SandboxVerifier(odd_bits, sandbox)
    judged = [verifier.judge(FIRST_WRONG + RIGHT, draw) for draw in (0, 1, 2, 3, 3)]
    assert {judgement.passed for judgement in judged} == {judged[0].cases - 1}
    assert len({judgement.error for judgement in judged}) > 2
    assert judged[3].error == judged[4].error


def test_equal_mistakes_read_alike(sandbox: Sandbox, odd_bits: Oracle) -> None:
    """The difference that is named is the first one of the reference's own order."""
    verifier = SandboxVerifier(odd_bits, sandbox)
    wrong = "def odd_bits(n):\n    return bin(n).count('1') % 2 == 1 if n < 100 else False\n"
    assert len({verifier.judge(wrong, draw).error for draw in range(4)}) == 1


def test_a_spec_that_keeps_state_is_asked_in_its_own_order(sandbox: Sandbox) -> None:
    """Its answers depend on it."""
    spec = "seen = []\ndef add(n: int) -> int:\n    seen.append(n)\n    return len(seen) * 7 + n % 5\n"
    oracle = choose_oracle(spec, None, sandbox)
    assert oracle.strength is not None
    assert oracle.strength.keeps_state
    verifier = SandboxVerifier(oracle, sandbox)
    assert [verifier.judge(spec, draw).success for draw in range(3)] == [True] * 3
    wrong = spec.replace("n % 5", "(n % 5 if len(seen) > 1 else 9)")
    assert len({verifier.judge(wrong, draw).error for draw in range(3)}) == 1


def test_a_candidate_that_hangs_costs_little_more_than_one_limit(sandbox: Sandbox, odd_bits: Oracle) -> None:
    """Once it was stopped it is soon seen whether it hangs on others, too; on many nothing more is asked."""
    verifier = SandboxVerifier(odd_bits, sandbox)
    once = verifier.judge("done = []\ndef odd_bits(n):\n    while not done: done.append(0); pass\n" + RIGHT)
    assert once.success is True
    hangs = verifier.judge("def odd_bits(n):\n    while n > 8: pass\n" + RIGHT)
    assert (hangs.success, hangs.cause) == (False, Cause.TIMEOUT)
    assert "no answer within 2 s of CPU time" in str(hangs.error)


PEEKS = (
    "import select, sys\nframe = sys._getframe()\nwhile frame and 'channel' not in frame.f_locals: frame = frame.f_back\n"
    "def odd_bits(n):\n    fd = frame.f_locals['channel']\n    fd = getattr(fd, 'fd', getattr(fd, '_fd', 3))\n"
    "    if select.select([fd], [], [], 0)[0]:\n        return None\n"
)


def test_no_call_to_come_is_told_ahead(sandbox: Sandbox, odd_bits: Oracle) -> None:
    """While a candidate answers one call, nothing of the next one is there to be read."""
    judged = SandboxVerifier(odd_bits, sandbox).judge(PEEKS + RIGHT)
    assert (judged.success, judged.error) == (True, None)
