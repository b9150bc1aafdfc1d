"""Plain values on the wire: JSON with tags. The decoder can only ever build exact builtins.

Subclasses of builtins are reduced to their base value without asking them; what has no plain form is opaque, and an
opaque value equals nothing.
"""

import itertools
import json
import math
import os
import re
import struct
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

MAX_FRAME = 8 << 20
MAX_DEPTH = 150
PART = 1 << 13  # bytes read at once; more costs a mapping of its own each time
MAX_ITEMS = 200_000
ITERATED = 10_000
MAX_PARTS = 1_500_000  # of a frame
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
CROWD = 100  # keys with one hash

_TEXTUAL = {
    "fractions": ("Fraction",),
    "decimal": ("Decimal",),
    "datetime": ("date", "datetime", "timedelta"),
    "uuid": ("UUID",),
}


_OF_A_FRACTION = frozenset("-/0123456789")
MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RecursionError,
)  # what `decode` may raise


class TooLarge(ValueError):
    """A value or frame that is larger than what may cross."""


class Opaque:
    """A value without a plain form. Equal to nothing, not even to itself."""

    __slots__ = ("name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError(f"a {self.name} has no plain value")

    def __repr__(self) -> str:
        return f"<{self.name}: {self.text}>"


class Drained(list[Any]):
    """What an iterator gave. Equal to what another one gave, never to a list."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Drained) and list(self) == list(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __repr__(self) -> str:
        return f"an iterator over {super().__repr__()}"


def encode(value: Any) -> Any:
    """The value as JSON data. TooLarge where it is."""
    return _encode(value, 0, [0])


def _encode(value: Any, depth: int, count: list[int]) -> Any:
    count[0] += 1
    if count[0] > MAX_ITEMS or depth > MAX_DEPTH:
        raise TooLarge("a value that is too large or too deep")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if -(1 << 63) <= value < (1 << 63) else {"i": hex(value)}
    if kind is float:
        return value if math.isfinite(value) else {"f": repr(value)}
    if kind is complex:
        return {"c": [_encode(value.real, depth, count), _encode(value.imag, depth, count)]}
    if kind is range:
        return {"r": [value.start, value.stop, value.step]}
    if kind is bytes or kind is bytearray:
        return {"b" if kind is bytes else "ba": bytes(value).hex()}
    return _container(value, depth + 1, count)


def _container(value: Any, depth: int, count: list[int]) -> Any:
    readers: tuple[tuple[type, Any], ...] = ((int, int.__int__), (float, float.__float__), (str, str.__str__))
    for base, read in readers:
        if isinstance(value, base):
            return _encode(read(value), depth, count)
    if isinstance(value, list):
        return [_encode(item, depth, count) for item in list.__iter__(value)]
    if isinstance(value, tuple):
        return {"t": [_encode(item, depth, count) for item in tuple.__iter__(value)]}
    if isinstance(value, dict):
        return {"d": [[_encode(key, depth, count), _encode(item, depth, count)] for key, item in dict.items(value)]}
    if isinstance(value, set):
        return {"s": [_encode(item, depth, count) for item in set.__iter__(value)]}
    if isinstance(value, frozenset):
        return {"fs": [_encode(item, depth, count) for item in frozenset.__iter__(value)]}
    return _other(value, depth, count)


def _other(value: Any, depth: int, count: list[int]) -> Any:
    kind = type(value)
    module = getattr(kind, "__module__", "")
    if kind.__name__ in _TEXTUAL.get(module, ()):
        return {"x": [kind.__name__, str(value)]}
    if hasattr(kind, "__next__"):
        items = list(itertools.islice(value, ITERATED))
        return {"g": [_encode(item, depth, count) for item in items], "more": len(items) == ITERATED}
    if hasattr(kind, "__dataclass_fields__"):
        fields = [[name, _encode(getattr(value, name, None), depth, count)] for name in kind.__dataclass_fields__]
        return {"dc": [kind.__name__, fields]}
    try:
        text = repr(value)[:200]
    except Exception:
        text = "?"
    return {"o": [f"{module}.{kind.__qualname__}"[:100], text]}


class Record(tuple[Any, ...]):
    """A dataclass by value: (name, ((field, value), …)); a date or the like: (name, text)."""

    def __repr__(self) -> str:
        name, content = self
        fields = content if isinstance(content, str) else ", ".join(f"{field}={value!r}" for field, value in content)
        return f"{name}({fields})"


def decode(data: Any) -> Any:
    """The value; ValueError for what `encode` never writes."""
    try:
        return _decode(data, 0)
    except (TypeError, LookupError, ArithmeticError, AttributeError, RecursionError) as wrong:
        raise ValueError(f"no encoded value: {type(wrong).__name__}") from wrong


def _decode(data: Any, depth: int) -> Any:
    if depth > MAX_DEPTH + 10:
        raise ValueError("too deep")
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, list):
        return [_decode(item, depth + 1) for item in data]
    if isinstance(data, dict) and data:
        tag = next(iter(data))
        if tag in _READERS:
            return _READERS[tag](data[tag], depth + 1)
    raise ValueError("unknown tag")


def _spread(keys: list[Any]) -> list[Any]:
    """The keys. ValueError where so many have one hash that looking them up would take forever."""
    if len(keys) > CROWD and max(Counter(map(hash, keys)).values()) > CROWD:
        raise ValueError("keys that all have the same hash")
    return keys


def _pairs(items: Any, depth: int) -> Any:
    pairs = [(_decode(key, depth), _decode(item, depth)) for key, item in items]
    _spread([key for key, _ in pairs])
    return dict(pairs)


def _textual(pair: Any, depth: int) -> Any:
    import decimal
    import fractions

    name, text = str(pair[0]), str(pair[1])
    if name == "Fraction":
        if not set(text) <= _OF_A_FRACTION:  # 1e999999999 would take all memory there is
            raise ValueError("no fraction")
        return fractions.Fraction(text)
    return decimal.Decimal(text) if name == "Decimal" else Record((name, text))


_READERS: dict[str, Callable[[Any, int], Any]] = {
    "i": lambda text, depth: int(text, 16),
    "f": lambda text, depth: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[text],
    "c": lambda pair, depth: complex(_decode(pair[0], depth), _decode(pair[1], depth)),
    "r": lambda ends, depth: range(*(int(end) for end in ends)),
    "b": lambda text, depth: bytes.fromhex(text),
    "ba": lambda text, depth: bytearray.fromhex(text),
    "t": lambda items, depth: tuple([_decode(item, depth) for item in items]),
    "d": _pairs,
    "s": lambda items, depth: set(_spread([_decode(item, depth) for item in items])),
    "fs": lambda items, depth: frozenset(_spread([_decode(item, depth) for item in items])),
    "g": lambda items, depth: Drained(_decode(item, depth) for item in items),
    "dc": lambda pair, depth: Record(
        (str(pair[0]), tuple((str(name), _decode(item, depth)) for name, item in pair[1]))
    ),
    "x": _textual,
    "o": lambda pair, depth: Opaque(str(pair[0])[:100], str(pair[1])[:200]),
}


def exception_of(data: Any) -> tuple[str, list[str], str]:
    """(name, names of its bases, text) of an exception as it was told; ValueError where it was not told like that."""
    match data:
        case [str(name), [*bases], str(text)] if all(isinstance(base, str) for base in bases):
            return name, bases, text
    raise ValueError("no exception")


_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_DECODER = json.JSONDecoder()


def dumps(data: Any) -> bytes:
    """JSON data as bytes."""
    return _ENCODER.encode(data).encode("ascii")


def listed(items: Iterable[bytes]) -> bytes:
    """A JSON list of what is written already."""
    return b"[" + b",".join(items) + b"]"


def frame(body: bytes) -> bytes:
    """A frame with its length before it."""
    return struct.pack("!I", len(body)) + body


def bounded(body: bytes) -> int:
    """How many parts a frame of JSON has, at most. TooLarge where reading them would need too much memory."""
    parts = _parts_of(body)
    if parts > MAX_PARTS:
        parts = _parts_of(_STRING.sub(b"", body))
    if parts > MAX_PARTS:
        raise TooLarge("a frame with too many parts")
    return parts


def _parts_of(body: bytes) -> int:
    return body.count(b",") + body.count(b"[") + body.count(b"{")


class Channel:
    """Frames on a stream socket, each with its length before it."""

    __slots__ = ("_buffer", "fd", "parts", "received")

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.received = 0  # bytes of all frames
        self.parts = 0  # of the values in them
        self._buffer = bytearray()

    def send(self, data: Any) -> None:
        """Writes one frame. TooLarge where it is."""
        body = dumps(data)
        if len(body) > MAX_FRAME:
            raise TooLarge("a frame that is too large")
        self.write(frame(body))

    def write(self, frames: bytes) -> None:
        """Writes whole frames."""
        rest = memoryview(frames)
        while rest:
            rest = rest[os.write(self.fd, rest) :]

    def receive(self, header: bytes | None = None) -> Any:
        """Reads one frame (`header`: its length was read). EOFError at the end, ValueError for none, TooLarge."""
        body = self._frame(header or self._read(4))
        self.received += len(body)
        self.parts += bounded(body)
        text = body.decode()
        data, end = _DECODER.raw_decode(text)
        if end != len(text):
            raise ValueError("more than one value in a frame")
        return data

    def _frame(self, header: bytes) -> bytes:
        (length,) = struct.unpack("!I", header)
        if length > MAX_FRAME:
            raise ValueError("a frame that is too large")
        return self._read(length)

    def _read(self, length: int) -> bytes:
        while len(self._buffer) < length:
            self._buffer += self._part(max(length - len(self._buffer), PART))
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _part(self, most: int) -> bytes:
        """What comes next; never empty."""
        part = os.read(self.fd, most)
        if not part:
            raise EOFError
        return part
