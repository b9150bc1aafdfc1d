"""Lenses, lawful and not."""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Account:
    """What is looked into."""

    owner: str
    cents: int


class Owner:
    """A lens that is a class without arguments."""

    def get(self, whole: Account) -> str:
        return whole.owner

    def set(self, whole: Account, value: str) -> Account:
        return replace(whole, owner=value)


class Trimmed(Owner):
    """Cleans what it puts."""

    def set(self, whole: Account, value: str) -> Account:
        return replace(whole, owner=value.strip())


class Rounded:
    """Whole units of a number of cents: what it cannot show it loses."""

    def view(self, whole: Account) -> int:
        return whole.cents // 100

    def set(self, value: int, whole: Account) -> Account:
        return replace(whole, cents=value * 100)


@dataclass(frozen=True)
class Audited:
    """A balance and its history."""

    balance: int
    history: tuple[int, ...] = ()


class Balance:
    """Each put is written down."""

    def get(self, whole: Audited) -> int:
        return whole.balance

    def put(self, whole: Audited, value: int) -> Audited:
        kept = whole.history if value == whole.balance else (*whole.history, whole.balance)
        return Audited(value, kept)


class At:
    """A place of a pair."""

    def __init__(self, second: bool) -> None:
        self.second = second

    def get(self, whole: tuple[int, int]) -> int:
        return whole[self.second]

    def set(self, whole: tuple[int, int], value: int) -> tuple[int, int]:
        return (whole[0], value) if self.second else (value, whole[1])


class Lens:
    """A lens of two functions."""

    def __init__(self, getter: Callable, setter: Callable) -> None:
        self.getter, self.setter = getter, setter

    def get(self, whole: Account):
        return self.getter(whole)

    def set(self, whole: Account, value: int):
        return self.setter(whole, value)


cents = Lens(lambda whole: whole.cents, lambda whole, value: replace(whole, cents=value))
capped = Lens(lambda whole: whole.cents, lambda whole, value: replace(whole, cents=min(value, 100)))

LAWFUL = {"Owner": ("lens",), "At": ("lens",), "cents": ("lens",)}
UNLAWFUL = {"Trimmed": "put-get", "Rounded": "get-put", "Balance": "put-put", "capped": "put-get"}


class Label:
    """A lens whose operations say no types: its parts are texts."""

    def get(self, whole):
        return whole["label"]

    def put(self, whole, value):
        if not isinstance(value, str):
            raise TypeError("a label is a text")
        return {**whole, "label": value}


class Tags:
    """A lens whose parts are lists of texts, which it sorts."""

    def get(self, whole):
        return whole["tags"]

    def put(self, whole, value):
        return {**whole, "tags": sorted(value)}


class Stripped(Label):
    """A lens of which only `put` says what a part is."""

    def put(self, whole: dict, value: str) -> dict:
        return {**whole, "label": value.strip()}
