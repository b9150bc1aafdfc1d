"""What a worker is: all that a verdict may depend on."""

import os
import platform
import socket
import time
from functools import cache

from kgents import __version__
from kgents.errors import KgentsError
from kgents.runner.cluster.messages import WorkerFacts


def inspect() -> WorkerFacts:
    """Version, interpreter, sandbox level, process, host, folder and clock (seconds since 1970) of this process."""
    return {
        "kgents": __version__,
        "python": platform.python_version(),
        "sandbox": sandbox_level(),
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "folder": _folder(),
        "clock": time.time(),
    }


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - a string is what is sent
    except FileNotFoundError:
        return None


@cache
def sandbox_level() -> str:
    """The level that the sandbox of this machine withstands, or "none"."""
    from kgents.sandbox.sandbox import open_sandbox

    try:
        sandbox = open_sandbox(allow_weak=True)
    except KgentsError:
        return "none"
    try:
        return str(sandbox.describe()["level"])
    finally:
        sandbox.close()
