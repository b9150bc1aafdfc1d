"""Sessions of pytest: those of one interpreter are forked from one process, and each is as if it had been started alone."""

import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify import choosing as oracles
from kgents.verify.mirrors.line import lines_of
from kgents.verify.mirrors.proof import mirrored_job
from kgents.verify.mirrors.session import Session
from kgents.verify.verifier import SandboxVerifier

COMMON: dict[str, Any] = {"entry": None, "defined": (), "checks": (), "tolerance": 1e-9}
HERE = """
import os
from solution import one
SEEN = (os.getcwd(), os.environ.get("KGENTS_TEST_SEEN"), os.environ["PYTHONHASHSEED"])
def test_where():
    assert SEEN == {seen!r}
    assert one() == 1
def test_leader():
    assert os.getpgid(0) != os.getppid()
"""
ONE, TWO = "def one(): return 1", "def one(): return 2"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Closed by a test or afterwards."""
    opened = open_sandbox()
    yield opened
    opened.close()


def parent_of(pid: int | None) -> int:
    """The parent of a process; 0 where there is no such process."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def session_of(sandbox: Sandbox, tests: str) -> Session:
    """The session that is there for these tests."""
    return lines_of(sandbox).session(mirrored_job(oracles.tests_oracle(tests, COMMON, None)))


def judged(sandbox: Sandbox, tests: str) -> list[bool | None]:
    """Verdicts on a right and a wrong candidate."""
    verifier = SandboxVerifier(oracles.tests_oracle(tests, COMMON, None), sandbox)
    return [verifier.judge(code).success for code in (ONE, TWO)]


def test_each_is_in_the_folder_and_has_the_variables_of_who_asks(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although all come from one process, which may have been started elsewhere."""
    servers = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        monkeypatch.setenv("KGENTS_TEST_SEEN", name)
        tests = HERE.format(seen=(os.path.realpath(tmp_path / name), name, "0"))
        assert judged(sandbox, tests) == [True, False]
        servers.append(parent_of(session_of(sandbox, tests).pid))
    assert servers[0] == servers[1] != os.getpid()


def test_an_interpreter_that_would_start_otherwise_is_another(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it reads when it starts cannot be changed in a fork."""
    plain = "from solution import one\ndef test_one():\n    assert one() == 1\n"
    first = parent_of(session_of(sandbox, plain).pid)
    monkeypatch.setenv("PYTHONINTMAXSTRDIGITS", "1000")
    tests = "import sys\nfrom solution import one\ndef test_most():\n    assert sys.get_int_max_str_digits() == 1000 and one()\n"
    assert judged(sandbox, tests)[0] is True
    assert parent_of(session_of(sandbox, tests).pid) != first


def test_one_whose_process_was_killed_is_replaced(sandbox: Sandbox) -> None:
    """Files that come later are judged all the same."""
    tests = ["from solution import one\ndef test_one():\n    assert one() == 1\n" + "#" * extra for extra in range(2)]
    first = parent_of(session_of(sandbox, tests[0]).pid)
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert judged(sandbox, tests[1]) == [True, False]
    assert parent_of(session_of(sandbox, tests[1]).pid) not in (0, first)
    assert judged(sandbox, tests[0]) == [True, False]


def test_a_session_ends_with_its_sandbox(sandbox: Sandbox) -> None:
    """What served it stays, for the next."""
    tests = "from solution import one\ndef test_one():\n    assert one() == 1\n"
    session = session_of(sandbox, tests)
    server = parent_of(session.pid)
    assert server
    assert session.unusable is None
    assert session.pid is not None
    with os.fdopen(os.pidfd_open(session.pid), "rb") as process:
        sandbox.close()
        assert select.select([process], [], [], 30)[0]  # its line is closed a moment before it has ended
    assert parent_of(server) == os.getpid()
