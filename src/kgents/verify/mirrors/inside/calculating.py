"""The context of decimal numbers, which both ends tell where it changed."""

import decimal
from collections.abc import Callable
from typing import Any

from .table import context_parts, fill_context


class Calculating:
    """That of one end. `admits` says whether what the other end sets counts here; until then it waits."""

    def __init__(self, admits: Callable[[], bool] = lambda: True) -> None:
        self.admits = admits
        self._last = _settings(decimal.DefaultContext)
        self._waiting: Any = None

    def due(self) -> dict[str, object]:
        """For the next message."""
        context = decimal.getcontext()
        precision, rounding, least, largest, _, _, _, traps = context.__reduce__()[1]
        now = precision, rounding, least, largest, *traps
        if now == self._last:
            return {}
        self._last = now
        return {"decimal": context_parts(context)}

    def heard(self, parts: Any) -> None:
        """What the other end set."""
        self._waiting = parts
        self.take()

    def take(self) -> None:
        """Sets what waits, where it counts."""
        if self._waiting is not None and self.admits():
            fill_context(decimal.getcontext(), self._waiting)
            self._waiting, self._last = None, _settings(decimal.getcontext())


def _settings(context: decimal.Context) -> tuple[Any, ...]:
    """What is looked at with each message: all but the flags. What pickles a context has it all at once."""
    precision, rounding, least, largest, _, _, _, traps = context.__reduce__()[1]
    return precision, rounding, least, largest, *traps
