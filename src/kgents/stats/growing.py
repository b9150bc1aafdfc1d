"""A sequence without an end, computed as far as it is asked for; any number of threads may ask."""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Growing(Sequence[T], Generic[T]):
    """What an endless iterator gives, by position; what was read once never changes."""

    def __init__(self, items: Iterator[T]) -> None:
        self._items = items
        self._known: list[T] = []
        self._lock = Lock()

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        """One item, or those up to the stop of a slice. IndexError for a negative index or a slice without a stop."""
        last = index.stop - 1 if isinstance(index, slice) and index.stop is not None else index
        if not isinstance(last, int) or last < -1 or (last == -1 and not isinstance(index, slice)):
            raise IndexError("a sequence without an end has no last item")
        if last >= len(self._known):
            self._grow(last)
        return self._known[index]

    def __len__(self) -> int:
        """How many are known by now."""
        return len(self._known)

    def _grow(self, last: int) -> None:
        with self._lock:
            while len(self._known) <= last:
                self._known.append(next(self._items))
