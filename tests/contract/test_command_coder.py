"""Real programs as coders: whatever they do, nothing of them is left and the cause is the right one."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from kgents.domain.outcome import Cause
from kgents.domain.ports import HarnessError, Limits
from kgents.harness.command import CommandCoder
from kgents.sandbox.process import run

ENV = {"PATH": os.environ["PATH"]}


def python(code: str, *arguments: str) -> CommandCoder:
    return CommandCoder([sys.executable, "-c", code, *arguments], ENV)


async def failure(coder: CommandCoder, limits: Limits = Limits(20)) -> HarnessError:
    with pytest.raises(HarnessError) as caught:
        await coder.generate("prompt", 1, limits)
    return caught.value


async def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie that waits for its parent has), within five seconds."""
    for _ in range(500):
        if not _alive(pid):
            return True
        await asyncio.sleep(0.01)
    return False


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def test_the_prompt_comes_on_stdin_and_the_answer_from_stdout() -> None:
    code = "import os, sys; print(sys.stdin.read().upper(), os.environ['KGENTS_TRIAL'], os.environ['KGENTS_SEED'])"
    reply = await python(code).generate("prömpt", 77, Limits(20), trial=5)
    assert reply.text == "PRÖMPT 5 77\n"
    assert reply.usage.cost_usd is None
    assert reply.usage.calls == 1


async def test_a_program_that_does_not_read_its_stdin_is_no_error() -> None:
    reply = await python("print('x = 1')").generate("p" * 1_000_000, 1, Limits(20))
    assert reply.text == "x = 1\n"


async def test_a_bad_exit_is_a_crash_with_the_end_of_stderr() -> None:
    error = await failure(python("import sys; print('half'); sys.exit('first line\\n' * 100 + 'the reason')"))
    assert error.cause is Cause.HARNESS_CRASH
    assert error.message.endswith("the reason")
    assert "exit status 1" in error.message
    assert error.output == "half\n"
    assert error.usage.calls == 1


async def test_a_signal_is_named() -> None:
    error = await failure(python("import os; os.kill(os.getpid(), 11)"))
    assert error.cause is Cause.HARNESS_CRASH
    assert "signal 11" in error.message


async def test_a_program_that_is_not_there_ends_the_run() -> None:
    error = await failure(CommandCoder(["/no/such/program"], ENV))
    assert error.cause is Cause.HARNESS_MISSING
    assert "--command /no/such/program" in error.message


async def test_endless_output_is_cut() -> None:
    reply = await python("print('x' * 9_000_000)").generate("p", 1, Limits(20, output_bytes=1000))
    assert 1000 <= len(reply.text) < 1100
    assert "bytes left out" in reply.text
    assert reply.stop == "cut"


CHILD = (
    "import os, subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session={setsid})\n"
    "open(sys.argv[1], 'w').write(str(child.pid))\n"
    "{then}\n"
)


@pytest.mark.parametrize("setsid", [False, True])
@pytest.mark.parametrize("then", ["time.sleep(600)", "print('done')"])
async def test_no_child_outlives_a_time_out_or_an_end(tmp_path: Path, setsid: bool, then: str) -> None:
    note = tmp_path / "pid"
    coder = python(CHILD.format(setsid=setsid, then=then), str(note))
    started = time.monotonic()
    if then == "print('done')":
        assert (await coder.generate("p", 1, Limits(20))).text == "done\n"
    else:
        assert (await failure(coder, Limits(1))).cause is Cause.MODEL_TIMEOUT
    assert time.monotonic() - started < 10
    assert await gone(int(note.read_text()))


async def test_no_child_outlives_a_cancellation(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    task = asyncio.ensure_future(
        python(CHILD.format(setsid=True, then="time.sleep(600)"), str(note)).generate("p", 1, Limits())
    )
    while not (note.exists() and note.read_text()):  # noqa: ASYNC110 (the program is another process)
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gone(int(note.read_text()))


async def test_what_was_said_before_a_time_out_is_kept() -> None:
    ended = await run(
        [sys.executable, "-c", "import time; print('so far', flush=True); time.sleep(600)"],
        env=ENV, seconds=1, output_bytes=100,
    )  # fmt: skip
    assert (ended.status, ended.stdout) == (None, b"so far\n")


async def test_the_end_of_a_long_output_is_kept(tmp_path: Path) -> None:
    """A little of the beginning, the whole end, and the gap marked between them."""
    code = "print('first'); [print('line', n) for n in range(20000)]; print('FAILED test_b - 1 != 2')"
    ended = await run([sys.executable, "-c", code], env=dict(os.environ), seconds=60.0, output_bytes=8000)
    assert ended.cut
    assert ended.stdout.startswith(b"first\n")
    assert ended.stdout.endswith(b"FAILED test_b - 1 != 2\n")
    assert b"bytes left out" in ended.stdout
    assert len(ended.stdout) < 8100


async def test_a_program_may_clean_up_at_its_time_out(tmp_path: Path) -> None:
    """SIGTERM comes first, SIGKILL after the grace; the trial has timed out all the same."""
    program = f'trap "echo cleaned > {tmp_path}/cleaned; exit 0" TERM; sleep 60 & wait'
    ended = await run(["sh", "-c", program], env=dict(os.environ), seconds=0.5, output_bytes=100, grace_seconds=30.0)
    assert ended.status is None
    assert (tmp_path / "cleaned").read_text() == "cleaned\n"


async def test_a_program_that_ignores_sigterm_is_killed() -> None:
    """After the grace nothing is asked any more."""
    ended = await run(
        ["sh", "-c", 'trap "" TERM; while :; do :; done'], env=dict(os.environ), seconds=0.2, output_bytes=100,
        grace_seconds=0.2,
    )  # fmt: skip
    assert ended.status is None
