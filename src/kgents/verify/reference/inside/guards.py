"""Modules of the world with functions that tell when a spec calls them, whatever name it reached them by."""

import sys
import types
from collections.abc import Callable
from typing import Any

from kgents.verify.reference.inside.observing import FILE

WATCHED: dict[str, tuple[str, tuple[str, ...]]] = {
    "time": ("the clock", ("time", "time_ns", "monotonic", "perf_counter", "process_time", "sleep")),
    "random": (
        "chance",
        ("random", "randint", "choice", "shuffle", "sample", "uniform", "randrange", "choices", "gauss"),
    ),
    "uuid": ("chance", ("uuid1", "uuid4")),
    "secrets": ("chance", ("choice", "token_hex", "token_bytes", "token_urlsafe", "randbelow")),
    "os": ("the environment", ("getenv", "getcwd", "getpid", "urandom", "cpu_count", "uname")),
    "platform": ("the environment", ("node", "system", "platform", "machine")),
    "socket": ("the network", ("socket", "create_connection", "gethostname", "getaddrinfo")),
    "subprocess": ("other processes", ("run", "Popen", "call", "check_output", "check_call")),
    "threading": ("the environment", ("get_ident", "current_thread")),
}


class Guards:
    """Wraps the functions while it is entered; `met` are the kinds of effects that a spec had."""

    def __init__(self) -> None:
        self.met: dict[str, None] = {}
        self._kept: list[tuple[types.ModuleType, str, Any]] = []

    def __enter__(self) -> "Guards":
        for name, (kind, functions) in WATCHED.items():
            module = sys.modules.get(name)
            for function in functions if module is not None else ():
                self._wrap(module, function, kind)
        return self

    def __exit__(self, *_: object) -> None:
        for module, name, function in self._kept:
            setattr(module, name, function)

    def _wrap(self, module: Any, name: str, kind: str) -> None:
        function = getattr(module, name, None)
        if not callable(function) or isinstance(function, type):
            return
        self._kept.append((module, name, function))
        setattr(module, name, self._watching(function, kind))

    def _watching(self, function: Callable[..., Any], kind: str) -> Callable[..., Any]:
        def watched(*arguments: Any, **keywords: Any) -> Any:
            if sys._getframe(1).f_code.co_filename == FILE:
                self.met[kind] = None
            return function(*arguments, **keywords)

        return watched
