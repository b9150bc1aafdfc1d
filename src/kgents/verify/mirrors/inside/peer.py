"""One end of the line between tests and candidate: calls, answers, and what is due with each message.

Both ends run this code and speak strictly by turns. The tests' end has a guard, which says what the candidate may ask,
and judges of its own for comparisons with the candidate's objects.
"""

import asyncio
import os
import struct
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from threading import get_ident
from typing import TYPE_CHECKING, Any

from .codec import DEEPER, FRAME, Cursor, Malformed, TooLarge, put_u32, scalar
from .handles import Handles
from .mirror import is_mirror
from .objects import NO_CHANGES
from .operations import perform
from .turns import keep_turning

if TYPE_CHECKING:
    from .messages import Effects

running = asyncio._get_running_loop
_read, _write = os.read, os.write  # candidates have others, for files in memory
_AHEAD = 1 << 16  # bytes that are read at once
UNREADABLE = (
    ValueError, TypeError, LookupError, AttributeError, RecursionError, ArithmeticError, OSError, MemoryError,
    AssertionError, NotImplementedError,
)  # fmt: skip
_NO_EFFECTS = b"dg\0\0\0\0g\0\0\0\0"  # an empty dict, as `write_data` writes it
_LENGTH = struct.Struct(">I")
_KNOWN = struct.Struct(">cI")  # an object by its number, as `write` writes it
_CALL = b"s\0\0\0\4call"  # the text, as `write` writes it
_KINDS = (b"o", b"r", b"e")  # an operation, what it returned, what it raised
JOB = b"j"  # how what is to be served is told
_ENDING = _NO_EFFECTS + NO_CHANGES  # of a message that tells nothing else


class Gone(BaseException):
    """The other end is no more, or spoke nonsense."""


def _no_effects() -> Mapping[str, object]:
    return {}


def _nothing(told: "Effects") -> None:
    return None


class Peer(Handles):
    """One end.

    guard     (operation, object, arguments) → None, or an exception for what is not to be had; None at the candidate's end
    asked     whether this end has asked anything yet
    effects   what happened here since the last message, as plain data
    apply     does here what happened there
    equal     judges `object of the candidate's == other`; operator: likewise for order and arithmetic
    """

    def __init__(
        self,
        descriptor: int,
        first: int,
        guard: Callable[..., None] | None = None,
        effects: Callable[[], Mapping[str, object]] = _no_effects,
        apply: Callable[["Effects"], None] = _nothing,
    ) -> None:
        super().__init__(first, guard)
        self._descriptor = descriptor
        self._ahead = b""
        self.effects = effects
        self.apply = apply
        self.strayed: str | None = None
        self.calls = 0
        self.asked = False
        self.made: dict[int, tuple[Any, tuple[Any, ...], dict[str, Any]]] = {}
        self.touched: set[int | None] = set()
        self.equal: Callable[[Any, Any], Any] | None = None
        self.judged: Callable[..., Any] | None = None
        self.down = False
        self._loop: object = None  # of asyncio, which ran here at the last call
        self._lock = threading.Lock()
        self._turn = threading.Condition(self._lock)
        self._performing: list[object] = []  # what is being done here for the other end, the innermost last
        self._reading = 0  # the thread that is in the middle of a message

    def speak(self, descriptor: int) -> None:
        """From now on through this descriptor."""
        self._descriptor = descriptor

    def stray(self, why: str) -> None:
        """Notes the first limit of ours that was met."""
        self.strayed = self.strayed or why

    def operator(self, mine: Any, name: str, *other: Any) -> Any:
        """Order and arithmetic of a candidate's object, at the tests' end."""
        if self.judged is None or (other and is_mirror(other[0])):
            return self.ask("dunder", mine, name, *other)
        return self.judged(mine, name, *other)

    # -- the wire ---------------------------------------------------------------------------------------------------
    def send(self, kind: bytes, payload: Any) -> None:
        """Writes one message. TooLarge where a value cannot cross, and then nothing is written."""
        usual = sys.getrecursionlimit()
        sys.setrecursionlimit(usual + DEEPER)
        try:
            body = self._message(kind, payload)
        finally:
            sys.setrecursionlimit(usual)
        if len(body) > FRAME:
            raise TooLarge(f"a message of more than {FRAME >> 20} MB")
        whole = _LENGTH.pack(len(body)) + body
        try:
            done = _write(self._descriptor, whole)
            while done < len(whole):
                done += _write(self._descriptor, memoryview(whole)[done:])
        except OSError as wrong:
            raise self._gone("ended") from wrong

    def _message(self, kind: bytes, payload: Any) -> bytearray:
        """Kind, payload, effects, changes; only where the payload can cross is anything of the rest taken for told."""
        out = bytearray(kind)
        first = self._next
        try:
            if kind == b"o":
                self._put_operation(out, *payload)
            else:
                self.write(out, payload)
        except BaseException:
            self.forget_since(first)
            raise
        effects = self.effects()
        if effects:
            self.write_data(out, dict(effects))
        else:
            out += _NO_EFFECTS
        if self._reading or not self._contents:  # what is half read is no change of this end
            out += NO_CHANGES
        else:
            self.write_changes(out, first)
        return out

    def _put_operation(
        self, out: bytearray, operation: str, thing: Any, arguments: Sequence[Any], keywords: Mapping[str, object]
    ) -> None:
        number = self.numbers.get(id(thing)) if operation == "call" else None
        if number is not None:
            out += _CALL + _KNOWN.pack(b"=", number) + _LENGTH.pack(len(arguments))
        else:
            self.write(out, operation)
            self.write(out, thing)
            put_u32(out, len(arguments))
        for argument in arguments:
            self.write(out, argument)
        out += _LENGTH.pack(len(keywords))
        for name, argument in keywords.items():
            self.write(out, name)
            self.write(out, argument)

    def receive(self) -> tuple[bytes, Any]:
        """The next message. Gone where there is none, or it is none."""
        return self._read_body(self._body())

    def _read_body(self, body: bytes) -> tuple[bytes, Any]:
        if not self._given_up and body.startswith(b"r") and body.endswith(_ENDING):
            alone = scalar(body, 1, len(body) - len(_ENDING))
            if alone is not None:
                return b"r", alone[0]
        usual = sys.getrecursionlimit()
        sys.setrecursionlimit(usual + DEEPER)
        before = self._reading, self.inner
        self._reading, self.inner = get_ident(), bool(self._reading)
        try:
            return self._understood(Cursor(body))
        except UNREADABLE as wrong:
            raise self._gone(f"nonsense: {type(wrong).__name__}: {wrong}"[:200]) from wrong
        finally:
            self._reading, self.inner = before
            sys.setrecursionlimit(usual)

    def _body(self) -> bytes:
        """The next message without its length. Mostly it has come in one piece, and nothing behind it."""
        ahead = self._ahead
        while len(ahead) < _LENGTH.size:
            ahead += self._part(_AHEAD)
        end = _LENGTH.size + int(_LENGTH.unpack_from(ahead)[0])
        if end > FRAME + _LENGTH.size:
            raise self._gone("a message that is too large")
        if len(ahead) < end:
            whole = bytearray(ahead)
            while len(whole) < end:
                whole += self._part(_AHEAD if end <= _AHEAD else 1 << 20)
            ahead = bytes(whole)
        self._ahead = ahead[end:]
        return ahead[_LENGTH.size : end]

    def _part(self, most: int) -> bytes:
        try:
            part = _read(self._descriptor, most)
        except OSError as wrong:
            raise self._gone("ended") from wrong
        if not part:
            raise self._gone("ended")
        return part

    def _gone(self, why: str) -> Gone:
        self.down = True
        return Gone(why)

    def _understood(self, cursor: Cursor) -> tuple[bytes, Any]:
        kind = cursor.take(1)
        if kind not in _KINDS:
            raise Malformed("no message")
        payload = self._operation(cursor) if kind == b"o" else self.read(cursor)
        effects = None if cursor.passed(_NO_EFFECTS) else self.read(cursor)
        self.read_changes(cursor)
        if effects is not None:
            self.apply(effects)
        if not cursor.ended:
            raise Malformed("more than one message")
        return kind, payload

    def _operation(self, cursor: Cursor) -> Any:
        operation = "call" if cursor.passed(_CALL) else self.read(cursor)
        thing = self.read(cursor)
        arguments = [self.read(cursor) for _ in range(cursor.count())]
        keywords = {}
        for _ in range(cursor.count()):
            name = self.read(cursor)
            if type(name) is not str:
                raise Malformed("no name")
            keywords[name] = self.read(cursor)
        return operation, thing, arguments, keywords

    # -- asking and answering ---------------------------------------------------------------------------------------
    def ask(self, operation: str, thing: Any, *arguments: Any, **keywords: Any) -> Any:
        """What the other end answers; what it asks meanwhile is done here. Raises what it raised.

        Threads ask one after another, and while something is done here for the other end. In the middle of a message keys are
        asked for their hash.
        """
        if self._reading and self._reading == get_ident():
            return self._asked(operation, thing, arguments, keywords)
        with self._lock:
            return self._asked(operation, thing, arguments, keywords)

    def _asked(self, operation: str, thing: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        if self.down:
            raise Gone("ended")
        if operation in ("get", "set", "del", "dunder") and is_mirror(thing) and arguments[:1] != ("__eq__",):
            self.touched.add(self.numbers.get(id(thing)))
        self.asked = True
        self.calls += operation in ("call", "dunder", "get", "await", "next")
        if operation == "call" and running() is not None:
            operation = self._on_loop(running())
        self.send(b"o", (operation, thing, arguments, keywords))
        while True:
            kind, payload = self.receive()
            if kind == b"o":
                self._do(*payload)
            elif kind == b"e":
                raise self._raised(operation, payload)
            else:
                if operation.startswith("call") and is_mirror(payload):
                    self.made.setdefault(self.numbers[id(payload)], (thing, arguments, keywords))
                return payload

    def _on_loop(self, loop: Any) -> str:
        """How a call is made while a loop runs here; at the tests' end, one that was not there before is told first."""
        if self.guard is not None:
            if self._loop is not loop:
                self._loop = loop
                self._asked("renew", None, (), {})
            keep_turning(self)
        return "call on a loop"

    def _raised(self, operation: str, payload: Any) -> BaseException:
        if not isinstance(payload, BaseException) or isinstance(payload, Gone):
            return self._gone("no exception")
        if (
            operation.startswith("call")
            and self.guard is not None
            and isinstance(payload, StopIteration | StopAsyncIteration)
        ):
            return RuntimeError(
                f"the candidate raised {type(payload).__name__}"
            )  # would silently end a loop of the tests
        return payload.with_traceback(None)

    def serve(self) -> None:
        """Does what the other end asks, until it is gone."""
        while True:
            self.step()

    def told(self) -> bytes:
        """Does what the other end asks, until it tells this one what is to be served next, which is returned. Gone."""
        while True:
            with self._lock:
                body = self._body()
                if body.startswith(JOB):
                    return body.removeprefix(JOB)
                kind, payload = self._read_body(body)
                if kind == b"o":
                    self._do(*payload)

    def step(self) -> None:
        """Does what the other end asks next. Gone."""
        with self._lock:
            kind, payload = self.receive()
            if kind == b"o":
                self._do(*payload)

    def _performed(self, operation: Any, thing: Any, arguments: list[Any], keywords: dict[str, object]) -> Any:
        """What an operation returns, during which threads of this end may ask; the one begun last is answered first."""
        mine = object()
        self._performing.append(mine)
        self._lock.release()
        try:
            return (
                thing(*arguments, **keywords) if operation == "call" else perform(operation, thing, arguments, keywords)
            )
        finally:
            self._lock.acquire()
            while self._performing[-1] is not mine:
                self._turn.wait()
            self._performing.pop()
            if self._performing:  # threads whose own is not the last
                self._turn.notify_all()

    def _do(self, operation: Any, thing: Any, arguments: list[Any], keywords: dict[str, object]) -> None:
        kind, answer = b"r", None
        try:
            if self.guard is not None:
                self.guard(operation, thing, arguments)
            answer = self._performed(operation, thing, arguments, keywords)
        except Gone:
            raise
        except BaseException as wrong:
            kind, answer = b"e", wrong
        arguments.clear()  # what nobody else holds is given up with the answer
        keywords.clear()
        try:
            self.send(kind, answer)
        except (TooLarge, ValueError, TypeError, RecursionError, AttributeError) as wrong:
            self.send(b"e", RuntimeError(f"what was answered cannot cross: {wrong}"))
