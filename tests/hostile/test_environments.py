"""Weaker machines, simulated: the level is what was withstood, never what a call returned; and what ends with what."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kgents.domain.outcome import Cause
from kgents.errors import SandboxUnavailable
from kgents.sandbox import forkserver
from kgents.sandbox.attacks import ATTACKS
from kgents.sandbox.inside.linux import seccomp
from kgents.sandbox.program import Program
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.oracle import Oracle
from kgents.verify.verifier import SandboxVerifier

SRC = str(Path(seccomp.__file__).parents[2])
DENYING = """
import json, os, sys
sys.path.insert(0, {src!r})
from kgents.errors import SandboxUnavailable
from kgents.sandbox.inside.linux import seccomp, syscalls as system
from kgents.sandbox.sandbox import open_sandbox

system.prctl(system.NO_NEW_PRIVS, 1)
ops = [(0x20, 0, 0, 0)]
for number in {denied!r}:
    ops += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | {error})]
seccomp.Filter([*ops, (0x06, 0, 0, 0x7FFF0000)]).apply(0)
try:
    sandbox = open_sandbox()
except SandboxUnavailable as wrong:
    print(json.dumps([None, wrong.message]))
else:
    answers = sandbox.calls("def f(x): return x + 1", "f", [[1]], 5).answers
    print(json.dumps([sandbox.level, sandbox.describe()["holes"], answers[0]["value"]]))
    sandbox.close()
"""
NAMESPACES = (272, 308, 165)  # unshare, setns, mount
LANDLOCK = (444, 445, 446)
x86 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")


def opened(denied: tuple[int, ...], error: int) -> list[object]:
    program = DENYING.format(src=SRC, denied=denied, error=error)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


@x86
def test_a_container_without_namespaces_is_confined_by_landlock_and_filters() -> None:
    assert opened(NAMESPACES, 1) == ["L3", ["fs_see", "host_name"], 2]


@x86
def test_without_landlock_namespaces_do() -> None:
    assert opened(LANDLOCK, 38) == ["L4", [], 2]


@x86
def test_with_neither_nothing_is_run() -> None:
    level, message = opened((*NAMESPACES, *LANDLOCK), 1)
    assert level is None
    assert "only L2" in str(message)


def test_nothing_survives_the_death_of_the_supervisor() -> None:
    program = (
        f"import sys; sys.path.insert(0, {SRC!r})\n"
        "from kgents.sandbox.sandbox import open_sandbox\nsandbox = open_sandbox()\n"
        "print(*sandbox.backend.tokens, flush=True)\n"
        "sandbox.calls('def f(x):\\n    while True: pass', 'f', [[1]], 60)\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd="/")
    assert supervisor.stdout is not None
    token = supervisor.stdout.readline().strip()
    assert token
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    supervisor.stdout.close()
    deadline = time.monotonic() + 20
    while running(token) and time.monotonic() < deadline:
        os.sched_yield()
    assert running(token) == []


def running(token: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and token in (entry / "cmdline").read_text(errors="replace"):
                found.append(entry.name)
        except OSError:
            continue
    return found


ADD = Oracle("reference", "add", ("add",), (([1, 2], {"value": 3}, "add"),))


def test_a_full_table_of_processes_is_our_fault_and_tried_again() -> None:
    """The kernel's answer to fork is EAGAIN in either case; the sandbox is told of it by its zygote."""
    sandbox = open_sandbox(cpu_s=2)
    verifier = SandboxVerifier(ADD, sandbox)
    ours = sandbox.backend.zygote(sandbox.candidate)
    failures: list[float] = []

    def full(_: Program, wall: float) -> forkserver.Job:
        failures.append(wall)
        channel, theirs = socket.socketpair()
        theirs.close()
        status, told = os.pipe()
        os.write(told, b"Resource temporarily unavailable")
        os.close(told)
        return channel, 1_000_000, status

    ours.spawn = full  # type: ignore[method-assign]
    judgements = [verifier.judge("def add(a, b): return a + b") for _ in range(2)]
    assert [judgement.success for judgement in judgements] == [True] * len(judgements), judgements
    assert failures
    assert sandbox.backend.zygote(sandbox.candidate) is not ours
    sandbox.close()


def test_where_only_limits_are_to_be_had_it_says_so_and_still_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system without prctl, namespaces, filters and descriptors for processes."""
    monkeypatch.setattr(forkserver, "PLAIN", True)
    with pytest.raises(SandboxUnavailable, match=r"limits only: only L[01]"):
        open_sandbox()
    sandbox = open_sandbox(allow_weak=True, cpu_s=1)
    described = sandbox.describe()
    assert (described["recipe"], described["level"]) == ("limits only", "L1")
    assert {"fs_read", "net_inet", "exec"} <= set(described["holes"])
    verifier = SandboxVerifier(ADD, sandbox)
    candidates = {
        "def add(a, b): return a + b": (True, None),
        "def add(a, b): return a - b": (False, Cause.WRONG_OUTPUT),
        "def add(a, b):\n    while True: pass": (False, Cause.TIMEOUT),
        "import os\nos._exit(3)\ndef add(a, b): return 3": (False, Cause.EXCEPTION),
    }
    for candidate, expected in candidates.items():
        judgement = verifier.judge(candidate)
        assert (judgement.success, judgement.cause) == expected, judgement.error
    (token,) = sandbox.backend.tokens
    assert running(token)
    sandbox.close()
    assert running(token) == []


def test_a_sandbox_that_fails_twice_says_nothing_of_the_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = open_sandbox(cpu_s=2)
    sandbox.backend.zygote(sandbox.candidate).close()
    monkeypatch.setattr(Sandbox, "renew", lambda self: None)
    judgement = SandboxVerifier(ADD, sandbox).judge("def add(a, b): return a - b")
    assert (judgement.success, judgement.cause) == (None, Cause.SANDBOX)
    sandbox.close()


def test_the_attack_writes_into_nothing_but_its_own_buffers() -> None:
    """What succeeds where only limits are to be had is run under an allocator that sees writes beyond the end."""
    program = f"{ATTACKS}\nfor _ in range(20): stores(), touched(os.getpid()), signalled(os.getpid())\nprint('whole')"
    line = [sys.executable, "-I", "-X", "dev", "-W", "ignore", "-c", program]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr
