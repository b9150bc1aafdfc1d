"""Objects that both ends know by a number: exact values, and twins of those that can change.

A twin exists at both ends. With each message the sender tells the new contents of those that changed, and gives up those
that nobody but this table can reach any more. Numbers made at the tests' end are even, those of the candidate's end odd.
"""

import sys
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from . import arrays
from .codec import (
    DEPTH,
    SMALL,
    Cursor,
    Malformed,
    TooLarge,
    put_bytes,
    put_float,
    put_int,
    put_items,
    put_tagged_text,
    put_text,
    put_u32,
)  # fmt: skip
from .numbering import Numbers
from .table import CHANGING, CHANGING_AT, KIND_NAMES, KINDS, PLAIN, PLAIN_AT, SINGLE

ROOT = 2  # the number of the one object that both ends know from the start
FIRST_OF_CANDIDATE, FIRST_OF_TESTS = 1, 4  # the first number that each end gives: odd and even
_FRAME = -1  # contents of a pandas value
_ARRAY = -2  # of a numpy array
NO_CHANGES = bytes(8)  # and nothing given up


def _alone() -> int:
    """How many references the loop in `Objects.changes` sees of an object that only the table holds."""
    things: dict[int, list[Any]] = {0: []}
    for number in list(things):
        thing = things[number]
        return sys.getrefcount(thing)
    return 0


class Objects(Numbers):
    """Writes values to bytes and reads them back; remembers which objects are known at the other end, and their contents."""

    ALONE = _alone()

    def __init__(self, first: int) -> None:
        super().__init__(first)
        self.inner = False  # whether a message is read in the middle of another
        self._given_up: list[int] = []  # in such messages
        self._writers: dict[type, Callable[[bytearray, Any], None]] = {
            type(None): lambda out, value: out.extend(b"N"),
            bool: lambda out, value: out.extend(b"T" if value else b"F"),
            int: put_int,
            float: put_float,
            str: put_tagged_text,
            bytes: put_bytes,
        }
        self._readers: dict[bytes, Callable[[Cursor, int], Any]] = {
            b"N": lambda cursor, depth: None,
            b"T": lambda cursor, depth: True,
            b"F": lambda cursor, depth: False,
            b"i": Cursor.int64,
            b"I": Cursor.large,
            b"f": Cursor.float64,
            b"s": Cursor.text,
            b"b": Cursor.data,
            b"=": lambda cursor, depth: self.things[cursor.u32()],
            b"t": lambda cursor, depth: tuple(self.read_items(cursor, depth)),
            b"p": self._read_plain,
            b"n": self._read_numbered,
            b"m": self._read_twin,
            b"a": self._read_array,
            b"w": self._read_frame,
            b"u": lambda cursor, depth: arrays.scalar(*self.read_items(cursor, depth)),
            b"v": lambda cursor, depth: arrays.pandas_value(*self.read_items(cursor, depth)),
            b"K": lambda cursor, depth: KINDS[cursor.text()],
            b"1": lambda cursor, depth: SINGLE[cursor.u32()],
            b"l": self.read_items,
            b"d": self._read_data,
        }

    # -- writing ----------------------------------------------------------------------------------------------------
    def write(self, out: bytearray, value: Any, depth: int = 0) -> None:
        """Appends a value. TooLarge where it is."""
        writer = self._writers.get(type(value))
        if writer is not None:
            writer(out, value)
            return
        number = self.numbers.get(id(value))
        if number is not None:
            out += b"="
            put_u32(out, number)
        elif depth > DEPTH:
            raise TooLarge(f"more than {DEPTH} levels")
        else:
            self._write_structured(out, value, depth)

    def write_items(self, out: bytearray, items: Sequence[Any], depth: int) -> None:
        """Appends a sequence of values."""
        if len(items) >= SMALL:
            put_items(out, items, lambda item: self.write(out, item, depth + 1))
            return
        out += b"g\0\0\0"
        out.append(len(items))
        for item in items:
            self.write(out, item, depth + 1)

    def write_data(self, out: bytearray, value: Any) -> None:
        """Appends lists, dicts and plain values by value: nothing in them gets a number, save what only has one."""
        if type(value) is list:
            out += b"l"
            put_items(out, value, lambda item: self.write_data(out, item))
        elif type(value) is dict:
            out += b"d"
            put_items(out, list(value), lambda item: self.write_data(out, item))
            put_items(out, list(value.values()), lambda item: self.write_data(out, item))
        else:
            self.write(out, value)

    def _write_structured(self, out: bytearray, value: Any, depth: int) -> None:
        kind = type(value)
        if kind in CHANGING_AT:
            self._write_twin(out, value, CHANGING_AT[kind], depth)
        elif kind in PLAIN_AT:
            self._write_plain(out, value, depth)
        elif kind is FunctionType:
            self._write_function(out, value)
        elif arrays.is_array(value):
            self._write_twin(out, value, _ARRAY, depth)
        elif not self._write_foreign(out, value, depth):
            self._write_other(out, value)

    def _write_plain(self, out: bytearray, value: Any, depth: int) -> None:
        if depth == 0:  # an argument or an answer by itself: it stays the same object when it comes back
            out += b"n"
            number = self.number(value)
            self._contents[number] = None
            put_u32(out, number)
        if type(value) is tuple:
            out += b"t"
            self.write_items(out, value, depth)
            return
        slot = PLAIN_AT[type(value)]
        out += b"p"
        put_u32(out, slot)
        self.write_items(out, PLAIN[slot].parts(value), depth)

    def _write_twin(self, out: bytearray, value: Any, slot: int, depth: int) -> None:
        number = self.number(value)
        out += b"m" if slot >= 0 else b"a" if slot == _ARRAY else b"w"
        put_u32(out, number)
        if slot == _ARRAY:
            self.write_items(out, arrays.array_header(value), depth)
        elif slot >= 0:
            put_u32(out, slot)
            self.write_items(out, CHANGING[slot].header(value), depth)
        begin, known = len(out), self._next
        self._write_contents(out, value, depth)
        alike = self._next == known  # nothing within has got a number: what was written is what will be written
        self._contents[number] = bytes(out[begin:]) if alike else self._state(value)

    def _write_contents(self, out: bytearray, value: Any, depth: int) -> None:
        if type(value) is list:
            self.write_items(out, value, depth)
            return
        for block in self._blocks(value):
            self.write_items(out, block, depth)

    def _blocks(self, value: Any) -> Sequence[Sequence[Any]]:
        slot = CHANGING_AT.get(type(value))
        if slot is not None:
            return CHANGING[slot].blocks(value)
        if arrays.numpy_of(value) is not None:
            return arrays.array_blocks(value)
        parts = arrays.pandas_parts(value)
        if parts is None:
            raise TooLarge("a pandas value without an exact form")
        return [_frozen(parts)]

    def _state(self, value: Any) -> bytes:
        out = bytearray()
        self._write_contents(out, value, 0)
        return bytes(out)

    def _write_foreign(self, out: bytearray, value: Any, depth: int) -> bool:
        """Values of numpy and pandas, types of the table, single objects; whether it is one of them."""
        parts = arrays.scalar_parts(value)
        if parts is not None:
            out += b"u"
            self.write_items(out, parts, depth)
        elif arrays.pandas_of(value) is not None and (told := arrays.pandas_parts(value)) is not None:
            if told[0] in ("Series", "DataFrame"):
                self._write_twin(out, value, _FRAME, depth)
            else:
                out += b"v"
                self.write_items(out, _frozen(told), depth)
        elif isinstance(value, type) and KIND_NAMES.get(value) is not None:
            out += b"K"
            put_text(out, KIND_NAMES[value])
        elif value is Ellipsis or value is NotImplemented:
            out += b"1"
            put_u32(out, SINGLE.index(value))
        else:
            return False
        return True

    def _write_function(self, out: bytearray, value: Any) -> None:
        self._write_other(out, value)

    def _write_other(self, out: bytearray, value: Any) -> None:
        """What has no plain form; see `Peer`."""
        raise TooLarge(f"a {type(value).__name__} does not cross")

    # -- changes ----------------------------------------------------------------------------------------------------
    def write_changes(self, out: bytearray, first: int) -> None:
        """Appends the new contents of twins that changed, then the numbers that are given up. Twins of this end from the
        number `first` on have just been written.
        """
        if not self._contents:
            out += NO_CHANGES
            return
        changed, gone = [], []
        for number in list(self._contents):
            thing = self.things[number]
            known = self._contents[number]
            if known is not None and (number < first or number % 2 != first % 2):
                now = self._state(thing)
                if now != known:
                    self._contents[number] = self._state(thing)  # with numbers for what is new within
                    changed.append((number, now))
            if sys.getrefcount(thing) <= self.ALONE:
                gone.append(number)
        thing = None
        put_u32(out, len(changed))
        for number, now in changed:
            put_u32(out, number)
            out += now
        put_u32(out, len(gone))
        for number in gone:  # only after its last change is told
            put_u32(out, number)
            self._forget(number)

    def read_changes(self, cursor: Cursor) -> None:
        """Does to the twins here what was done to those there. Malformed where there is no such twin."""
        if not cursor.passed(NO_CHANGES):
            for _ in range(cursor.count()):
                number = cursor.u32()
                if self._contents.get(number) is None:
                    raise Malformed("no twin")
                self._fill(number, cursor, 0)
            self._given_up += [cursor.u32() for _ in range(cursor.count())]
        while self._given_up and not self.inner:
            number = self._given_up.pop()
            if number != ROOT:
                self._forget(number)

    # -- reading ----------------------------------------------------------------------------------------------------
    def read(self, cursor: Cursor, depth: int = 0) -> Any:
        """The next value. Malformed, or another error of what is built, where it is none."""
        if depth > DEPTH + 20:
            raise Malformed("too deep")
        tag = cursor.tag()
        reader = self._readers.get(tag)
        return self._read_other(tag, cursor, depth) if reader is None else reader(cursor, depth)

    def read_items(self, cursor: Cursor, depth: int) -> list[Any]:
        """The next sequence of values."""
        return cursor.items(lambda: self.read(cursor, depth + 1))

    def _read_data(self, cursor: Cursor, depth: int) -> dict[Any, Any]:
        return dict(zip(self.read_items(cursor, depth), self.read_items(cursor, depth), strict=True))

    def _read_plain(self, cursor: Cursor, depth: int) -> Any:
        plain = PLAIN[cursor.u32()]
        self._fresh += plain.kind is frozenset
        return plain.make(*self.read_items(cursor, depth))

    def _read_numbered(self, cursor: Cursor, depth: int) -> Any:
        number = cursor.u32()
        value = self.read(cursor, depth + 1)
        self._contents[number] = None
        return self.theirs(number, value)

    def _read_twin(self, cursor: Cursor, depth: int) -> Any:
        number = cursor.u32()
        changing = CHANGING[cursor.u32()]
        thing = self.theirs(number, changing.make(*self.read_items(cursor, depth)))
        self._fill(number, cursor, depth)
        return thing

    def _read_array(self, cursor: Cursor, depth: int) -> Any:
        number = cursor.u32()
        thing = self.theirs(number, arrays.empty_array(*self.read_items(cursor, depth)))
        self._fill(number, cursor, depth)
        return thing

    def _read_frame(self, cursor: Cursor, depth: int) -> Any:
        number = cursor.u32()
        thing = self.theirs(number, arrays.pandas_value(*self.read_items(cursor, depth)))
        self._contents[number] = self._state(thing)
        return thing

    def _fill(self, number: int, cursor: Cursor, depth: int) -> None:
        thing = self.things[number]
        slot = CHANGING_AT.get(type(thing))
        begin, known = cursor.at, self._fresh
        if type(thing) is list:
            thing[:] = self.read_items(cursor, depth)
        elif slot is not None:
            changing = CHANGING[slot]
            count = len(changing.blocks(thing))
            changing.fill(thing, *[self.read_items(cursor, depth) for _ in range(count)])
        elif arrays.numpy_of(thing) is not None:
            arrays.fill_array(thing, self.read_items(cursor, depth))
        else:
            thing._update_inplace(arrays.pandas_value(*self.read_items(cursor, depth)))
        exact = self._fresh == known and type(thing) is not set
        self._contents[number] = cursor.since(begin) if exact else self._state(thing)

    def _read_other(self, tag: bytes, cursor: Cursor, depth: int) -> Any:
        raise Malformed("unknown tag")


def _frozen(parts: Any) -> Any:
    """Lists within the parts of a value as tuples, so that none of them becomes a twin."""
    return tuple(_frozen(each) if type(each) is list else each for each in parts)
