"""numpy and pandas: scalars, arrays, series, frames and indexes as headers and blocks of exact bytes.

Rule: no dtype that holds objects is read from bytes; columns of objects cross as lists of values of the table.
"""

import sys
from collections.abc import Sequence
from typing import Any

from .codec import Malformed

_SORTS = "biufcMmUSV"
_INDEXES = ("Index", "RangeIndex", "DatetimeIndex", "TimedeltaIndex", "PeriodIndex", "CategoricalIndex", "MultiIndex")
Header = list[Any]
Blocks = list[list[Any]]


def numpy_of(value: Any) -> Any:
    """numpy where the value is one of its own types, exactly."""
    kind = type(value)
    return sys.modules.get("numpy") if kind.__module__.partition(".")[0] == "numpy" else None


def scalar_parts(value: Any) -> list[Any] | None:
    """A numpy scalar as [dtype, bytes]; None for anything else."""
    numpy = numpy_of(value)
    if numpy is None or not isinstance(value, numpy.generic) or value.dtype.kind not in _SORTS[:-1]:
        return None
    return [value.dtype.str, value.tobytes()] if type(value) is value.dtype.type else None


def scalar(dtype: Any, data: Any) -> Any:
    """The scalar that such parts stand for."""
    return _array([dtype], data)[()]


def is_array(value: Any) -> bool:
    """Whether a value is a plain numpy array that holds no Python objects."""
    numpy = numpy_of(value)
    return numpy is not None and type(value) is numpy.ndarray and _flat(value.dtype)


def _flat(dtype: Any) -> bool:
    return dtype.kind in _SORTS and not dtype.hasobject and (dtype.kind != "V" or dtype.names is not None)


def array_header(value: Any) -> Header:
    """What never changes of an array: its dtype, as text or as fields, and its shape."""
    dtype = value.dtype
    told = dtype.str if dtype.names is None else tuple(map(tuple, dtype.descr))
    return [told, *value.shape]


def array_blocks(value: Any) -> Blocks:
    """The bytes of an array."""
    return [[value.tobytes()]]


def empty_array(*header: Any) -> Any:
    """An array of such a header, all zero."""
    return _array(header, None)


def fill_array(value: Any, block: Sequence[Any]) -> None:
    """Gives an array new contents, in place."""
    value[...] = _array(array_header(value), block[0])


def _array(header: Sequence[Any], data: bytes | None) -> Any:
    import numpy  # by its own name, from the tests' interpreter

    dtype = _dtype(header[0])
    shape = tuple(header[1:])
    if not all(type(each) is int and each >= 0 for each in shape):
        raise Malformed("no shape")
    size = dtype.itemsize
    for each in shape:
        size *= each
    if size > 1 << 26:
        raise Malformed("too large an array")
    if data is None:
        return numpy.zeros(shape, dtype)
    return numpy.frombuffer(data, dtype, count=-1 if dtype.itemsize else 0).reshape(shape).copy()


def pandas_of(value: Any) -> Any:
    """pandas where the value is a series, frame, index or timestamp of it, exactly."""
    if type(value).__module__.partition(".")[0] != "pandas":
        return None
    pandas = sys.modules.get("pandas")
    return pandas if pandas is not None and type(value) in [getattr(pandas, name) for name in _PANDAS_PARTS] else None


def pandas_parts(value: Any) -> list[Any] | None:
    """A pandas value as [its class, parts…]; None where it has no exact form, or is none of pandas."""
    pandas = pandas_of(value)
    if pandas is None:
        return None
    try:
        parts = _PANDAS_PARTS[type(value).__name__](value)
        return parts if _same(value, pandas_value(*parts)) else None
    except Exception:  # a form that is not known here is none
        return None


def _same(value: Any, again: Any) -> bool:
    if type(value) is not type(again):
        return False
    if not hasattr(value, "equals"):
        return bool(value == again)
    return bool(value.equals(again)) and _dtypes(value) == _dtypes(again)


def _dtypes(value: Any) -> list[Any]:
    """The dtype of each column; those of categories are equal where their categories are, and in order."""
    told: Any = getattr(value, "dtypes", None)
    return list(told) if hasattr(told, "index") else [told]


def _column(values: Any) -> list[Any]:
    """[dtype, items] of what a series or an index holds; the items as bytes where they are exact, categories as codes, periods
    as ordinals, what is missing in a nullable column as None."""
    import pandas

    dtype = str(values.dtype)
    if isinstance(values.dtype, pandas.CategoricalDtype):
        held = pandas.Categorical(values)
        return [dtype, [held.codes.astype("int64").tobytes(), _index_parts(held.categories), bool(held.ordered)]]
    if isinstance(values.dtype, pandas.PeriodDtype):
        return [dtype, pandas.PeriodIndex(values).asi8.tobytes()]
    array = values.to_numpy()
    if is_array(array) and str(array.dtype) == dtype:
        return [dtype, array.tobytes()]
    return [dtype, [None if item is pandas.NA and dtype != "object" else item for item in values.array]]


def _index_parts(value: Any) -> list[Any]:
    names = list(value.names)
    if type(value).__name__ == "MultiIndex":
        return ["MultiIndex", names, [tuple(each) for each in value]]
    if type(value).__name__ == "RangeIndex":
        return ["RangeIndex", names, [value.start, value.stop, value.step]]
    freq = None if type(value).__name__ == "PeriodIndex" else getattr(value, "freqstr", None)
    return [type(value).__name__, names, *_column(value), freq]


def _frame_parts(value: Any) -> list[Any]:
    columns = [_column(value.iloc[:, column]) for column in range(value.shape[1])]
    return ["DataFrame", _index_parts(value.index), _index_parts(value.columns), columns]


def _series_parts(value: Any) -> list[Any]:
    return ["Series", value.name, _index_parts(value.index), *_column(value)]


_PANDAS_PARTS: dict[str, Any] = {
    "Series": _series_parts,
    "DataFrame": _frame_parts,
    "Timestamp": lambda v: ["Timestamp", v.value, None if v.tz is None else str(v.tz), v.unit],
    "Timedelta": lambda v: ["Timedelta", v.value, v.unit],
    "Period": lambda v: ["Period", v.ordinal, v.freqstr],
    "Categorical": lambda v: ["Categorical", *_column(v)],
    **dict.fromkeys(_INDEXES, _index_parts),
}


def pandas_value(name: Any, *parts: Any) -> Any:
    """The pandas value that such parts stand for. Malformed where they stand for none."""
    import pandas  # type: ignore[import-untyped, unused-ignore]

    match name, parts:
        case "Series", [label, index, dtype, items]:
            return pandas.Series(_typed(pandas, dtype, items), index=pandas_value(*index), name=label)
        case "DataFrame", [index, columns, data]:
            rows = pandas_value(*index)
            made = {column: pandas.Series(_typed(pandas, *each), index=rows) for column, each in enumerate(data)}
            frame = pandas.DataFrame(made, index=rows)
            frame.columns = pandas_value(*columns)
            return frame
        case "Timestamp", [number, zone, unit]:
            return pandas.Timestamp(number, tz=zone, unit="ns").as_unit(unit)
        case "Timedelta", [number, unit]:
            return pandas.Timedelta(number, unit="ns").as_unit(unit)
        case "Period", [number, freq]:
            return pandas.Period(ordinal=number, freq=freq)
        case "Categorical", [dtype, items]:
            return _typed(pandas, dtype, items)
        case _:
            return _index(pandas, name, parts)


def _index(pandas: Any, name: Any, parts: Sequence[Any]) -> Any:
    match name, parts:
        case "RangeIndex", [names, ends]:
            return pandas.RangeIndex(*ends, name=names[0])
        case "MultiIndex", [names, rows]:
            return pandas.MultiIndex.from_tuples(list(rows), names=names)
        case _, [names, dtype, items, freq] if name in _INDEXES:
            index = pandas.Index(_typed(pandas, dtype, items), name=names[0])
            if freq is not None:
                index.freq = freq
            return index
    raise Malformed("no pandas value")


def _typed(pandas: Any, dtype: Any, items: Any) -> Any:
    if type(dtype) is not str:
        raise Malformed("no dtype")
    if dtype == "category":
        codes, categories, ordered = items
        return pandas.Categorical.from_codes(
            _array(["<i8", len(codes) // 8], codes), pandas_value(*categories), ordered=ordered is True
        )
    if dtype.startswith("period["):
        return pandas.PeriodIndex.from_ordinals(_array(["<i8", len(items) // 8], items), freq=dtype[7:-1]).array
    if type(items) is bytes:
        return _array([dtype, len(items) // max(1, _dtype(dtype).itemsize)], items)
    return (
        pandas.Series(list(items), dtype=object).array if dtype == "object" else pandas.array(list(items), dtype=dtype)
    )


def _dtype(told: Any) -> Any:
    """The numpy dtype of this description. Malformed where it would hold objects."""
    import numpy  # by its own name, from the tests' interpreter

    dtype = numpy.dtype(list(map(tuple, told)) if type(told) is tuple else told)
    if not _flat(dtype):
        raise Malformed("a dtype that does not cross")
    return dtype
