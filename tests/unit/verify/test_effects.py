"""What is told with each message between tests and candidate: only what has changed, and of chance only where it is used."""

import os
import random
import socket
from collections.abc import Callable
from typing import Any

import pytest

from kgents.verify.mirrors.harmless import leaves, still
from kgents.verify.mirrors.inside.candidate import Order, job
from kgents.verify.mirrors.inside.codec import Cursor, scalar
from kgents.verify.mirrors.inside.effects import Replay
from kgents.verify.mirrors.inside.peer import JOB, Gone, Peer
from kgents.verify.mirrors.inside.sharing import Environment


@pytest.mark.parametrize("lent", [True, False])
def test_variables_are_told_when_they_change_and_when_they_change_back(
    lent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where they were looked at before, and where a plain dict stands in their place."""
    monkeypatch.setenv("KEPT", "1")
    environment = Environment(lent)
    assert environment.changes() == {}
    monkeypatch.setenv("KEPT", "2")
    monkeypatch.setenv("NEW", "3")
    assert environment.changes() == environment.changes() == {"KEPT": "2", "NEW": "3"}
    monkeypatch.setenv("KEPT", "1")
    monkeypatch.delenv("NEW")
    assert environment.changes() == {}
    monkeypatch.delenv("KEPT")
    assert environment.changes() == {"KEPT": None}
    monkeypatch.setattr(os, "environ", {**os.environ, "KEPT": "1", "OTHER": "4"})
    assert environment.changes() == {"OTHER": "4"}


@pytest.mark.parametrize(("chance", "told"), [(True, {"random"}), (False, set())])
def test_the_state_of_chance_is_told_only_where_it_is_shared(chance: bool, told: set[str]) -> None:
    """The state is that of the whole process, and it is put back."""
    state = random.getstate()
    try:
        replay = Replay(None, chance)
        random.seed(5)
        assert set(replay.due()) == told
        heard: Any = {"random": (3, list(state[1]), state[2])}
        replay.heard(heard)
        assert (random.getstate() == state) is chance
    finally:
        random.setstate(state)


@pytest.mark.parametrize("cut", [lambda data: [data], lambda data: [data[at : at + 1] for at in range(len(data))]])
def test_messages_are_read_one_by_one_however_they_arrive(cut: Callable[[bytes], list[bytes]]) -> None:
    """Two in one piece, and a byte at a time."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        there, written = socket.socketpair()
        with there, written:
            teller = Peer(there.fileno(), 4)
            for payload in ("first", ["second", 2]):
                teller.send(b"r", payload)
            data = written.recv(4096)
        end = Peer(theirs.fileno(), 1)
        for part in cut(data):
            ours.sendall(part)
        assert end.receive() == (b"r", "first")
        assert end.receive() == (b"r", ["second", 2])


SCALARS = [
    None,
    True,
    False,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    2**63,
    0.0,
    -0.0,
    1.5,
    float("inf"),
    "",
    "text",
    "ä\ud800",
    "\0" * 19,
]


@pytest.mark.parametrize("value", SCALARS, ids=ascii)
def test_a_number_or_a_text_that_comes_alone_is_read_as_any_other_value(value: object) -> None:
    """What is read alone is what the reader of all values reads, and a byte more or less of it is nothing."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        teller, end = Peer(ours.fileno(), 4), Peer(theirs.fileno(), 1)
        written = bytearray()
        teller.write(written, value)
        whole = end.read(Cursor(bytes(written)))
        alone = scalar(bytes(written), 0, len(written))
        assert alone is None or (type(alone[0]), repr(alone[0])) == (type(whole), repr(whole))
        assert (alone is None) is (value == 2**63 and type(value) is int)
        assert scalar(bytes(written), 0, len(written) - 1) is None
        assert scalar(bytes(written) + b"\0", 0, len(written) + 1) is None
        teller.send(b"r", value)
        kind, got = end.receive()
        assert (kind, type(got), repr(got)) == (b"r", type(value), repr(value))


@pytest.mark.parametrize("body", [b"j", b"jn\0/\0\0f\0def f(): pass", b"rs\0\0\0\1\xff" + bytes(19), b"rN" + bytes(18)])
def test_a_candidate_s_message_that_is_none_ends_the_line(body: bytes) -> None:
    """Also one that tells what is to be loaded, which only this process may say."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(len(body).to_bytes(4, "big") + body)
        with pytest.raises(Gone, match="nonsense"):
            Peer(theirs.fileno(), 4).receive()


def test_a_program_is_loaded_as_it_was_told() -> None:
    """Whatever is in its text."""
    source = "def f(): return 'ä\ud800\\0'\n# \0 and \ud83d\ude00"
    told = job(source, ["a.b", "c"], [], "/tmp/a\nb", True, True)
    assert int.from_bytes(told[:4], "big") == len(told) - 4
    assert Order.read(told[4:].removeprefix(JOB)) == (True, False, "/tmp/a\nb", ["a.b", "c"], [], source)
    still, usual = (
        Order.read(job("", [], ["f", "g"], "/", False, each)[4:].removeprefix(JOB)) for each in (True, False)
    )
    assert (still, usual) == ((False, True, "/", [], ["f", "g"], ""), (False, False, "/", [], ["f", "g"], ""))


def test_tests_that_leave_all_as_it_is_tell_nothing_and_hear_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that the candidate changed are changed here as well."""
    monkeypatch.setenv("OF_THE_CANDIDATE", "0")
    replay = Replay(None, False, still=True)
    heard: Any = {"environment": {"OF_THE_CANDIDATE": "1"}, "forbidden": "os.system"}
    replay.heard(heard)
    assert replay.due() == {}
    assert (os.environ["OF_THE_CANDIDATE"], replay.forbidden) == ("1", "os.system")


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("def f(positions): return close(positions)", True),
        ("from fractions import Fraction\ndef f(x): return Fraction(x)", True),
        ("import os\ndef f(): os.chdir('/')", False),
        ("from os import environ as e", False),
        ("import shutil\ndef f(): return shutil.os", False),
        ("from decimal import getcontext", False),
        ("def f(): return __import__('o' + 's')", False),
        ("import sys\ndef f(): return sys.modules['o' + 's']", False),
        ("def f(text): return eval(text)", False),
    ],
)
def test_programs_are_known_to_leave_all_as_it_is(program: str, expected: bool) -> None:
    """Where no word in them leads to what is shared."""
    assert leaves(program) is expected


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ("import math\nassert f(2) == math.sqrt(4)", True),
        ("import os\nassert f(2) == os.getcwd()", False),
        ("import decimal\ndecimal.getcontext().prec = 3", False),
        ("from fractions import Decimal", True),
        ("import random\nrandom._os.chdir('/')", False),
        ("import random\nrandom._os.environ['A'] = 'b'", False),
    ],
)
def test_tests_are_known_to_leave_all_as_it_is(tests: str, expected: bool) -> None:
    """Only where nothing in them leads to what is shared."""
    assert still("", tests) is expected
    assert still(tests, "") is expected
