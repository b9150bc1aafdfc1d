"""Equality of arrays, series and frames as their libraries mean it: by value, type and shape, a missing value equal to itself."""

from typing import Any


def equal_arrays(left: Any, right: Any) -> bool | None:
    """Whether two arrays, series or frames are equal; None where neither is one.

    An array has a shape and a dtype (NumPy); a series or frame has a shape and an `equals` of its own (pandas, polars).
    """
    if not (hasattr(left, "shape") and hasattr(right, "shape")):
        return None
    if type(left) is type(right) and callable(getattr(left, "equals", None)):
        return _types(left) == _types(right) and bool(left.equals(right))
    if not (hasattr(left, "dtype") and hasattr(right, "dtype")):
        return None
    if tuple(left.shape) != tuple(right.shape) or left.dtype != right.dtype:
        return False
    return bool(((left == right) | ((left != left) & (right != right))).all())


def _types(value: Any) -> list[str]:
    """The types of the columns, and the names where they have some."""
    kinds = getattr(value, "dtypes", None)
    kinds = getattr(value, "dtype", None) if kinds is None else kinds
    names = getattr(value, "columns", None)
    return [str(part) for part in (kinds, None if names is None else list(names), getattr(value, "name", None))]
