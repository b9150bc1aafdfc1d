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
from kgents.sandbox.inside import values as codec
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.program import Program
from kgents.sandbox.sandbox import LIFETIME, Sandbox
from kgents.sandbox.syntax import parse as parse_source

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
    """One process that runs tests."""

    def __init__(self, sandbox: Sandbox, program: Program) -> None:
        self.uses = 0
        self._process = sandbox.start(program, LIFETIME)

    def ask(self, job: Mapping[str, Any], candidate: socket.socket, deadline: float) -> Any:
        """What the tests say of the candidate at the other end. TimeoutError; EOFError, OSError, ValueError where it died."""
        self.uses += 1
        told = {**job, "foreseen": [[call.decode() for call in wave] for wave in job["foreseen"]]}
        body = codec.dumps(told)
        channel = self._process.socket
        channel.settimeout(max(0.01, deadline - time.monotonic()))
        socket.send_fds(channel, [struct.pack("!I", len(body))], [candidate.fileno()])
        channel.sendall(body)
        return TimedChannel(channel, deadline).receive()

    def end(self) -> Ended:
        """Ends the process. SandboxFault where its zygote is gone."""
        self._process.kill()
        return self._process.ended()


@lru_cache(maxsize=4096)
def quiet(setup: str, tests: str) -> bool:
    """Whether a test program keeps nothing beyond its own names: no import but of harmless modules, nothing assigned to
    what is not its own, no way around it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trees = [parse_source(setup), parse_source(tests)]
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
