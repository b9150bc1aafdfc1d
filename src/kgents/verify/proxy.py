"""The candidate as a test sees it: functions that are called here and answered there.

Rule: nothing the candidate's side says is trusted; what cannot be read is the candidate's death.
"""

import builtins
from typing import Any

from kgents.sandbox.inside import values as codec

_EXCEPTIONS = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
}


class CandidateDied(BaseException):
    """The candidate's process ended or spoke nonsense."""


class Strayed(BaseException):
    """The tests call something else than what was foreseen."""


class RemoteError(Exception):
    """An exception of the candidate's that is no builtin."""


class Line:
    """To the candidate. Calls that are foreseen are put to it in waves; any other is put to it when the tests make it.

    foreseen  waves of calls as they are written, in the order in which the tests are expected to make them; the first one
              has been put to the candidate already
    strayed   the tests called something else: what was said so far is void
    """

    def __init__(self, channel: codec.Channel, foreseen: list[list[bytes]]) -> None:
        self._channel = channel
        self._waves = foreseen[:0:-1]  # the next one last
        self._due = foreseen[0][::-1] if foreseen else []  # calls of this wave that are still to come
        self.strayed = False
        self.forbidden = ""  # what the candidate did that is denied, and that raised

    def ask(self, call: list[Any]) -> Any:
        """The answer to a call [name, arguments, keywords], as it was sent. CandidateDied."""
        written = codec.dumps(call)
        if not self._due:
            wave = self._waves.pop() if self._waves else [written]
            self._due = wave[::-1]
            self.strayed = self.strayed or wave[0] != written
            if not self.strayed:
                self._channel.write(codec.frame(codec.listed(wave)))
        if self.strayed or self._due.pop() != written:
            self.strayed = True
            raise Strayed
        return self.receive()

    def receive(self) -> Any:
        """What the candidate says next. CandidateDied where it says nothing, or nonsense."""
        try:
            said = self._channel.receive()
        except (EOFError, ValueError, OSError, RecursionError) as wrong:
            raise CandidateDied(type(wrong).__name__) from None
        if not isinstance(said, dict):
            raise CandidateDied("protocol")
        self.forbidden = str(said.get("forbidden", self.forbidden))[:100]
        return said


class Proxy:
    """Stands for a function of the candidate's in a test."""

    def __init__(self, line: Line, name: str) -> None:
        self._line = line
        self.__name__ = name
        self.calls = 0

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        self.calls += 1
        given = codec.encode(keywords) if keywords else None
        said = self._line.ask([self.__name__, codec.encode(list(arguments)), given])
        if "raised" in said:
            try:
                told = codec.exception_of(said["raised"])
            except ValueError:
                raise CandidateDied("protocol") from None
            _raise(*told)
        try:
            value = codec.decode(said["value"])
            if value is None and "args" in said:  # a function that returns nothing works on its arguments
                for mine, theirs in zip(arguments, codec.decode(said["args"]), strict=True):
                    _mirror(mine, theirs)
        except Exception as wrong:
            raise CandidateDied(f"unreadable answer: {type(wrong).__name__}") from None
        return _drain(value, said["value"]["more"]) if isinstance(value, codec.Drained) else value


def _drain(items: list[Any], more: bool) -> Any:
    yield from items
    if more:
        raise RemoteError("an iterator without an end")


def _raise(name: str, bases: list[str], text: str) -> None:
    for base in bases:
        if base in ("StopIteration", "StopAsyncIteration"):  # would silently end a loop of the test
            raise RuntimeError(f"the candidate raised {base}")
        if base in _EXCEPTIONS and base != "Exception":
            try:
                wrong = _EXCEPTIONS[base](text)
            except Exception:
                break
            raise wrong
    raise RemoteError(f"{name}: {text}")


def _mirror(mine: Any, theirs: Any) -> None:
    """Does to the test's own container what the candidate did to its copy."""
    if type(mine) is not type(theirs):
        return
    if isinstance(mine, list | bytearray):
        if mine != theirs:
            mine[:] = theirs
    elif isinstance(mine, dict | set) and mine != theirs:
        mine.clear()
        mine.update(theirs)
