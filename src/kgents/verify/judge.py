"""The oracle's process from outside: it is handed a test program and the channel of a candidate, and says what it found.

Rule: it never sees a candidate's code, only plain values. It judges a second candidate only for tests that keep nothing
from the first (see `quiet`), and not after anything went wrong.
"""

import ast
import socket
import struct
import time
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.forkserver import Zygote, ended_of
from kgents.sandbox.inside import values as codec
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.program import prepared
from kgents.sandbox.sandbox import LIFETIME

USES = 300  # candidates that one process judges
_HARMLESS = frozenset(
    (
        "math", "cmath", "copy", "random", "typing", "re", "string", "itertools", "functools", "collections", "heapq",
        "bisect", "fractions", "decimal", "statistics", "hashlib", "operator", "numbers", "datetime", "textwrap", "json",
        "enum",
    )
)  # fmt: skip
_FAR = frozenset(
    (
        "exec", "eval", "compile", "__import__", "globals", "locals", "vars", "setattr", "delattr", "getattr", "open",
        "input", "breakpoint", "__builtins__",
    )
)  # fmt: skip


class Judge:
    """One process of the oracle's zygote."""

    def __init__(self, zygote: Zygote) -> None:
        self._zygote = zygote
        self.uses = 0
        self._socket, self._number, self._status = zygote.spawn(LIFETIME)

    def ask(self, job: Mapping[str, Any], candidate: socket.socket, deadline: float) -> Any:
        """What the tests say of the candidate at the other end. TimeoutError; EOFError, OSError, ValueError where it died."""
        self.uses += 1
        programs = {name: prepared(job[name], f"<{name}>") for name in ("setup", "tests") if job["mode"] == "tests"}
        body = codec.job({**job, **programs})
        self._socket.settimeout(max(0.01, deadline - time.monotonic()))
        socket.send_fds(self._socket, [struct.pack("!I", len(body))], [candidate.fileno()])
        self._socket.sendall(body)
        return TimedChannel(self._socket, deadline).receive()

    def end(self) -> Ended:
        """Ends the process. SandboxFault where its zygote is gone."""
        self._socket.close()
        try:
            self._zygote.kill(self._number)
        finally:
            ended = ended_of(self._status, 10, LIFETIME)
        return ended


@lru_cache(maxsize=4096)
def quiet(setup: str, tests: str) -> bool:
    """Whether a test program keeps nothing beyond its own names: no import but of harmless modules, nothing assigned to
    what is not its own, no way around it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trees = [ast.parse(setup), ast.parse(tests)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return not any(_far(node) for tree in trees for node in ast.walk(tree))


def _far(node: ast.AST) -> bool:
    """Whether a node reaches beyond the program, or might."""
    match node:
        case ast.Import(names=aliases):
            return any(alias.name.partition(".")[0] not in _HARMLESS for alias in aliases)
        case ast.ImportFrom(module=module):
            return (module or "").partition(".")[0] not in _HARMLESS
        case ast.Attribute(attr=name, ctx=context):
            return not isinstance(context, ast.Load) or name.startswith("__")
        case ast.Name(id=name):
            return name in _FAR
        case _:
            return False
