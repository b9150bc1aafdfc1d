"""Bytes of plain data: numbers, text and sequences of them, bounded in size; what is read is checked as it is read.

Sequences of one kind (whole numbers, floats, short text) are written in one piece, so that millions of them cross quickly.
"""

import struct
from array import array
from collections.abc import Callable, Collection, Sequence
from typing import Any

DEPTH = 1_000  # levels of containers in one value
DEEPER = 12 * DEPTH  # room on the stack for values that nest deeply; a candidate's own code keeps the usual limit
ITEMS = 2_000_000  # items in all containers of one message
FRAME = 1 << 26  # bytes of a message
CROWD = 100  # keys with one hash
WIDE = 64  # items of a tuple that is written as a row of columns
SMALL = 4  # items of a sequence that is not worth looking at as a whole

_U32 = struct.Struct(">I")
_HEAD = struct.Struct(">cI")  # the kind and the length of a sequence
_I64 = struct.Struct(">q")
_F64 = struct.Struct(">d")
_CONSTANTS: dict[bytes, tuple[Any]] = {b"N": (None,), b"T": (True,), b"F": (False,)}


class Malformed(ValueError):
    """Bytes that no writer of ours made."""


class TooLarge(ValueError):
    """A value that is larger, or nested more deeply, than what may cross."""


def put_u32(out: bytearray, number: int) -> None:
    """A count or a number of an object."""
    out += _U32.pack(number)


def put_int(out: bytearray, number: int) -> None:
    """A whole number of any size."""
    if -(1 << 63) <= number < 1 << 63:
        out += b"i" + _I64.pack(number)
        return
    data = number.to_bytes((number.bit_length() + 8) // 8, "big", signed=True)
    out += b"I" + _U32.pack(len(data)) + data


def put_float(out: bytearray, number: float) -> None:
    """A float, all its bits."""
    out += b"f" + _F64.pack(number)


def put_text(out: bytearray, text: str) -> None:
    """Text, halves of characters included."""
    data = text.encode("utf-8", "surrogatepass")
    out += _U32.pack(len(data)) + data


def put_tagged_text(out: bytearray, text: str) -> None:
    """The same, as a value."""
    data = text.encode("utf-8", "surrogatepass")
    out += b"s" + _U32.pack(len(data)) + data


def put_bytes(out: bytearray, data: bytes) -> None:
    """Bytes, as a value."""
    out += b"b" + _U32.pack(len(data)) + data


def put_items(out: bytearray, items: Sequence[Any], put: Callable[[Any], None]) -> None:
    """A sequence: in one piece where its items are of one plain kind, else each by `put`."""
    if len(items) > ITEMS:
        raise TooLarge(f"more than {ITEMS} items")
    kinds = set(map(type, items)) if len(items) >= SMALL else None
    if kinds is not None and len(kinds) == 1 and _put_alike(out, items, kinds.pop(), put):
        return
    out += b"g" + _U32.pack(len(items))
    for item in items:
        put(item)


def _put_alike(out: bytearray, items: Sequence[Any], kind: type, put: Callable[[Any], None]) -> bool:
    if kind is tuple:
        return _put_rows(out, items, put)
    if kind is int:
        try:
            data = array("q", items)
        except OverflowError:
            return False
        out += b"q" + _U32.pack(len(items)) + data.tobytes()
    elif kind is float:
        out += b"d" + _U32.pack(len(items)) + array("d", items).tobytes()
    elif kind is bool:
        out += b"?" + _U32.pack(len(items)) + bytes(items)
    elif kind is str:
        out += b"s" + _U32.pack(len(items)) + array("I", map(len, items)).tobytes()
        put_text(out, "".join(items))
    else:
        return False
    return True


def _put_rows(out: bytearray, rows: Sequence[Any], put: Callable[[Any], None]) -> bool:
    """Tuples of one length, column by column."""
    lengths = set(map(len, rows))
    width = lengths.pop()
    if lengths or not 0 < width <= WIDE:
        return False
    out += b"r" + _U32.pack(len(rows)) + _U32.pack(width)
    for column in zip(*rows, strict=True):
        put_items(out, column, put)
    return True


class Cursor:
    """Reads what the functions above wrote. Malformed for anything else. Readers of values take the depth that they are at."""

    __slots__ = ("_at", "_data", "_end", "_items")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._end = len(data)
        self._at = 0
        self._items = 0

    @property
    def at(self) -> int:
        """How many bytes are read."""
        return self._at

    def since(self, begin: int) -> bytes:
        """What was read since then."""
        return self._data[begin : self._at]

    @property
    def ended(self) -> bool:
        """Whether everything is read."""
        return self._at == self._end

    def passed(self, part: bytes) -> bool:
        """Whether what comes next is this, which is passed over then."""
        if not self._data.startswith(part, self._at):
            return False
        self._at += len(part)
        return True

    def between(self, head: bytes, rest: bytes) -> int | None:
        """The number of eight bytes between these, which are all read then; None where something else comes next."""
        at = self._at + len(head)
        if not (self._data.startswith(head, self._at) and self._data.startswith(rest, at + 8)):
            return None
        self._at = at
        number = self.int64()
        self._at += len(rest)
        return number

    def take(self, length: int) -> bytes:
        """So many bytes."""
        end = self._at + length
        if end > self._end:
            raise Malformed("the message ends early")
        part = self._data[self._at : end]
        self._at = end
        return part

    def tag(self) -> bytes:
        """The kind of the next value; empty where there is none."""
        at = self._at
        self._at = at + 1
        return self._data[at : at + 1]

    def u32(self) -> int:
        """A count or a number of an object."""
        at = self._at
        if at + 4 > self._end:
            raise Malformed("the message ends early")
        self._at = at + 4
        number: int = _U32.unpack_from(self._data, at)[0]
        return number

    def count(self) -> int:
        """The length of a sequence, which counts against the limit of the message."""
        number = self.u32()
        self._count(number)
        return number

    def _count(self, number: int) -> None:
        self._items += number
        if self._items > 2 * ITEMS:
            raise Malformed("too many items")

    def int64(self, depth: int = 0) -> int:
        """A small whole number."""
        at = self._at
        if at + 8 > self._end:
            raise Malformed("the message ends early")
        self._at = at + 8
        number: int = _I64.unpack_from(self._data, at)[0]
        return number

    def large(self, depth: int = 0) -> int:
        """A large whole number."""
        return int.from_bytes(self.take(self.u32()), "big", signed=True)

    def float64(self, depth: int = 0) -> float:
        """A float."""
        at = self._at
        if at + 8 > self._end:
            raise Malformed("the message ends early")
        self._at = at + 8
        number: float = _F64.unpack_from(self._data, at)[0]
        return number

    def data(self, depth: int = 0) -> bytes:
        """Bytes with their length."""
        return self.take(self.u32())

    def text(self, depth: int = 0) -> str:
        """Text."""
        return self.take(self.u32()).decode("utf-8", "surrogatepass")

    def items(self, read: Callable[[], Any]) -> list[Any]:
        """A sequence."""
        at = self._at
        if at + 5 > self._end:
            raise Malformed("the message ends early")
        mode, count = _HEAD.unpack_from(self._data, at)
        self._at = at + 5
        self._count(count)
        if mode == b"g":
            return [read() for _ in range(count)]
        return self._rows(count, read) if mode == b"r" else self._alike(mode, count)

    def _rows(self, count: int, read: Callable[[], Any]) -> list[Any]:
        width = self.u32()
        if not 0 < width <= WIDE:
            raise Malformed("no rows")
        columns = [self.items(read) for _ in range(width)]
        if any(len(column) != count for column in columns):
            raise Malformed("columns of other lengths")
        return list(zip(*columns, strict=True))

    def _alike(self, mode: bytes, count: int) -> list[Any]:
        if mode in (b"q", b"d"):
            numbers = array(mode.decode())
            numbers.frombytes(self.take(8 * count))
            return numbers.tolist()
        if mode == b"?":
            return [each != 0 for each in self.take(count)]
        if mode == b"s":
            return self._texts(count)
        raise Malformed("no sequence")

    def _texts(self, count: int) -> list[str]:
        lengths = array("I")
        lengths.frombytes(self.take(lengths.itemsize * count))
        text, texts, at = self.text(), [], 0
        for length in lengths:
            texts.append(text[at : at + length])
            at += length
        if at != len(text):
            raise Malformed("texts of other lengths")
        return texts


def scalar(data: bytes, begin: int, end: int) -> tuple[Any] | None:
    """(the number, text, truth value or None) that is written there alone, as `Objects.write` writes it; None where it is
    anything else.
    """
    tag, length = data[begin : begin + 1], end - begin - 1
    if length == 0:
        return _CONSTANTS.get(tag)
    if length == 8 and (tag == b"i" or tag == b"f"):
        packed = _I64 if tag == b"i" else _F64
        return packed.unpack_from(data, begin + 1)
    if tag == b"s" and length >= 4 and _U32.unpack_from(data, begin + 1)[0] == length - 4:
        try:
            return (data[begin + 5 : end].decode("utf-8", "surrogatepass"),)
        except UnicodeDecodeError:
            return None
    return None


def spread(keys: Collection[Any]) -> Collection[Any]:
    """The keys of a dict or set. Malformed where so many share a hash that looking them up takes forever."""
    if len(keys) > CROWD:
        crowds: dict[int, int] = {}
        for value in map(hash, keys):
            crowds[value] = crowds.get(value, 0) + 1
        if max(crowds.values()) > CROWD:
            raise Malformed("keys that all have one hash")
    return keys
