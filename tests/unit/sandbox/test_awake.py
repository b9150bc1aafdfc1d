"""Time in which this process is stopped is the machine's: it ends no program and is counted against none."""

import asyncio
import math
import os
import sys
from pathlib import Path

import pytest

from kgents.sandbox.awake import BEAT_SECONDS, AwakeTimeout
from kgents.sandbox.process import run


class Jumps:
    """The clock of the running loop, which goes ahead when told to, as after SIGSTOP and SIGCONT."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        real = loop.time
        self.ahead = 0.0
        monkeypatch.setattr(loop, "time", lambda: real() + self.ahead)


async def _pass(jumps: Jumps, seconds: float) -> None:
    """Lets time pass in steps that a running process sees."""
    for _ in range(math.ceil(seconds / (BEAT_SECONDS / 2))):
        jumps.ahead += BEAT_SECONDS / 2
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_a_gap_is_not_counted_against_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop of a thousand seconds leaves a limit of four as it was, and is told."""
    jumps = Jumps(monkeypatch)
    async with AwakeTimeout(4.0) as limit:
        await _pass(jumps, 1.0)
        jumps.ahead += 1000.0
        await _pass(jumps, 2.0)
    assert limit.stopped == pytest.approx(1000.0, abs=BEAT_SECONDS)
    assert 2.5 < limit.seconds < 3.9


async def _stop_and_overrun(limit: AwakeTimeout, jumps: Jumps) -> None:
    async with limit:
        await _pass(jumps, 1.0)
        jumps.ahead += 1000.0
        await _pass(jumps, 5.0)


async def test_a_limit_still_strikes_after_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the gap is forgiven: four seconds of running end it."""
    jumps = Jumps(monkeypatch)
    limit = AwakeTimeout(4.0)
    with pytest.raises(TimeoutError):
        await _stop_and_overrun(limit, jumps)
    assert limit.stopped == pytest.approx(1000.0, abs=BEAT_SECONDS)


async def test_two_gaps_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second stop is forgiven as the first."""
    jumps = Jumps(monkeypatch)
    async with AwakeTimeout(3.0) as limit:
        for _ in range(2):
            await _pass(jumps, 1.0)
            jumps.ahead += 50.0
        await _pass(jumps, 0.5)
    assert limit.stopped == pytest.approx(100.0, abs=2 * BEAT_SECONDS)


async def test_a_limit_shorter_than_a_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap is seen before the shortest limit strikes, too."""
    jumps = Jumps(monkeypatch)
    async with AwakeTimeout(0.2) as limit:
        jumps.ahead += 60.0
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert limit.stopped == pytest.approx(60.0, abs=BEAT_SECONDS)


async def test_a_program_that_ended_well_while_we_were_stopped_has_passed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The real exit status comes first, and the stop is reported beside it."""
    os.mkfifo(tmp_path / "begun")
    os.mkfifo(tmp_path / "go")
    program = "import sys; open(sys.argv[1] + '/begun', 'w').close(); open(sys.argv[1] + '/go').read()"
    running = asyncio.ensure_future(
        run([sys.executable, "-c", program, str(tmp_path)], env=dict(os.environ), seconds=30.0, output_bytes=100)
    )
    await asyncio.to_thread((tmp_path / "begun").read_text)
    jumps = Jumps(monkeypatch)
    for _ in range(3):
        jumps.ahead += 100.0
        await asyncio.sleep(0.001)
    await asyncio.to_thread((tmp_path / "go").write_text, "")
    ended = await running
    assert ended.status == 0
    assert ended.stopped > 30.0
    assert ended.seconds < 30.0
