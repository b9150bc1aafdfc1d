"""State of a program that tests and candidate share: environment variables, the folder, the state of `random`."""

import os
import random
from collections.abc import Callable, Mapping
from typing import Any

_PRIVATE = frozenset({"PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_DEBUG_TEMPROOT", "TMPDIR"})
_LOADERS = ("LD_", "PYTHON", "PYTEST", "PATH", "GIT_", "BASH_ENV", "ENV", "IFS", "SHELL", "HOME")  # decide what is run


class Told:
    """State that both ends share: told where it is not what was told or heard last."""

    def __init__(self, names: Mapping[str, tuple[Callable[[], Any], Callable[[Any], None]]]) -> None:
        self._names = names
        self._last: dict[str, object] = {}

    def due(self) -> dict[str, object]:
        """What has changed here."""
        told = {}
        for name, (read, _) in self._names.items():
            now = read()
            if self._last.get(name) != now:
                self._last[name] = told[name] = now
        return told

    def heard(self, told: Mapping[str, object]) -> None:
        """Does here what has changed there."""
        for name, (read, write) in self._names.items():
            if name in told:
                write(told[name])
                self._last[name] = read()

    def known(self) -> None:
        """Takes what stands here for known at the other end."""
        self._last = {name: read() for name, (read, _) in self._names.items()}


class Environment:
    """Variables that were changed here since the start, which is all that the other end is told: the rest may be secret.

    lent  what is set because the other end says so is seen by this program, and not by others that it starts
    """

    def __init__(self, lent: bool) -> None:
        self._base = dict(os.environ)
        self._lent = lent
        encoded = getattr(os.environ, "_data", None)
        self._seen: dict[bytes, bytes] | None = encoded and dict(encoded)  # those for which `_changes` stands
        self._changes: dict[str, str | None] = {}

    def changes(self) -> dict[str, str | None]:
        """By name; None for one that was removed."""
        variables: Any = os.environ
        encoded = getattr(variables, "_data", None)  # tests may have put a plain dict in its place
        if encoded is None:
            return self._compared()
        if encoded != self._seen:
            self._seen, self._changes = dict(encoded), self._compared()
        return self._changes

    def _compared(self) -> dict[str, str | None]:
        now = os.environ
        changed = {name: value for name, value in now.items() if self._base.get(name) != value}
        gone = {name: None for name in self._base if name not in now}
        return {name: value for name, value in {**changed, **gone}.items() if name not in _PRIVATE}

    def change(self, told: Any) -> None:
        """Makes these the changes since the start."""
        kept = self.changes()
        for name in {*kept, *told}:
            value = told.get(name, self._base.get(name))
            if self._lent and name.startswith(_LOADERS):
                continue
            self._set(str(name), None if value is None else str(value))

    def _set(self, name: str, value: str | None) -> None:
        if not self._lent:
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
            return
        variables: Any = os.environ
        key = variables.encodekey(name)
        variables._data.pop(key, None) if value is None else variables._data.__setitem__(
            key, variables.encodevalue(value)
        )


def _set_random(told: Any) -> None:
    version, state, gauss = told
    random.setstate((version, tuple(state), gauss))


def _set_folder(told: Any) -> None:
    try:
        os.chdir(str(told))
    except OSError:  # a folder of the tests that the candidate's end does not have
        return


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return "/"


Pair = tuple[Callable[[], Any], Callable[[Any], None]]
CHANCE: Pair = (random.getstate, _set_random)
FOLDER: Pair = (_folder, _set_folder)


def shared(lent: bool, chance: bool) -> Told:
    """State of this program that both ends share: `chance` says whether that of `random` is; `lent` as `Environment` has it."""
    variables = Environment(lent)
    both = Told(
        {
            **({"random": CHANCE} if chance else {}),
            "environment": (variables.changes, variables.change),
            "folder": FOLDER,
        }
    )
    both.known()
    return both
