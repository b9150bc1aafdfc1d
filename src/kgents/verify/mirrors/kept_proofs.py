"""Tests of a suite that were tried before, in this environment: they need not be tried on stubs and a solution again.

Rule: kept are only tests that told right from wrong. Those that see files of the user (a session of pytest, a folder of
modules) are tried each time, because what they see may have changed.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from kgents.sandbox.sandbox import Sandbox
from kgents.verify.oracle import Oracle
from kgents.verify.reference.kept import code_digest, keep, key_of, recalled

VERSION = 1  # of what is kept


class KeptProofs:
    """What is known of the tests of one suite, by its digest, in the environment of a sandbox. Threads may share it."""

    def __init__(self, suite: str, sandbox: Sandbox) -> None:
        environment = sandbox.environment
        self._usable = not environment.folders and not environment.own
        parts = {"tried": VERSION, "code": code_digest("verify/mirrors", "sandbox/inside"), "suite": suite}
        self._key = key_of({**parts, "environment": environment.digest, "recipe": sandbox.name})
        known = recalled(self._key) if self._usable else None
        self._known: dict[str, Any] = known if isinstance(known, dict) else {}
        self._before = len(self._known)

    @property
    def names(self) -> list[str]:
        """Digests of tests, each with its solution, that are known."""
        return list(self._known)

    def proven(self, oracle: Oracle, good: str, prove: Callable[[], Oracle]) -> Oracle:
        """The oracle with what the good program needed, as `prove` finds it out where it is not known. Raises what that does."""
        if oracle.pytest or not self._usable:
            return prove()
        name = sha256(json.dumps([oracle.digest, good]).encode()).hexdigest()
        match self._known.get(name):
            case [bool(inside), None]:
                return replace(oracle, inside=inside)
            case [bool(inside), [*pairs]] if all(_is_pair(pair) for pair in pairs):
                return replace(oracle, inside=inside, opened=tuple((kind, operation) for kind, operation in pairs))
        done = prove()
        self._known[name] = [done.inside, None if done.opened is None else [list(pair) for pair in done.opened]]
        return done

    def keep(self) -> None:
        """Keeps what was found out, for whoever comes next; nothing where the folder cannot be written."""
        if len(self._known) > self._before:
            keep(self._key, self._known)


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(word, str) for word in pair)
