"""The heartbeat of a coordinator: who is there, who has joined, frozen or left, and whether the scheduler still answers."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from kgents.errors import KgentsError
from kgents.runner.cluster.address import Clocks
from kgents.runner.cluster.fleet import Fleet
from kgents.runner.cluster.remote import Remote
from kgents.runner.cluster.seam import Engine, Unanswered
from kgents.runner.cluster.wire import read

PEOPLED_SECONDS = 120.0  # for a worker to come, where none is left: they are started again, or moved
Join = Callable[[str, int], Awaitable[None]]


class Heartbeat:
    """Renews the lease of an experiment on every worker, and looks at what they answer.

    join   has a worker that is new prepared, and adds it to the fleet. Raises KgentsError where it is refused, Unanswered
    where   the address of the scheduler, for what is said when it is lost
    """

    def __init__(self, engine: Engine, fleet: Fleet, remote: Remote, clocks: Clocks, join: Join, where: str) -> None:
        self._engine, self._fleet, self._remote, self._clocks = engine, fleet, remote, clocks
        self._join, self._where = join, where
        self._heard: dict[str, float] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._refused: set[str] = set()
        self._answered = self._peopled = time.monotonic()

    async def run(self) -> None:
        """Beats until it is cancelled or the run is halted."""
        try:
            while not self._remote.halted.done():
                await self._beat()
                await asyncio.sleep(self._clocks.beat)
        finally:
            for task in self._asking.values():
                task.cancel()

    async def _beat(self) -> None:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(max(0.5, self._clocks.silence / 2)):
                members = await self._engine.members()
        except (Unanswered, TimeoutError):
            self._look_for_silence()
            return
        self._answered = time.monotonic()
        for address in set(self._fleet.addresses) - set(members):
            await self._gone(address)
        for address, slots in members.items():
            if address not in self._asking and address not in self._refused:
                self._asking[address] = asyncio.ensure_future(self._ask(address, slots))
        await self._hush(begun)
        self._look_for_people()

    def _look_for_silence(self) -> None:
        if time.monotonic() - self._answered > self._clocks.silence:
            self._remote.halt(f"the scheduler {self._where} was lost: no answer for {self._clocks.silence:g} s")

    def _look_for_people(self) -> None:
        now = time.monotonic()
        if self._fleet.slots:
            self._peopled = now
        elif now - self._peopled > PEOPLED_SECONDS:
            self._remote.halt(f"no worker is left at {self._where}, for {PEOPLED_SECONDS:g} s")

    async def _gone(self, address: str) -> None:
        """A worker that the scheduler no longer has. Its death, where it died, is told to its attempts by the engine."""
        await self._fleet.leave(address)
        self._heard.pop(address, None)
        for attempt in list(self._remote.flying.values()):
            if attempt.address == address:
                asyncio.get_running_loop().call_later(self._clocks.beat, attempt.give_up, "its worker has left")

    async def _hush(self, now: float) -> None:
        """Has the trials of workers that say nothing run elsewhere."""
        for address in self._fleet.addresses:
            silent = now - self._heard.setdefault(address, now) > self._clocks.ttl
            await self._fleet.hush(address, silent)
            for attempt in list(self._remote.flying.values()):
                if silent and attempt.address == address:
                    attempt.give_up("its worker says nothing")

    async def _ask(self, address: str, slots: int) -> None:
        try:
            asked = time.monotonic()
            if address not in self._fleet.addresses:
                await self._join(address, slots)
            answer = read(await self._engine.tell(address, self._remote.renewal()))
            if answer.get("unknown"):
                await self._join(address, slots)
            self._heard[address] = time.monotonic()
            strays = self._remote.heard(address, answer, asked)
            if strays:
                await self._engine.tell(address, self._remote.message("abandon", keys=strays))
        except KgentsError as wrong:
            self._refused.add(address)
            with suppress(OSError, ValueError):
                print(f"warning: {address} is left out: {wrong.message}", file=sys.stderr)  # noqa: T201
        except Unanswered:
            pass
        finally:
            self._asking.pop(address, None)
