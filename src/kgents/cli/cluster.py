"""`kg cluster`: workers for trials, on this machine and others."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kgents.cli.loop import collect_as_usual, run_loop

if TYPE_CHECKING:
    from kgents.runner.cluster.address import Workers

F = TypeVar("F", bound=Callable[..., Any])
_DEBUG = click.option("--debug", is_flag=True, help="Show tracebacks.")
_TLS = click.option(
    "--tls", type=click.Path(path_type=Path, file_okay=False), default=None, metavar="DIR", envvar="KGENTS_WORKERS_TLS",
    show_envvar=True, help="The certificates that kg cluster up made.",
)  # fmt: skip
_INSECURE = click.option("--insecure", is_flag=True, help="Without certificates: tcp:// instead of tls://.")
_SLOTS = click.option(
    "--slots", type=click.IntRange(1, 1024), default=1, show_default=True, help="Trials at once, each."
)


@click.group()
def cluster() -> None:
    """Workers that run trials for `kg experiment … --workers ADDRESS`.

    \b
    kg cluster up --workers 4 --dir ./kgtls
    kg cluster worker tls://127.0.0.1:8786 --tls ./kgtls --slots 8
    kg cluster check tls://127.0.0.1:8786 --tls ./kgtls
    """


@cluster.command()
@click.option(
    "--workers", "count", type=click.IntRange(0, 1024), default=1, show_default=True, help="Worker processes."
)
@_SLOTS
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path, file_okay=False), default=None, metavar="DIR",
    help="Where the certificates are, or are to be made.  [default: ./kgtls]",
)  # fmt: skip
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Another one than loopback lets other machines in."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8786, show_default=True, help="0 is any that is free.")
@click.option("--ttl", type=float, default=30.0, show_default=True, help="Seconds until a silent worker is replaced.")
@_INSECURE
@_DEBUG
def up(
    count: int, slots: int, folder: Path | None, host: str, port: int, ttl: float, insecure: bool, debug: bool
) -> int:
    """Start a scheduler and workers on this machine, until Ctrl-C; certificates are made where there are none.

    The first line on stdout is the address. Whoever has a copy of the folder of certificates can run programs on every
    worker. With --workers 0 it is a scheduler alone, for workers on other machines.

    \b
    kg cluster up --workers 4 --dir ./kgtls
    kg cluster up --workers 0 --host 0.0.0.0 --dir ./kgtls
    """
    return run_loop(_up(count, slots, folder, host, port, ttl, insecure))


async def _up(count: int, slots: int, folder: Path | None, host: str, port: int, ttl: float, insecure: bool) -> int:
    from kgents.runner.cluster.certificates import certificates
    from kgents.runner.cluster.dask_engine import scheduler, worker

    certified = None if insecure else certificates(folder or Path("kgtls")).resolve()
    stop = _stopped()
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(scheduler(host, port, certified, ttl))
        if count:
            await stack.enter_async_context(worker(address, certified, slots, count))
        option = "" if certified is None else f" --workers-tls {certified}"
        click.echo(address)
        click.echo(f"{count} workers of {slots} slots; now: kg experiment run --workers {address}{option} …", err=True)
        sys.stdout.flush()
        collect_as_usual()
        await stop.wait()
    return 0


@cluster.command()
@click.argument("address")
@_TLS
@click.option("--slots", type=click.IntRange(1, 1024), default=None, help="Trials at once.  [default: CPUs]")
@click.option(
    "--wait", "seconds", type=float, default=60.0, show_default=True, help="Seconds for the scheduler to be there."
)
@_INSECURE
@_DEBUG
def worker(address: str, tls: Path | None, slots: int | None, seconds: float, insecure: bool, debug: bool) -> int:
    """Start a worker that joins a scheduler: under srun, kubectl, ssh. It ends, with status 1, when the scheduler does.

    Trials run with this process's environment and keys, in its folder, as its user.

    \b
    kg cluster worker tls://head:8786 --tls ./kgtls --slots 8
    """
    from kgents.runner.cluster.address import workers_at

    return run_loop(_worker(workers_at(address, tls, insecure, name="ADDRESS"), slots, seconds))


async def _worker(workers: "Workers", slots: int | None, seconds: float) -> int:
    import os

    from kgents.runner.cluster.dask_engine import worker as start

    stop = _stopped()
    async with start(workers.address, workers.folder, slots or os.cpu_count() or 1, seconds=seconds) as lost:
        click.echo(f"joined {workers.address}")
        sys.stdout.flush()
        collect_as_usual()
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({lost, stopping}, return_when="FIRST_COMPLETED")
        gone = lost.done()
        stopping.cancel()
    if gone and not stop.is_set():
        click.echo(f"error: the scheduler {workers.address} is gone", err=True)
        return 1
    return 0


@cluster.command()
@click.argument("address")
@_TLS
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@_INSECURE
@_DEBUG
def check(address: str, tls: Path | None, as_json: bool, insecure: bool, debug: bool) -> int:
    """What every worker is: version, Python, sandbox level, clock, folder, slots; exit status 1 where they differ.

    \b
    kg cluster check tls://127.0.0.1:8786 --tls ./kgtls
    """
    from kgents.runner.cluster.address import workers_at
    from kgents.runner.cluster.checking import problems, table
    from kgents.runner.cluster.opening import check as ask

    rows = run_loop(ask(workers_at(address, tls, insecure, name="ADDRESS")))
    wrong = problems(rows)
    if as_json:
        click.echo(json.dumps({"workers": rows, "problems": wrong}, indent=2))
    else:
        for line in [*table(rows), *(f"problem: {text}" for text in wrong)]:
            click.echo(line)
    return 1 if wrong else 0


def _stopped() -> asyncio.Event:
    """Set at SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
