"""A sequence without an end, computed as far as it is asked for."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Growing(Sequence[T], Generic[T]):
    """What an endless iterator gives, by position. Any number of threads may read: a longer tuple takes the place of a
    shorter one with the same beginning, and each walk starts anew, so none meets another in the middle."""

    def __init__(self, begin: Callable[[], Iterator[T]]) -> None:
        self._begin = begin
        self._known: tuple[T, ...] = ()

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        """One item, or those up to the stop of a slice. IndexError for a negative index or a slice without a stop."""
        number = (index.stop if isinstance(index, slice) else index + 1) or 0
        if number < 0 or (isinstance(index, slice) and index.stop is None) or (index == -1):
            raise IndexError("a sequence without an end has no last item")
        return self._first(number)[index]

    def __len__(self) -> int:
        """How many are known by now."""
        return len(self._known)

    def _first(self, number: int) -> tuple[T, ...]:
        known = self._known
        if len(known) < number:
            known = tuple(islice(self._begin(), max(number, 2 * len(known), 256)))
            self._known = known if len(known) > len(self._known) else self._known
        return known
