"""Applicatives, lawful and not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Checked:
    """A value, or all the errors."""

    value: int
    errors: tuple[str, ...] = ()

    @classmethod
    def pure(cls, value):
        return cls(value)

    def map(self, function):
        return self if self.errors else Checked(function(self.value))

    def ap(self, other):
        errors = self.errors + other.errors
        return Checked(None, errors) if errors else Checked(self.value(other.value))

    def __eq__(self, other):
        return self.errors == other.errors and (bool(self.errors) or self.value == other.value)


@dataclass(frozen=True)
class Logs:
    """A value and a log; `apply` is asked of the value, as the library returns has it."""

    value: int
    log: tuple[str, ...] = ()

    @classmethod
    def of(cls, value):
        return cls(value)

    def map(self, function):
        return Logs(function(self.value), self.log)

    def apply(self, functions):
        return Logs(functions.value(self.value), functions.log + self.log)


@dataclass(frozen=True)
class Counting(Logs):
    """Counts applications: pure has an effect."""

    def map(self, function):
        return Counting(function(self.value), self.log)

    def apply(self, functions):
        return Counting(functions.value(self.value), (*functions.log, *self.log, "applied"))


@dataclass(frozen=True)
class Shortened(Logs):
    """Drops what both logs end with alike."""

    def map(self, function):
        return Shortened(function(self.value), self.log)

    def apply(self, functions):
        log = functions.log + self.log
        return Shortened(functions.value(self.value), log if len(log) < 3 else log[::-1])


@dataclass(frozen=True)
class Zipped:
    """Zips; `of` makes one item, where it would have to repeat it."""

    items: tuple[int, ...]

    @classmethod
    def of(cls, value):
        return cls((value,))

    def ap(self, other):
        return Zipped(tuple(f(x) for f, x in zip(self.items, other.items, strict=False)))

    def map(self, function):
        return Zipped(tuple(map(function, self.items)))


@dataclass(frozen=True)
class Absolute(Logs):
    """Stores no negative value."""

    @classmethod
    def of(cls, value):
        return cls(abs(value) if isinstance(value, int) else value)

    def map(self, function):
        return Absolute(function(self.value), self.log)

    def apply(self, functions):
        return Absolute(functions.value(self.value), functions.log + self.log)


@dataclass(frozen=True)
class Impatient(Logs):
    """Applies to a value that has a log of its own in another way than to one that has none."""

    def map(self, function):
        return Impatient(function(self.value), self.log)

    def apply(self, functions):
        return Impatient(functions.value(self.value), functions.log + self.log if self.log else ())


LAWFUL = {"Checked": ("applicative", "applicative-map"), "Logs": ("applicative", "applicative-map")}
UNLAWFUL = {
    "Counting": "applicative-identity",
    "Zipped": "applicative-identity",
    "Absolute": "applicative-homomorphism",
    "Impatient": "applicative-interchange",
    "Shortened": "applicative-composition",
}
