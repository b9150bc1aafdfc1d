"""Opens the workers of a run: each is asked what it is, has the kind built, and takes trials from then on."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kgents import __version__
from kgents.domain.json import JsonObject
from kgents.domain.ports import TrialRunner
from kgents.errors import UsageError, WorldError
from kgents.harness.ledger import Ledger
from kgents.kinds.kind import Config
from kgents.kinds.options import as_written
from kgents.runner.cluster.address import Clocks, Workers
from kgents.runner.cluster.fleet import Fleet, plan_facts
from kgents.runner.cluster.heartbeat import Heartbeat
from kgents.runner.cluster.messages import Answer, Inspected, Listed, WorkerFacts
from kgents.runner.cluster.remote import Remote
from kgents.runner.cluster.seam import Engine, Unanswered
from kgents.runner.cluster.shares import Shares, least_limit
from kgents.runner.cluster.wire import read, write

_PATIENCE = 60.0  # seconds for a worker to be asked, or to build a kind
_LOOK = 0.2  # seconds between two looks for the first worker
_CLOSING = 2.0  # seconds for workers to let go at the end


@dataclass(frozen=True, slots=True)
class Opened:
    """Workers that are ready for an experiment.

    facts  what the plan keeps of them: how many of each version, interpreter and sandbox level
    """

    remote: Remote
    fleet: Fleet
    facts: Sequence[Mapping[str, object]]


def is_paid(config: Config) -> bool:
    """Whether a coder of the configuration asks somebody who may send a bill."""
    coders = config.get("coders")
    known = coders if isinstance(coders, list) else []
    return any(isinstance(coder, Mapping) and coder.get("harness") not in ("simulated", "replay") for coder in known)


@asynccontextmanager
async def open_workers(
    workers: Workers,
    experiment: str,
    kind: str,
    config: Config,
    ledger: Ledger,
    local: TrialRunner,
    sandbox: str | None = None,
) -> AsyncIterator[Opened]:
    """The workers at an address, ready for the trials of an experiment; they let go of it at the end.

    local    what would run the trials here
    sandbox  the level that the plan was made with, or None where candidates run in none
    UsageError where there are none, or where they differ in what a verdict depends on.
    """
    from kgents.runner.cluster.dask_engine import connect

    engine = await connect(workers)
    try:
        inspected, members = await inspect_all(engine, workers)
        refuse_differences(inspected, sandbox)
        fleet = Fleet()
        remote = Remote(engine, fleet, experiment, workers.clocks, ledger, local, is_paid(config))
        builder = _Builder(engine, fleet, remote, workers.clocks, kind, config, inspected)
        joining = (builder.join(address, slots) for address, slots in members.items() if address in inspected)
        _enough(await asyncio.gather(*joining, return_exceptions=True))
        beat = asyncio.ensure_future(Heartbeat(engine, fleet, remote, workers.clocks, builder, workers.address).run())
        try:
            yield Opened(remote, fleet, plan_facts(inspected))
        finally:
            beat.cancel()
            await _let_go(engine, fleet, remote)
    finally:
        await engine.aclose()


async def _let_go(engine: Engine, fleet: Fleet, remote: Remote) -> None:
    tasks = [asyncio.ensure_future(engine.tell(address, remote.message("close"))) for address in fleet.addresses]
    if tasks and not remote.halted.done():
        await asyncio.wait(tasks, timeout=_CLOSING)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def inspect_all(engine: Engine, workers: Workers) -> tuple[dict[str, Inspected], Mapping[str, int]]:
    """(what every worker says it is, its slots), by address. UsageError where none comes within the time to live."""
    limit = asyncio.get_running_loop().time() + workers.clocks.ttl
    try:
        while not (members := await engine.members()) and asyncio.get_running_loop().time() < limit:  # noqa: ASYNC110 - nothing tells of a worker
            await asyncio.sleep(_LOOK)
    except Unanswered as wrong:
        raise _gone(workers) from wrong
    if not members:
        raise UsageError(f"--workers {workers.address}: no worker is there", f"kg cluster worker {workers.address}")
    inspections = await asyncio.gather(*(_inspected(engine, address) for address in members), return_exceptions=True)
    try:
        _enough(inspections)
    except WorldError:
        await _there(engine, workers)
        raise
    answers = zip(members, inspections, strict=True)
    return {address: answer for address, answer in answers if not isinstance(answer, BaseException)}, members


async def _there(engine: Engine, workers: Workers) -> None:
    """WorldError where it is the scheduler that is gone: a worker cannot be reached without it."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await engine.members()
    except (Unanswered, TimeoutError) as wrong:
        raise _gone(workers) from wrong


def _gone(workers: Workers) -> WorldError:
    return WorldError(f"--workers {workers.address}: the scheduler does not answer", "is it running?")


def _enough(answers: Sequence[object]) -> None:
    """Raises what workers refused; a worker that did not answer is asked again by the heartbeat, unless it was the last."""
    wrong = [answer for answer in answers if isinstance(answer, BaseException)]
    for error in wrong:
        if not isinstance(error, WorldError) or len(wrong) == len(answers):
            raise error


async def _inspected(engine: Engine, address: str) -> Inspected:
    before = time.time()
    answer = await _told(engine, address, write({"do": "inspect", "version": __version__}))
    facts = as_written(WorkerFacts, answer)
    return {**facts, "skew": skew(facts["clock"], before, time.time())}


def skew(clock: float, before: float, after: float) -> float:
    """Seconds by which a clock that was read between two moments of ours is off at least."""
    return min(clock - before, 0.0) + max(clock - after, 0.0)


async def _told(engine: Engine, address: str, text: str) -> JsonObject:
    """The answer of a bench. UsageError for a refusal, WorldError where there is none."""
    try:
        async with asyncio.timeout(_PATIENCE):
            answer = read(await engine.tell(address, text))
    except (Unanswered, TimeoutError) as wrong:
        raise WorldError(f"the worker {address} does not answer: {wrong}", "kg cluster check says which do") from wrong
    if "refused" in answer:
        _, message, hint = as_written(Answer, answer)["refused"]
        raise UsageError(f"the worker {address}: {message}", hint)
    return answer


def refuse_differences(inspected: Mapping[str, WorkerFacts], sandbox: str | None) -> None:
    """UsageError where workers have another version of kgents, or other sandbox levels than each other or the plan."""
    for address, worker in inspected.items():
        if worker["kgents"] != __version__:
            raise UsageError(
                f"the worker {address} has kgents {worker['kgents']}, this machine {__version__}",
                "install one version everywhere",
            )
    levels = {str(worker["sandbox"]): address for address, worker in inspected.items()}
    if len(levels) > 1:
        told = ", ".join(f"{level} at {address}" for level, address in sorted(levels.items()))
        raise UsageError(
            f"workers have different sandbox levels ({told}): a verdict would depend on the machine",
            "kg cluster check shows them; let only those of one level join",
        )
    level = next(iter(levels), None)
    if sandbox is not None and level != sandbox:
        raise UsageError(
            f"the workers have sandbox level {level}, this machine has {sandbox}",
            "begin and resume the run on a machine like its workers",
        )


class _Builder:
    """Has workers build the kind of an experiment."""

    def __init__(
        self, engine: Engine, fleet: Fleet, remote: Remote, clocks: Clocks, kind: str, config: Config,
        inspected: dict[str, Inspected],
    ) -> None:  # fmt: skip
        self._engine, self._fleet, self._remote, self._inspected = engine, fleet, remote, inspected
        self._kind, self._config, self._lease = kind, config, clocks.lease
        limit = least_limit(config)
        self.shares = Shares(None if limit is None else min(limit, len(inspected)))

    async def join(self, address: str, slots: int) -> None:
        """Prepares a worker and adds it to the fleet, where it has a share of the limits; else it is asked again later.

        UsageError where it is unlike the others, WorldError, Unanswered.
        """
        share = self.shares.take(address, time.monotonic())
        if share is None:
            return
        if address not in self._inspected:
            worker = await _inspected(self._engine, address)
            known = next(iter(self._inspected.values()))
            refuse_differences({address: worker}, str(known["sandbox"]))
            self._inspected[address] = worker
        build = self._remote.message("build", kind=self._kind, config=self._config, lease=self._lease, share=share)
        await _told(self._engine, address, build)
        await self._fleet.join(address, slots)

    def left(self, address: str) -> None:
        """A worker is gone."""
        self.shares.vacate(address, time.monotonic())


async def check(workers: Workers) -> list[Listed]:
    """What every worker at an address is, with its address and slots: the content of `kg cluster check`."""
    from kgents.runner.cluster.dask_engine import connect

    engine = await connect(workers)
    try:
        inspected, members = await inspect_all(engine, workers)
        if mute := sorted(set(members) - set(inspected)):
            raise WorldError(f"the worker {mute[0]} does not answer", "is it stopped, or cut off?")
        return [
            {"address": address, "slots": members[address], **worker} for address, worker in sorted(inspected.items())
        ]
    finally:
        await engine.aclose()
