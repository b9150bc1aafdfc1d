"""A process that has imported pytest of its interpreter, and forks for each test file: the import is most of a session."""

import gc
import importlib
import os
import random
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from .frames import handed
from .session import main as judge

if TYPE_CHECKING:
    from .messages import Surroundings


def main(descriptor: int, paths: list[str]) -> None:
    """Forks a session for each line that is handed over, until there are no more; `paths` are put before sys.path."""
    line = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # sessions are nobody's children
    before = list(sys.path)
    sys.path[:0] = paths
    with suppress(Exception):  # a session says what is missing
        _imported()
    sys.path[:] = before
    gc.collect()
    gc.freeze()
    while (request := _next(line)) is not None:
        surroundings, session = request
        if os.fork() == 0:
            line.close()
            _become(surroundings, session)
        os.close(session)


def _imported() -> None:
    """pytest and what it loads whenever it starts, but for plugins that are installed."""
    from _pytest.config import default_plugins

    for name in default_plugins:
        importlib.import_module(f"_pytest.{name}")
    importlib.import_module(f"{__package__}.plugin")


def _next(line: socket.socket) -> "tuple[Surroundings, int] | None":
    request = handed(line, 1)
    return None if request is None else (request[0], request[1][0])


def _become(surroundings: "Surroundings", session: int) -> None:
    """What a session would be if it had been started alone, to its end."""
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        random.seed()
        os.chdir(surroundings["folder"])
        os.environ.clear()
        os.environ.update(surroundings["variables"])
        importlib.invalidate_caches()
        judge(session)
    finally:
        os._exit(0)
