"""Patches of modules that the tests make are made at the candidate's end as well."""

import contextlib
import sys
import types
import unittest.mock
from collections.abc import Iterator
from typing import Any

from .peer import Peer
from .standin import StandIn

_SERVED = frozenset(
    {("sys", "stdin"), ("sys", "stdout"), ("sys", "stderr"), ("builtins", "input")}
)  # what the tests have there is asked for, or replayed, anyway


class Patches:
    """Watches mock.patch and, where there is pytest, monkeypatch."""

    def __init__(self, end: Peer) -> None:
        self._end = end

    def _tell(self, target: Any, name: Any) -> None:
        told = isinstance(target, types.ModuleType) and not isinstance(target, StandIn) and type(name) is str
        if not told or (target.__name__, name) in _SERVED or self._end.down:
            return
        with contextlib.suppress(Exception):  # a module that the candidate's end does not have
            self._end.ask("patch", None, target.__name__, name, getattr(target, name))

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """While tests run."""
        kind: Any = unittest.mock._patch
        enter, leave = kind.__enter__, kind.__exit__
        watch = self

        def entered(patch: Any) -> Any:
            made = enter(patch)
            watch._tell(patch.target, patch.attribute)
            return made

        def left(patch: Any, *raised: Any) -> Any:
            target, name = patch.target, patch.attribute
            answer = leave(patch, *raised)
            watch._tell(target, name)
            return answer

        kind.__enter__, kind.__exit__ = entered, left
        try:
            with self._monkeypatch():
                yield
        finally:
            kind.__enter__, kind.__exit__ = enter, leave

    @contextlib.contextmanager
    def _monkeypatch(self) -> Iterator[None]:
        pytest = sys.modules.get("pytest")
        if pytest is None:
            yield
            return
        kind = pytest.MonkeyPatch
        plain, undo = kind.setattr, kind.undo
        watch = self

        def patched(monkeypatch: Any, target: Any, name: Any, *more: Any, **keywords: Any) -> None:
            plain(monkeypatch, target, name, *more, **keywords)
            if isinstance(target, str):
                owner, _, attribute = target.rpartition(".")
                watch._tell(sys.modules.get(owner), attribute)
            else:
                watch._tell(target, name)

        def undone(monkeypatch: Any) -> None:
            touched = [(target, name) for target, name, _ in monkeypatch._setattr]
            undo(monkeypatch)
            for target, name in touched:
                watch._tell(target, name)

        kind.setattr, kind.undo = patched, undone
        try:
            yield
        finally:
            kind.setattr, kind.undo = plain, undo
