"""The numbers by which both ends know the objects that they share."""

from typing import Any

from .codec import Malformed, TooLarge

MOST = 1_000_000  # objects with a number


class Numbers:
    """Which objects have a number, and what the other end was told of them; `first` is the first that this end gives."""

    def __init__(self, first: int) -> None:
        self.things: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}  # by id
        self._contents: dict[int, bytes | None] = {}  # of what is held here for the other end; None: cannot change
        self._fresh = 0  # what was read or numbered that would not be written in the same way again
        self._next = first
        self._first = first

    def number(self, thing: Any) -> int:
        """Gives an object of this end its number."""
        number, self._next = self._next, self._next + 2
        return self._keep(number, thing)

    def theirs(self, number: int, thing: Any) -> Any:
        """Keeps an object under the number that the other end gave it. Malformed where it is none of theirs."""
        if number % 2 == self._first % 2 or number in self.things:
            raise Malformed("not a number of theirs")
        self._keep(number, thing)
        return thing

    def lent(self, number: int, thing: Any) -> Any:
        """Keeps an object that stands for one of the other end; given up when nobody here has it any more."""
        self._contents[number] = None
        return self.theirs(number, thing)

    def mine(self, thing: Any) -> bool:
        """Whether this end gave the object its number."""
        number = self.numbers.get(id(thing))
        return number is not None and number % 2 == self._first % 2

    def _keep(self, number: int, thing: Any) -> int:
        if len(self.things) >= MOST:
            raise TooLarge(f"more than {MOST} objects")
        self._fresh += 1
        self.things[number] = thing
        self.numbers.setdefault(id(thing), number)
        return number

    def forget_since(self, first: int) -> None:
        """Takes back the numbers from `first` on, which the other end has not been told."""
        for number in range(first, self._next, 2):
            self._forget(number)
        self._next = first

    def _forget(self, number: int) -> None:
        thing = self.things.pop(number, None)
        if self.numbers.get(id(thing)) == number:
            del self.numbers[id(thing)]
        self._contents.pop(number, None)
