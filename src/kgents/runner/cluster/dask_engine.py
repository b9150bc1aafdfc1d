"""The engine: Dask distributed behind the seam, and its scheduler and workers. Nothing else here knows of Dask.

Every text is given to the worker that we name, never moved by the engine: no work stealing, no retries of its own. What
it serves over HTTP is switched off.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from kgents.errors import WorldError
from kgents.runner.cluster.address import Workers
from kgents.runner.cluster.bench import serve
from kgents.runner.cluster.certificates import missing
from kgents.runner.cluster.seam import AttemptLost, Unanswered, WorkerDied

try:
    import dask.config
    from distributed import Client, KilledWorker, Nanny, Scheduler, Security, Worker
    from distributed.comm import connect as connect_comm
except ImportError as wrong:
    raise missing() from wrong

_CONNECT_SECONDS = 10.0
_PROBE_SECONDS = 2.0  # for a scheduler to answer, where a worker has ended for good
_SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.nanny.pre-spawn-environ": {},  # trials have the environment that they have on one machine
    "distributed.nanny.environ": {},
    "distributed.admin.tick.limit": "30s",
    "distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS:g}s",
}


def _security(folder: Path | None) -> Security | None:
    if folder is None:
        return None
    certificate, key = str(folder / "cert.pem"), str(folder / "key.pem")
    sides = {
        name: path
        for side in ("client", "scheduler", "worker")
        for name, path in ((f"tls_{side}_cert", certificate), (f"tls_{side}_key", key))
    }
    return Security(tls_ca_file=str(folder / "ca.pem"), require_encryption=True, **sides)


for _name in ("distributed", "distributed.client", "tornado"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # what matters is said by whoever waits


class Hand(Worker):  # type: ignore[misc]
    """A worker process of the engine; that it is of this module silences the engine there, too."""


class DaskEngine:
    """A client of a scheduler."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def members(self) -> Mapping[str, int]:
        """Address → slots of every worker that is there. Raises Unanswered."""
        if self._client.status != "running":
            raise Unanswered("there is no connection to the scheduler")
        try:
            return dict(await self._client.scheduler.ncores_running())
        except (OSError, AttributeError) as wrong:
            raise Unanswered(str(wrong)) from wrong

    async def submit(self, key: str, worker: str, text: str) -> str:
        """The bench's answer to a text, which takes a slot. Raises WorkerDied, AttemptLost."""
        try:
            future = self._client.submit(serve, text, key=key, pure=False, workers=[worker], retries=0)
        except Exception as wrong:  # an engine that is going down raises what it likes
            raise AttemptLost(str(wrong)) from wrong
        try:
            return str(await future)
        except KilledWorker as wrong:
            raise WorkerDied(worker) from wrong
        except Exception as wrong:
            raise AttemptLost(str(wrong)) from wrong
        finally:
            with suppress(Exception):
                future.release()

    async def tell(self, worker: str, text: str) -> str:
        """The bench's answer to a text that takes no slot. Raises Unanswered."""
        try:
            answers = await self._client.run(serve, text, workers=[worker], on_error="return")
        except Exception as wrong:
            raise Unanswered(str(wrong)) from wrong
        answer = answers.get(worker, "there is no such worker")
        if isinstance(answer, Exception):
            raise Unanswered(str(answer)) from answer
        return str(answer)

    async def aclose(self) -> None:
        """Lets go of the scheduler."""
        with suppress(Exception, asyncio.CancelledError):
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._client.close(timeout=1)


async def connect(workers: Workers) -> DaskEngine:
    """A client of the scheduler at an address. WorldError where it does not answer or turns us away."""
    dask.config.set(_SETTINGS)
    client = Client(
        workers.address, asynchronous=True, security=_security(workers.folder), timeout=_CONNECT_SECONDS,
        set_as_default=False, direct_to_workers=False, name="kgents",
    )  # fmt: skip
    try:
        async with asyncio.timeout(_CONNECT_SECONDS + 2):
            await client
    except (OSError, TimeoutError, RuntimeError, ValueError) as wrong:
        with suppress(Exception, asyncio.CancelledError):
            await client.close(timeout=1)
        raise WorldError(
            f"--workers {workers.address}: no scheduler of workers answers there", _remedy(workers)
        ) from wrong
    return DaskEngine(client)


def _remedy(workers: Workers) -> str:
    if workers.secure:
        return "is it running, and does it show a certificate of the same folder? kg cluster up starts one"
    return "is it running, and not one of tls://? kg cluster up --insecure starts one"


@asynccontextmanager
async def scheduler(host: str, port: int, folder: Path | None, ttl: float) -> AsyncIterator[str]:
    """A scheduler in this process; its address. WorldError where the port is taken."""
    dask.config.set({**_SETTINGS, "distributed.scheduler.worker-ttl": f"{ttl:g}s"})
    protocol = "tcp" if folder is None else "tls"
    made = Scheduler(
        host=host, port=port, protocol=protocol, security=_security(folder), dashboard=False,
        dashboard_address="127.0.0.1:0",
    )  # fmt: skip
    try:
        await made
    except OSError as wrong:
        raise WorldError(f"--port {port}: {wrong.strerror or wrong}", "another port, or 0 for any") from wrong
    try:
        yield str(made.address)
    finally:
        with suppress(Exception):
            await made.close()


@asynccontextmanager
async def worker(
    address: str, folder: Path | None, slots: int, count: int = 1, seconds: float = 60.0
) -> AsyncIterator["asyncio.Future[Any]"]:
    """Worker processes that join the scheduler at an address, each started again when it dies; a future that is done when
    the scheduler is gone.

    seconds  for the scheduler to be there. WorldError where it is not
    """
    dask.config.set(_SETTINGS)
    places = [Place(address, folder, slots, seconds) for _ in range(count)]
    try:
        try:
            await asyncio.gather(*(worker.open() for worker in places))
        except (OSError, TimeoutError, RuntimeError, ValueError) as wrong:
            raise WorldError(
                f"{address}: no scheduler answers there: {wrong}", "start it with kg cluster up"
            ) from wrong
        keeping = asyncio.ensure_future(_kept(places))
        try:
            yield keeping
        finally:
            keeping.cancel()
            await asyncio.wait({keeping})
    finally:
        for worker in places:
            await worker.close()


class Place:
    """A worker process and what watches it, which the engine ends for good where the scheduler had forgotten the worker
    (frozen for longer than its time, a broken connection): then another one is started, as long as the scheduler answers.
    """

    def __init__(self, address: str, folder: Path | None, slots: int, seconds: float) -> None:
        self._address, self._folder, self._slots, self._seconds = address, folder, slots, seconds
        self._nanny: Nanny | None = None

    async def open(self) -> None:
        """Starts the worker: it has joined when this returns. OSError, TimeoutError, RuntimeError, ValueError."""
        self._nanny = Nanny(
            self._address, nthreads=self._slots, security=_security(self._folder), memory_limit=0,
            death_timeout=self._seconds, dashboard=False, dashboard_address="127.0.0.1:0", worker_class=Hand,
        )  # fmt: skip
        await self._nanny

    async def keep(self) -> None:
        """Returns when the scheduler is gone."""
        while self._nanny is not None:
            await self._nanny.finished()
            try:
                await (await connect_comm(self._address, **_connection(self._folder))).close()
                await self.open()
            except (OSError, TimeoutError, RuntimeError, ValueError):
                return

    async def close(self) -> None:
        """Ends the worker."""
        if self._nanny is not None:
            with suppress(Exception):
                await self._nanny.close(timeout=5)


async def _kept(places: list[Place]) -> None:
    await asyncio.gather(*(worker.keep() for worker in places))


def _connection(folder: Path | None) -> dict[str, object]:
    security = _security(folder)
    return {"timeout": _PROBE_SECONDS, **(security.get_connection_args("worker") if security else {})}
