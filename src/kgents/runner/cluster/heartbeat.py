"""The heartbeat of a coordinator: who is there, who has joined, frozen or left, and whether the scheduler still answers."""

import asyncio
import time
from typing import Protocol

from kgents.domain.notice import tell
from kgents.errors import KgentsError, WorldError
from kgents.kinds.options import as_written
from kgents.runner.cluster.address import Clocks
from kgents.runner.cluster.fleet import Fleet
from kgents.runner.cluster.messages import Answer
from kgents.runner.cluster.remote import Remote
from kgents.runner.cluster.seam import Engine, Unanswered
from kgents.runner.cluster.wire import read

PEOPLED_SECONDS = 120.0  # for a worker to come, where none is left: they are started again, or moved


class Gate(Protocol):
    """Who lets workers in."""

    async def join(self, address: str, slots: int) -> None:
        """Prepares a worker and adds it to the fleet, now or when it is asked again. KgentsError: never; Unanswered."""

    def left(self, address: str) -> None:
        """A worker is gone."""


class Heartbeat:
    """Renews the lease of an experiment on every worker, and looks at what they answer.

    gate   lets workers in
    where   the address of the scheduler, for what is said when it is lost
    """

    def __init__(self, engine: Engine, fleet: Fleet, remote: Remote, clocks: Clocks, gate: Gate, where: str) -> None:
        self._engine, self._fleet, self._remote, self._clocks = engine, fleet, remote, clocks
        self._gate, self._where = gate, where
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
        for address in {*self._fleet.addresses, *self._heard} - set(members):
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
        self._gate.left(address)
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
                await self._gate.join(address, slots)
            if address not in self._fleet.addresses:
                return
            answer = as_written(Answer, read(await self._engine.tell(address, self._remote.renewal())))
            if answer.get("unknown"):
                await self._gate.join(address, slots)
            self._heard[address] = time.monotonic()
            strays = self._remote.heard(address, answer, asked)
            if strays:
                await self._engine.tell(address, self._remote.message("abandon", keys=strays))
        except (Unanswered, WorldError):
            pass
        except KgentsError as wrong:
            self._refused.add(address)
            tell("worker", f"{address} is left out: {wrong.message}", "warning")
        finally:
            self._asking.pop(address, None)
            if address not in self._fleet.addresses:
                self._gate.left(address)
