"""A program is run to its end, and nothing of it is left: whatever it does, and whatever becomes of us."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kgents.sandbox import launched, process
from kgents.sandbox.process import Ended, run

SRC = str(Path(__file__).parents[3] / "src")
STRAY = "env -i setsid sh -c 'echo $$ > stray; mv stray pid; exec sleep 1000' & until test -e pid; do :; done; "
linux = pytest.mark.skipif(sys.platform != "linux", reason="launchers need Linux")


async def ended(line: str, folder: Path, **more: Any) -> Ended:
    options = {"seconds": 60.0, "output_bytes": 1000, **more}
    return await run(("sh", "-c", line), env={"PATH": os.environ["PATH"]}, cwd=folder, **options)


def gone(pid: int) -> bool:
    """Whether a process has ended, or ends within half a minute."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 30)[0])
    finally:
        os.close(handle)


@pytest.fixture(params=["launched", "spawned"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With launchers, and as where there are none."""
    if request.param == "spawned":
        monkeypatch.setattr(launched.sys, "platform", "elsewhere")
        monkeypatch.setattr(launched, "_pools", {})
    return str(request.param)


async def test_output_status_and_input(way: str, tmp_path: Path) -> None:
    """Both outputs, the exit status and standard input; a signal is a negative status."""
    end = await ended("cat; echo wrong >&2; exit 3", tmp_path, stdin=b"given")
    assert (end.status, end.stdout, end.stderr) == (3, b"given", b"wrong\n")
    assert (await ended("kill -9 $$", tmp_path)).status == -signal.SIGKILL


async def test_what_cannot_be_started_is_an_error_of_the_system(way: str, tmp_path: Path) -> None:
    """A program or a folder that is not there, or a file that is no program."""
    for program, folder, error in (
        ("nosuch-program", tmp_path, FileNotFoundError),
        ("true", tmp_path / "nowhere", FileNotFoundError),
        (str(tmp_path), tmp_path, PermissionError),
    ):
        with pytest.raises(error):
            await run((program,), env={"PATH": os.environ["PATH"]}, cwd=folder, seconds=60, output_bytes=10)


async def test_a_time_out_asks_first(way: str, tmp_path: Path) -> None:
    """SIGTERM, a grace, SIGKILL: what is written in the grace is kept, and the status is none."""
    end = await ended(
        "trap 'echo asked; exit 0' TERM; while :; do sleep 0.01; done", tmp_path, seconds=1, grace_seconds=60
    )
    assert (end.status, end.stdout) == (None, b"asked\n")
    end = await ended("trap '' TERM; while :; do sleep 0.01; done", tmp_path, seconds=0.1, grace_seconds=0.1)
    assert end.status is None


async def test_the_middle_of_long_outputs_is_left_out(way: str, tmp_path: Path) -> None:
    """The first quarter and the last three are kept, the gap is marked."""
    end = await ended("echo begin; head -c 100000 /dev/zero; echo end", tmp_path)
    assert end.cut
    assert end.stdout.startswith(b"begin\n")
    assert end.stdout.endswith(b"\x00end\n")
    assert b"bytes left out" in end.stdout


@linux
async def test_a_stray_without_token_session_and_parent_dies(tmp_path: Path) -> None:
    """A process with a new session and an empty environment whose parent is gone is found all the same."""
    assert (await ended(f"({STRAY}) ; exit 0", tmp_path)).status == 0
    assert gone(int((tmp_path / "pid").read_text()))


@linux
async def test_a_program_that_kills_its_parent_hits_only_itself(tmp_path: Path) -> None:
    """It counts as killed, its strays die, and the next program runs."""
    end = await ended(STRAY + "kill -9 $PPID; while :; do sleep 1; done", tmp_path)
    assert end.status == -signal.SIGKILL
    assert gone(int((tmp_path / "pid").read_text()))
    assert (await ended("exit 0", tmp_path)).status == 0


@linux
async def test_one_launcher_serves_programs_one_after_the_other(tmp_path: Path) -> None:
    """Nothing is forked anew for a program that comes after another."""
    await ended("exit 0", tmp_path)
    first, second = [(await ended("echo $PPID", tmp_path)).stdout for _ in range(2)]
    assert first == second


@linux
async def test_a_cancelled_program_is_gone_when_the_cancellation_is(tmp_path: Path) -> None:
    """Whoever waits for the cancelled task waits for the end of all processes."""
    os.mkfifo(tmp_path / "begun")
    task = asyncio.ensure_future(ended("echo $$ > begun; exec sleep 1000", tmp_path))
    pid = int(await asyncio.to_thread((tmp_path / "begun").read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


KILLED = """
import asyncio, os, sys
from kgents.sandbox.process import run
line = sys.argv[1] + "echo $$ > own; mv own child; echo ready > told; exec sleep 1000"
asyncio.run(run(("sh", "-c", line), env=dict(os.environ), seconds=600, output_bytes=10))
"""


@linux
def test_programs_die_with_us_when_we_are_killed(tmp_path: Path) -> None:
    """After kill -9 of the process that runs a program, the program and its strays end."""
    os.mkfifo(tmp_path / "told")
    environment = {**os.environ, "PYTHONPATH": SRC}
    with subprocess.Popen([sys.executable, "-c", KILLED, STRAY], cwd=tmp_path, env=environment) as owner:
        (tmp_path / "told").read_text()
        owner.kill()
    assert gone(int((tmp_path / "child").read_text()))
    assert gone(int((tmp_path / "pid").read_text()))


def test_descriptors_of_ours_are_not_inherited(tmp_path: Path) -> None:
    """A program sees standard input, output and error, and nothing else."""
    line = "ls /proc/self/fd | wc -l" if sys.platform == "linux" else "echo 4"
    assert int(asyncio.run(ended(line, tmp_path)).stdout) == 4  # the fourth is the folder that ls reads
    assert process.Launched is launched.Launched
