"""Answers as trees that can be compared without asking them: nested tuples of tags, numbers and texts.

Rule: a tree holds exact builtins. Objects of a program's own classes are shown by the name of their class and their
public attributes, so that two programs with classes of one name can be compared.
"""

import datetime as dt
import enum
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

from kgents.verify.reference.inside.recipes import TEXTUAL

Tree = Any  # int, str, None, or a tuple whose first item is a tag
DEPTH = 60
ITEMS, SEARCHED = 20_000, 400  # items of an answer; of one that a search keeps
LETTERS = 4_000  # of a text in an answer that a search keeps
DRAINED = 2_000
DIGITS = 4_000
_OWN_INT = 1 << 200  # a tree holds smaller ints as they are
OWN = "solution"  # the module in which programs live


class TooLarge(Exception):
    """An answer with more items than are compared."""


class Trees:
    """Makes trees of the answers of one program.

    shown  public attributes by class: those that are asked of every object of it, also where they are properties
    short  only short answers will do: for a search, which keeps many
    """

    def __init__(self, shown: Mapping[str, list[str]] | None = None, short: bool = False) -> None:
        self._shown = shown
        self._most = SEARCHED if short else ITEMS
        self._short = short
        self._count = 0
        self.met: dict[str, dict[str, None]] = {}
        self._names: dict[tuple[Any, ...], tuple[type, list[str]]] = {}  # with its class, so that no other has its id

    def of(self, value: Any) -> Tree:
        """The tree of a value. TooLarge where it is."""
        self._count = 0
        return self._tree(value, 0)

    def _tree(self, value: Any, depth: int) -> Tree:
        self._count += 1
        if self._count > self._most or depth > DEPTH:
            raise TooLarge
        kind = type(value)
        if kind is str or value is None:
            if self._short and value is not None and len(value) > LETTERS:
                raise TooLarge
            return value
        make = _PLAIN.get(kind)
        if make is not None:
            return make(value)
        parts = _CONTAINERS.get(kind)
        if parts is not None:
            return (parts, *self._each(value, depth + 1))
        if kind is dict:
            return ("d", *[(self._tree(key, depth + 1), self._tree(item, depth + 1)) for key, item in value.items()])
        return self._other(value, kind, depth + 1)

    def _each(self, values: Any, depth: int) -> list[Tree]:
        """The trees of what is in a container. Whole numbers and short texts, of which most hold the most, are their own."""
        made, own = [], 0
        for item in values:
            kind = type(item)
            if (kind is int and -_OWN_INT < item < _OWN_INT) or (kind is str and len(item) <= LETTERS):
                own += 1
                made.append(item)
            else:
                made.append(self._tree(item, depth))
        self._count += own
        if self._count > self._most or depth > DEPTH:
            raise TooLarge
        return made

    def _other(self, value: Any, kind: type, depth: int) -> Tree:
        if kind in TEXTUAL:
            return ("x", TEXTUAL[kind], str(value))
        if isinstance(value, enum.Enum):
            return ("en", kind.__name__, str(value._name_), self._tree(value._value_, depth))
        for find in (self._foreign, self._derived):
            tree = find(value, kind, depth)
            if tree is not None:
                return tree
        if hasattr(kind, "__next__"):
            return self._drained(value, depth)
        return self._object(value, kind, depth)

    def _drained(self, value: Any, depth: int) -> Tree:
        """What an iterator gives; where it changes what it gave, ("moved", that, what became of it)."""
        items, changeable = [], []
        for item in itertools.islice(value, DRAINED):
            items.append(self._tree(item, depth))
            if type(item) in CHANGEABLE:
                changeable.append((len(items) - 1, item))
        later = list(items)
        for index, item in changeable:
            later[index] = self._tree(item, depth)
        return ("it", *items) if later == items else ("moved", ("it", *items), ("it", *later))

    def _foreign(self, value: Any, kind: type, depth: int) -> Tree:
        """Arrays and tables of libraries, by what they hold."""
        library = (kind.__module__ or "").partition(".")[0]
        if library == "numpy":
            return self._numpy(value, kind, depth)
        if library == "pandas":
            return self._pandas(value, kind, depth)
        return None

    def _numpy(self, value: Any, kind: type, depth: int) -> Tree:
        if not hasattr(value, "dtype") or not hasattr(value, "tolist"):
            return None
        if kind.__name__ in ("ndarray", "matrix"):
            size = math.prod(value.shape)
            if size > self._most:
                raise TooLarge
            flat = [self._tree(item, depth) for item in value.reshape(-1).tolist()]
            return ("arr", value.dtype.kind, tuple(value.shape), *flat)
        item = value.item()
        exact = type(item) is not kind and value.dtype.kind not in "Mm"  # some moments become ints
        return self._tree(item, depth) if exact else ("x", kind.__name__, str(value))

    def _pandas(self, value: Any, kind: type, depth: int) -> Tree:
        if kind.__name__ == "DataFrame":
            columns = [(self._tree(name, depth), self._tree(value[name], depth)) for name in value.columns]
            return ("df", self._tree(list(value.index), depth), *columns)
        if kind.__name__ in ("Series", "Index", "RangeIndex", "MultiIndex"):
            index = list(value.index) if kind.__name__ == "Series" else []
            entries = [self._tree(item, depth) for item in value.tolist()]
            return ("ser", str(value.dtype), self._tree(index, depth), *entries)
        return ("x", kind.__name__, str(value))

    def _derived(self, value: Any, kind: type, depth: int) -> Tree:
        """What is a kind of a builtin, by what the builtin holds."""
        if isinstance(value, tuple) and hasattr(kind, "_fields"):
            return ("nt", kind.__name__, *[self._tree(item, depth) for item in tuple.__iter__(value)])
        for base, read in _READERS:
            if isinstance(value, base):
                return self._tree(read(value), depth)
        if isinstance(value, dict):
            pairs = [(self._tree(key, depth), self._tree(item, depth)) for key, item in dict.items(value)]
            return ("d", *pairs)
        return None

    def _object(self, value: Any, kind: type, depth: int) -> Tree:
        if kind.__name__ == "deque":
            return ("dq", *[self._tree(item, depth) for item in value])
        if isinstance(value, dt.tzinfo | type(Ellipsis)) or kind.__name__ in ("range", "slice", "Pattern"):
            return ("x", kind.__name__, str(value)[:DIGITS])
        if isinstance(value, BaseException):
            return ("ex", kind.__name__, *[self._tree(item, depth) for item in value.args])
        if isinstance(value, type):
            return ("ty", value.__name__)
        if hasattr(kind, "__dataclass_fields__") or kind.__module__ == OWN or kind.__name__ == "SimpleNamespace":
            return ("ob", kind.__name__, *self._attributes(value, kind, depth))
        if hasattr(kind, "keys") and hasattr(kind, "__getitem__"):
            return ("d", *[(self._tree(key, depth), self._tree(value[key], depth)) for key in list(value)])
        return ("o", f"{kind.__module__}.{kind.__qualname__}"[:100])

    def _attributes(self, value: Any, kind: type, depth: int) -> list[Tree]:
        names = self.names_of(value, kind)
        return [(name, self._tree(getattr(value, name), depth)) for name in names if hasattr(value, name)]

    def names_of(self, value: Any, kind: type) -> list[str]:
        """The public attributes of an object: those to be shown, where they were told, else those that it has."""
        if self._shown is not None and kind.__name__ in self._shown:
            return self._shown[kind.__name__]
        held = getattr(value, "__dict__", ())
        key = (id(kind), *held)
        if key not in self._names:
            fields = getattr(kind, "__dataclass_fields__", ())
            names = [name for name in [*fields, *held] if not name.startswith("_")]
            self.met.setdefault(kind.__name__, {}).update(dict.fromkeys(names))
            self._names[key] = (kind, sorted(dict.fromkeys(names)))
        return self._names[key][1]


def _float(value: float) -> Tree:
    return ("f", value) if math.isfinite(value) else ("f", repr(value))


def _int(value: int) -> Tree:
    return value if -_OWN_INT < value < _OWN_INT else ("i", hex(value)[: DIGITS * 10])


_PLAIN: dict[type, Callable[[Any], Tree]] = {
    bool: lambda value: ("T",) if value else ("F",),
    int: _int,
    float: _float,
    complex: lambda value: ("c", _float(value.real), _float(value.imag)),
    bytes: lambda value: ("b", value.hex()),
    bytearray: lambda value: ("ba", value.hex()),
    range: lambda value: ("x", "range", str(value)),
    dt.timedelta: lambda value: ("x", "timedelta", str(value)),
}
CHANGEABLE = (list, dict, set)
_CONTAINERS: dict[type, str] = {list: "l", tuple: "t", set: "s", frozenset: "fs"}
_READERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, int.__int__),
    (float, float.__float__),
    (str, str.__str__),
    (list, lambda value: list(list.__iter__(value))),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (set, lambda value: set(set.__iter__(value))),
    (frozenset, lambda value: frozenset(frozenset.__iter__(value))),
    (bytes, bytes),
)
