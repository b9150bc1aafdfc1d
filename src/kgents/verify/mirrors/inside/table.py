"""The fixed table of types whose values cross exactly: what cannot change by its parts, what can by header and blocks.

Rule: a value is of a type of this table only by `type(value) is kind`; a subclass never is.
"""

import array
import builtins
import collections
import datetime
import decimal
import fractions
import ipaddress
import json
import pathlib
import re
import types
import uuid
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from . import trees
from .codec import Malformed, spread

Parts = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Plain:
    """A type whose values do not change: `parts` takes one apart, `make` builds one from those parts."""

    kind: type
    parts: Callable[[Any], Parts]
    make: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Changing:
    """A type whose values change: an empty one is made from its header and filled, again and again, with blocks of items."""

    kind: type
    header: Callable[[Any], Parts]
    blocks: Callable[[Any], Sequence[Parts]]
    make: Callable[..., Any]
    fill: Callable[..., None]


def _texted(kind: type) -> Plain:
    return Plain(kind, lambda value: [str(value)], kind)


def _decimal(sign: Any, exponent: Any, *digits: Any) -> decimal.Decimal:
    return decimal.Decimal((sign, digits, exponent))


def _decimal_parts(value: decimal.Decimal) -> Parts:
    sign, digits, exponent = value.as_tuple()
    return [sign, exponent, *digits]


def _pattern(pattern: Any, flags: Any) -> re.Pattern[Any]:
    """Compiled in the process that asks for it; a pattern that takes long costs its own trial's time."""
    return re.compile(pattern, flags)


_DATES = (
    Plain(datetime.date, lambda v: [v.year, v.month, v.day], datetime.date),
    Plain(
        datetime.time,
        lambda v: [v.hour, v.minute, v.second, v.microsecond, v.tzinfo, v.fold],
        lambda *parts: datetime.time(*parts[:5], fold=parts[5]),
    ),
    Plain(
        datetime.datetime,
        lambda v: [v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond, v.tzinfo, v.fold],
        lambda *parts: datetime.datetime(*parts[:8], fold=parts[8]),  # noqa: DTZ001
    ),
    Plain(datetime.timedelta, lambda v: [v.days, v.seconds, v.microseconds], datetime.timedelta),
    Plain(datetime.timezone, lambda v: list(v.__getinitargs__()), datetime.timezone),
    Plain(zoneinfo.ZoneInfo, lambda v: [v.key], zoneinfo.ZoneInfo),
)
_NUMBERS = (
    Plain(decimal.Decimal, _decimal_parts, _decimal),
    Plain(fractions.Fraction, lambda v: [v.numerator, v.denominator], fractions.Fraction),
    Plain(complex, lambda v: [v.real, v.imag], complex),
    Plain(range, lambda v: [v.start, v.stop, v.step], range),
    Plain(slice, lambda v: [v.start, v.stop, v.step], slice),
)
_TEXTS = (
    Plain(uuid.UUID, lambda v: [v.int], lambda number: uuid.UUID(int=number)),
    Plain(re.Pattern, lambda v: [v.pattern, v.flags], _pattern),
    Plain(memoryview, lambda v: [v.tobytes()], memoryview),
    *(
        _texted(kind)
        for kind in (
            pathlib.PosixPath, pathlib.PurePosixPath, pathlib.PureWindowsPath,
            ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv6Network,
            ipaddress.IPv4Interface, ipaddress.IPv6Interface,
        )
    ),
)  # fmt: skip
_GROUPS = (
    Plain(tuple, list, lambda *parts: parts),
    Plain(frozenset, list, lambda *parts: frozenset(spread(parts))),
    Plain(type({}.keys()), list, lambda *parts: dict.fromkeys(spread(parts)).keys()),
    Plain(type({}.values()), list, lambda *parts: dict(enumerate(parts)).values()),
    Plain(
        type({}.items()),
        lambda v: [part for pair in v for part in pair],
        lambda *parts: dict(zip(spread(parts[::2]), parts[1::2], strict=True)).items(),
    ),
    Plain(
        types.MappingProxyType,
        lambda v: [part for pair in v.items() for part in pair],
        lambda *parts: types.MappingProxyType(dict(zip(spread(parts[::2]), parts[1::2], strict=True))),
    ),
)
PLAIN = (*_DATES, *_NUMBERS, *_TEXTS, *_GROUPS)
PLAIN_AT = {plain.kind: number for number, plain in enumerate(PLAIN)}


def _nothing(value: Any) -> Parts:
    return ()


def _pairs(value: Any) -> Sequence[Parts]:
    return [list(dict.keys(value)), list(dict.values(value))]


def _relist(value: Any, items: Parts) -> None:
    value.clear()
    value.extend(items)


def _redict(value: Any, keys: Parts, items: Parts) -> None:
    spread(keys)
    dict.clear(value)
    for key, item in zip(keys, items, strict=True):
        dict.__setitem__(value, key, item)


def _reorder(value: Any, keys: Parts, items: Parts) -> None:
    value.clear()
    value.update(zip(spread(keys), items, strict=True))


def _reset(value: Any, items: Parts) -> None:
    spread(items)
    value.clear()
    value.update(items)


def _refactor(value: Any, factory: Parts, keys: Parts, items: Parts) -> None:
    value.default_factory = factory[0]
    _redict(value, keys, items)


def _rename(value: Any, keys: Parts, items: Parts) -> None:
    if not all(type(key) is str for key in keys):
        raise Malformed("names that are no text")
    _redict(vars(value), keys, items)


def _rebyte(value: Any, parts: Parts) -> None:
    value[:] = parts[0]


def _rearray(value: Any, parts: Parts) -> None:
    data = array.array(value.typecode)
    data.frombytes(parts[0])
    value[:] = data


_SIGNALS = (
    decimal.Clamped, decimal.DivisionByZero, decimal.FloatOperation, decimal.Inexact, decimal.InvalidOperation,
    decimal.Overflow, decimal.Rounded, decimal.Subnormal, decimal.Underflow,
)  # fmt: skip


def context_parts(value: decimal.Context) -> list[Any]:
    """What a context of decimal numbers is made of, as plain data."""
    traps, flags = value.traps, value.flags
    plain = [value.prec, value.rounding, value.Emin, value.Emax, value.capitals, value.clamp]
    return [*plain, *[traps[each] for each in _SIGNALS], *[flags[each] for each in _SIGNALS]]


def fill_context(value: decimal.Context, parts: Parts) -> None:
    """Gives a context other parts."""
    value.prec, value.rounding, value.Emin, value.Emax, value.capitals, value.clamp = parts[:6]
    for at, each in enumerate(_SIGNALS, 6):
        value.traps[each], value.flags[each] = parts[at], parts[at + len(_SIGNALS)]


CHANGING = (
    Changing(list, _nothing, lambda v: [v], list, _relist),
    Changing(dict, _nothing, _pairs, dict, _redict),
    Changing(set, _nothing, lambda v: [list(v)], set, _reset),
    Changing(bytearray, _nothing, lambda v: [[bytes(v)]], bytearray, _rebyte),
    Changing(
        collections.deque,
        lambda v: [v.maxlen],
        lambda v: [list(v)],
        lambda most: collections.deque(maxlen=most),
        _relist,
    ),
    Changing(
        collections.OrderedDict,
        _nothing,
        lambda v: [list(v), [v[key] for key in v]],
        collections.OrderedDict,
        _reorder,
    ),
    Changing(collections.Counter, _nothing, _pairs, collections.Counter, _redict),
    Changing(
        collections.defaultdict,
        _nothing,
        lambda v: [[v.default_factory], *_pairs(v)],
        collections.defaultdict,
        _refactor,
    ),
    Changing(types.SimpleNamespace, _nothing, lambda v: _pairs(vars(v)), types.SimpleNamespace, _rename),
    Changing(decimal.Context, _nothing, lambda v: [context_parts(v)], decimal.Context, fill_context),
    Changing(array.array, lambda v: [v.typecode], lambda v: [[v.tobytes()]], array.array, _rearray),
    *(Changing(kind, _nothing, trees.blocks, partial(kind.__new__, kind), trees.fill) for kind in trees.kinds()),
)
CHANGING_AT = {changing.kind: number for number, changing in enumerate(CHANGING)}


def _exceptions() -> list[type]:
    return [kind for kind in vars(builtins).values() if isinstance(kind, type) and issubclass(kind, BaseException)]


_OWN: tuple[type, ...] = (
    int,
    float,
    str,
    bool,
    bytes,
    object,
    type,
    type(None),
    type(Ellipsis),
    type(NotImplemented),
    json.JSONDecodeError,
)
_ERRORS: tuple[type, ...] = (
    decimal.InvalidOperation,
    decimal.DivisionByZero,
    decimal.Overflow,
    re.error,
    uuid.SafeUUID,
)
KINDS = {
    f"{kind.__module__}.{kind.__qualname__}": kind
    for kind in (*_OWN, *_ERRORS, *(each.kind for each in PLAIN), *(each.kind for each in CHANGING), *_exceptions())
}  # types that cross as themselves
KIND_NAMES = {kind: name for name, kind in KINDS.items()}
SINGLE = (Ellipsis, NotImplemented)
