"""The bench: where a worker runs trials. One for each process, reached by one function, `serve`.

Rule: trials run in an event loop of their own thread, so that one that blocks cannot stop the heartbeat of the engine.
A kind is built once for each experiment. A bench that hears nothing of a coordinator for its lease ends that experiment's
trials and lets go of its kind. It reads keys and variables from its own environment, never from the wire.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from kgents import __version__
from kgents.domain.fact import usage_to_data
from kgents.domain.meter import Meter, open_meter
from kgents.domain.outcome import Usage
from kgents.domain.ports import Choosing, Slot, TrialRunner
from kgents.errors import KgentsError
from kgents.harness.ledger import Ledger
from kgents.harness.limiter import Limiters
from kgents.harness.secret import Secrets
from kgents.kinds.options import as_written
from kgents.runner.cluster.messages import Abandoned, Answer, Message, WorkerFacts
from kgents.runner.cluster.wire import outcome_to_data, read, write
from kgents.runner.trial import Chosen, run_one

_LOOK = 0.25  # seconds between two looks at leases
_GONE = 4096  # keys of abandoned attempts that are remembered

Reply = Answer | Abandoned | WorkerFacts


class Purse(Ledger):
    """The books of an experiment on a worker: its coordinator says whether there is budget left."""

    def __init__(self) -> None:
        super().__init__()
        self.open = True

    def may_spend(self, spent: Usage) -> bool:
        """Whether another attempt may be paid for, as far as the coordinator has said."""
        return self.open


@dataclass(slots=True)
class Held:
    """One experiment on a bench.

    renewed  when the coordinator was last heard, by the monotonic clock
    """

    lease: float
    purse: Purse
    building: "asyncio.Task[TrialRunner]"
    renewed: float
    running: "dict[str, tuple[asyncio.Task[Any], Meter]]" = field(default_factory=dict)


class Bench:
    """The experiments of one worker process."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._gone: dict[str, None] = {}
        self._endings: set[asyncio.Future[None]] = set()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self._work, name="kgents-bench", daemon=True).start()

    def _work(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.create_task(self._watch())
        self.loop.run_forever()

    def answer_at_once(self, message: Message) -> Answer | None:
        """The answer to a sign of life, given in any thread also while a trial blocks ours; None for other messages."""
        if message["do"] != "renew" or message["version"] != __version__:
            return None
        held = self._held.get(message["experiment"])
        if held is None:
            return {"unknown": True}
        held.renewed, held.purse.open = time.monotonic(), bool(message["open"])
        return {"running": {key: usage_to_data(meter.usage) for key, (_, meter) in list(held.running.items())}}

    async def serve(self, message: Message) -> Reply:
        """The answer to one message."""
        if message["version"] != __version__ and message["do"] != "inspect":
            text = f"the worker has kgents {__version__}, the coordinator {message['version']}"
            return {"refused": ("usage", text, "install one version everywhere")}
        answers: dict[str, Callable[[Message], Coroutine[Any, Any, Reply]]] = {
            "inspect": self._inspect,
            "build": self._build,
            "run": self._run,
            "abandon": self._abandon,
            "close": self._close,
        }
        try:
            return await answers[message["do"]](message)
        except KgentsError as wrong:
            return {"refused": (wrong.kind, Secrets(_environment()).redact(wrong.message), wrong.hint)}

    async def _inspect(self, message: Message) -> WorkerFacts:
        from kgents.runner.cluster.inspection import inspect

        return await asyncio.to_thread(inspect)

    async def _build(self, message: Message) -> Answer:
        experiment = message["experiment"]
        if experiment not in self._held:
            purse = Purse()
            building = asyncio.ensure_future(self._make(experiment, message, purse))
            self._held[experiment] = Held(float(message["lease"]), purse, building, time.monotonic())
        held = self._held[experiment]
        held.renewed = time.monotonic()
        try:
            await asyncio.shield(held.building)
        except KgentsError:
            self._held.pop(experiment, None)
            raise
        return {}

    async def _make(self, experiment: str, message: Message, purse: Purse) -> TrialRunner:
        """The kind of an experiment; its lease begins when it is built, which may take longer than that."""
        runner = await _built(experiment, message, purse)
        self._held[experiment].renewed = time.monotonic()
        return runner

    async def _run(self, message: Message) -> Answer:
        held, key = self._held.get(message["experiment"]), message["key"]
        if held is None:
            return {"unknown": True}
        runner = await asyncio.shield(held.building)
        if key in self._gone:
            return {"cancelled": True}
        choice = message["choice"]
        if choice is not None and isinstance(runner, Choosing):
            runner = Chosen(runner, choice)
        meter = open_meter()
        slot = Slot(message["arm"], message["index"], message["seed"])
        task = asyncio.ensure_future(run_one(runner, slot, meter))
        held.running[key] = (task, meter)
        try:
            outcome, seconds = await task
        except asyncio.CancelledError:
            return {"cancelled": True, "usage": usage_to_data(meter.usage)}
        finally:
            held.running.pop(key, None)
        return {"outcome": outcome_to_data(replace(outcome, seconds=seconds))}

    async def _abandon(self, message: Message) -> Abandoned:
        """Ends attempts; returns when nothing of them runs any more. What was not begun yet never will."""
        held = self._held.get(message["experiment"])
        for key in message["keys"]:
            self._gone[key] = None
        while len(self._gone) > _GONE:
            self._gone.pop(next(iter(self._gone)))
        mine = {} if held is None else {key: held.running[key] for key in message["keys"] if key in held.running}
        await _ended([task for task, _ in mine.values()])
        return {"usage": {key: usage_to_data(meter.usage) for key, (_, meter) in mine.items()}}

    async def _close(self, message: Message) -> Answer:
        await self._let_go(message["experiment"])
        return {}

    async def _let_go(self, experiment: str) -> None:
        held = self._held.pop(experiment, None)
        if held is None:
            return
        await _ended([task for task, _ in held.running.values()])
        if held.building.done() and not held.building.cancelled() and held.building.exception() is None:
            await held.building.result().aclose()
        else:
            held.building.cancel()

    async def _watch(self) -> None:
        """Ends what no coordinator has asked after for its lease."""
        while True:
            await asyncio.sleep(_LOOK)
            now = time.monotonic()
            ready = [(name, held) for name, held in self._held.items() if held.building.done()]
            for experiment in [name for name, held in ready if now - held.renewed > held.lease]:
                ending = asyncio.ensure_future(self._ended_by_itself(experiment))
                self._endings.add(ending)
                ending.add_done_callback(self._endings.discard)

    async def _ended_by_itself(self, experiment: str) -> None:
        """Lets go of an experiment that nobody asks after; whatever that meets, other leases are looked at all the same."""
        with suppress(Exception):
            await self._let_go(experiment)


async def _ended(tasks: "list[asyncio.Task[Any]]") -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


async def _built(experiment: str, message: Message, purse: Purse) -> TrialRunner:
    from kgents.kinds.kind import RunContext
    from kgents.kinds.registry import kind_of

    part, count = message["share"]
    context = RunContext(_environment(), ledger=purse, limiters=Limiters(proven=False, share=(part, count)))
    kind, config = kind_of(message["kind"]), message["config"]
    opened = await asyncio.to_thread(kind.opened_elsewhere, config)
    return await kind.build(experiment, config, context, opened)


def _environment() -> Mapping[str, str]:
    from kgents.runner.settings import ProcessSettings

    return ProcessSettings.read("sqlite://").environment


_bench: Bench | None = None
_one = threading.Lock()


def bench() -> Bench:
    """The bench of this process."""
    global _bench
    with _one:
        _bench = _bench or Bench()
        return _bench


async def serve(text: str) -> str:
    """What crosses the wire by reference, and nothing else does: one message in, its answer out. Raises ValueError."""
    here, message = bench(), as_written(Message, read(text))
    at_once = here.answer_at_once(message)
    if at_once is not None:
        return write(at_once)
    answer: Future[Reply] = asyncio.run_coroutine_threadsafe(here.serve(message), here.loop)
    reply: Reply = await asyncio.wrap_future(answer)
    return write(reply)
