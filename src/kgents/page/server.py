"""Serves the page: a socket of this machine, uvicorn on it, until it is stopped or nobody needs it any more."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Callable

from kgents.errors import UsageError
from kgents.page.guard import Door
from kgents.page.live import Stream
from kgents.page.record import Reader

GRACE = 3.0  # seconds after the run that began it has gone, in which pages that are open get the end


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound. UsageError names --host or --port where that cannot be."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        bound = socket.socket(family, kind)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(64)
    except (OSError, OverflowError) as wrong:
        raise UsageError(f"--host {host} --port {port}: {wrong}", "--port 0 takes any that is free") from wrong
    return bound


async def serve(bound: socket.socket, door: Door, database: str, parent: int | None = None) -> None:
    """Until Ctrl-C; with `parent` until that process has gone and pages that follow a run have its end."""
    from kgents.page.app import application

    try:
        import uvicorn
    except ImportError as wrong:
        raise missing() from wrong
    reader, stream = Reader(database), Stream()
    config = uvicorn.Config(
        application(reader, door, stream), log_level="error", access_log=False, lifespan="off", ws="none", http="h11",
        server_header=False, date_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    watch = (
        asyncio.ensure_future(_outlive(parent, stream, lambda: setattr(server, "should_exit", True)))
        if parent
        else None
    )
    try:
        await server.serve(sockets=[bound])
    finally:
        if watch is not None:
            watch.cancel()
        await reader.aclose()


def missing() -> UsageError:
    """The extra is not installed."""
    return UsageError("kg ui needs starlette and uvicorn, which are not installed", "pip install 'kgents[ui]'")


async def _outlive(parent: int, stream: Stream, end: Callable[[], None]) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.2)
    gone = time.monotonic()
    while time.monotonic() < gone + GRACE and stream.followers:  # noqa: ASYNC110 - a moment
        await asyncio.sleep(0.1)
    end()


def has_browser() -> bool:
    """Whether a window can be opened here: a text browser in the terminal is no answer."""
    graphical = sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return graphical and sys.stderr.isatty()
