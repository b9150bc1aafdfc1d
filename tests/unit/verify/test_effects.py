"""What is told with each message between tests and candidate: only what has changed, and of chance only where it is used."""

import os
import random
import socket
from collections.abc import Callable
from typing import Any

import pytest

from kgents.verify.mirrors.inside.effects import Environment, Replay
from kgents.verify.mirrors.inside.peer import Peer


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
