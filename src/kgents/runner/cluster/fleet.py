"""Who is there, and which attempt runs where: every attempt is given to one worker by us, never by the engine.

So it is known what ran beside an attempt when its worker died. An attempt that saw a worker die is a suspect: it waits
until one worker has nothing else to do and runs there alone, and suspects run one at a time.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Member:
    """One worker. `reserved`: it takes nothing but the suspect that waits for it."""

    slots: int
    running: set[str] = field(default_factory=set)
    reserved: bool = False
    silent: bool = False


class Fleet:
    """Workers by address, and the attempts that each of them runs."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}
        self._fallen: dict[str, frozenset[str]] = {}
        self._changed = asyncio.Condition()
        self._suspects = asyncio.Lock()
        self._grown: Callable[[int], None] = lambda slots: None

    def on_growth(self, told: Callable[[int], None]) -> None:
        """Has the number of slots told whenever a worker joins."""
        self._grown = told

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every worker that takes trials, also those that are silent."""
        return tuple(self._members)

    @property
    def slots(self) -> int:
        """How many trials run at once, over all workers."""
        return sum(member.slots for member in self._members.values() if not member.silent)

    async def join(self, address: str, slots: int) -> None:
        """A worker takes trials from now on."""
        self._members.setdefault(address, Member(slots))
        self._fallen.pop(address, None)
        self._grown(self.slots)
        await self._tell()

    async def leave(self, address: str) -> None:
        """A worker is gone, or has let go of the experiment; what ran on it is remembered for those who hear of it later."""
        self.fall(address)
        await self._tell()

    async def hush(self, address: str, silent: bool) -> None:
        """A worker has said nothing for long and takes no trial, or has spoken again."""
        member = self._members.get(address)
        if member is not None and member.silent is not silent:
            member.silent = silent
            await self._tell()

    def fall(self, address: str) -> frozenset[str]:
        """A worker died: the attempts that ran on it when that was first heard."""
        if address not in self._fallen:
            member = self._members.pop(address, None)
            self._fallen[address] = frozenset() if member is None else frozenset(member.running)
        return self._fallen[address]

    async def take(self, key: str) -> str:
        """A slot for an attempt, on the worker with the most that are free; waits for one."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._roomiest() is not None)
            address = self._roomiest()
            assert address is not None
            self._members[address].running.add(key)
            return address

    async def take_alone(self, key: str, avoid: frozenset[str] = frozenset()) -> str:
        """A worker with nothing else to do, for a suspect, which gives it back with `give_back`; suspects take turns.

        avoid  hosts on which it has seen workers die; another is taken where there is one
        """
        await self._suspects.acquire()
        address: str | None = None
        try:
            async with self._changed:
                while True:
                    await self._changed.wait_for(lambda: self._calmest(avoid) is not None)
                    address = self._calmest(avoid)
                    assert address is not None
                    member = self._members[address]
                    member.reserved = True
                    if not member.running:
                        member.running.add(key)
                        return address
                    await self._changed.wait()
                    member.reserved = False
        except BaseException:
            if address in self._members:
                self._members[address].reserved = False
            self._suspects.release()
            raise

    async def give_back(self, key: str, address: str, alone: bool = False) -> None:
        """An attempt has ended."""
        member = self._members.get(address)
        if member is not None:
            member.running.discard(key)
            member.reserved = member.reserved and not alone
        if alone:
            self._suspects.release()
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _roomiest(self) -> str | None:
        free = {
            address: member.slots - len(member.running)
            for address, member in self._members.items()
            if not member.reserved and not member.silent
        }
        best = max(free, key=free.__getitem__, default=None)
        return best if best is not None and free[best] > 0 else None

    def _calmest(self, avoid: frozenset[str]) -> str | None:
        ready = [address for address, member in self._members.items() if not member.silent]
        others = [address for address in ready if address not in avoid] or ready
        return min(others, key=lambda address: len(self._members[address].running), default=None)


def plan_facts(inspected: Mapping[str, Mapping[str, object]]) -> list[dict[str, object]]:
    """What the plan keeps of workers: how many there are of each version, interpreter and sandbox level."""
    counts: dict[tuple[str, str, str], int] = {}
    for worker in inspected.values():
        key = (str(worker["kgents"]), str(worker["python"]), str(worker["sandbox"]))
        counts[key] = counts.get(key, 0) + 1
    return [
        {"kgents": version, "python": python, "sandbox": sandbox, "workers": count}
        for (version, python, sandbox), count in sorted(counts.items())
    ]
