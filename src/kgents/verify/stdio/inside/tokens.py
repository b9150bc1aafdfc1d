"""Standard input that a program reads as one row of parts: they are made when it asks for them."""

from collections.abc import Callable, Iterator
from typing import Any

from kgents.verify.stdio.inside.shapes import Unclear


class Tokens(list[Any]):
    """All that is read, in parts that are made when they are wanted.

    make   the part at a position
    count  how many there are where the program has not read how many
    many   how many it takes apart at once, where it says so
    """

    def __init__(self, make: Callable[[int], Any], count: Callable[[], int], many: int | None, endless: bool) -> None:
        super().__init__()
        self._make, self._count, self._many, self._endless, self._at = make, count, many, endless, 0

    def _ensure(self, count: int) -> None:
        while list.__len__(self) < count:
            list.append(self, self._make(list.__len__(self)))

    def _all(self) -> None:
        count = self._many or 1 + (self._count() if not list.__len__(self) else int(list.__getitem__(self, 0)))
        self._ensure(min(200, count))

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            if position.stop is None or position.stop < 0:
                self._all()
            else:
                self._ensure(position.stop)
        elif position < 0:
            raise Unclear("parts from the end")
        else:
            self._ensure(position + 1)
        return list.__getitem__(self, position)

    def __len__(self) -> int:
        self._all()
        return list.__len__(self)

    def __iter__(self) -> Iterator[Any]:
        if not self._endless:
            self._all()
            yield from list(list.__iter__(self))
            return
        position = 0
        while True:
            self._ensure(position + 1)
            yield list.__getitem__(self, position)
            position += 1

    def __next__(self) -> Any:
        self._at += 1
        return self[self._at - 1]

    def pop(self, position: Any = -1) -> Any:
        """The next part."""
        if position != 0:
            raise Unclear("parts from the end")
        return next(self)
