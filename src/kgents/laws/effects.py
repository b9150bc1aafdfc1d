"""Applicatives of our own, which a traversal of any applicative has to treat alike.

Each has `of` (also called `pure`, `unit` and `from_value`), `map`, `ap` (of what holds the function), `apply` (of what holds
the value) and `map2`. Rule: what else a traversal asks of them says nothing about a law.
"""

from collections.abc import Callable
from typing import Any

from kgents.laws.observation import Unusable


class NoSuchMember(Unusable, AttributeError):
    """A member that not every applicative has."""


class Effect:
    """What the applicatives have in common."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NoSuchMember(f"{name} is asked of an applicative, which has of, map, ap, apply and map2")

    @classmethod
    def of(cls, value: Any) -> "Effect":
        """The value without an effect."""
        raise NotImplementedError

    @classmethod
    def pure(cls, value: Any) -> "Effect":
        """The same as `of`."""
        return cls.of(value)

    @classmethod
    def unit(cls, value: Any) -> "Effect":
        """The same as `of`."""
        return cls.of(value)

    @classmethod
    def from_value(cls, value: Any) -> "Effect":
        """The same as `of`, by the name that the library returns gives it."""
        return cls.of(value)

    def map(self, function: Callable[[Any], Any]) -> "Effect":
        """The function applied to what is inside."""
        return type(self).of(function).ap(self)

    def ap(self, other: Any) -> "Effect":
        """What is inside of `other`, under the functions that are inside of this; effects in this order."""
        raise NotImplementedError

    def apply(self, functions: Any) -> "Effect":
        """`functions.ap(self)`."""
        applied: Effect = functions.ap(self)
        return applied

    def map2(self, other: "Effect", function: Callable[[Any, Any], Any]) -> "Effect":
        """A function of what is inside of both."""
        return self.map(lambda x: lambda y: function(x, y)).ap(other)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


class Identity(Effect):
    """No effect."""

    def __init__(self, value: Any) -> None:
        self.value = value

    @classmethod
    def of(cls, value: Any) -> "Identity":
        """The value."""
        return cls(value)

    def ap(self, other: Any) -> "Identity":
        """The function applied."""
        return Identity(self.value(other.value))

    def __repr__(self) -> str:
        return f"Identity({self.value!r})"


class Choices(Effect):
    """Several values, none included: `Choices(1, 2)`."""

    def __init__(self, *values: Any) -> None:
        self.values = list(values)

    @classmethod
    def of(cls, value: Any) -> "Choices":
        """One choice."""
        return cls(value)

    def ap(self, other: Any) -> "Choices":
        """Every function with every value."""
        return Choices(*[function(value) for function in self.values for value in other.values])

    def __repr__(self) -> str:
        return f"Choices({', '.join(map(repr, self.values))})"


class Logged(Effect):
    """A value and a log: `Logged(["began"], 3)`."""

    def __init__(self, log: list[Any], value: Any) -> None:
        self.log = log
        self.value = value

    @classmethod
    def of(cls, value: Any) -> "Logged":
        """Nothing logged."""
        return cls([], value)

    def ap(self, other: Any) -> "Logged":
        """Both logs, one behind the other."""
        return Logged([*self.log, *other.log], self.value(other.value))

    def __repr__(self) -> str:
        return f"Logged({self.log!r}, {self.value!r})"


class Count(Effect):
    """How many choices, without what they are."""

    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def of(cls, value: Any) -> "Count":
        """One."""
        return cls(1)

    def ap(self, other: Any) -> "Count":
        """The product."""
        return Count(self.number * other.number)

    def __repr__(self) -> str:
        return f"Count({self.number})"


class Composed(Effect):
    """Choices of logged values, as one applicative."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices

    @classmethod
    def of(cls, value: Any) -> "Composed":
        """One choice, nothing logged."""
        return cls(Choices(Logged([], value)))

    def ap(self, other: Any) -> "Composed":
        """Every choice with every choice, logs one behind the other."""
        made = self.choices.map2(other.choices, lambda functions, values: functions.ap(values))
        assert isinstance(made, Choices)
        return Composed(made)

    def __repr__(self) -> str:
        return f"Composed({self.choices!r})"


def first(choices: Choices) -> Choices:
    """At most the first choice: a natural transformation."""
    return Choices(*choices.values[:1])


def counted(choices: Choices) -> Count:
    """How many choices: a natural transformation."""
    return Count(len(choices.values))


MEMBERS = {member.__name__: member for member in (Identity, Choices, Logged, Count, Composed, first, counted)}
EACH = (
    "(lambda x: Choices(x, (x,)))", "(lambda x: Choices((x,)))", "(lambda x: Choices(x))", "(lambda x: Choices())",
    "(lambda x: Choices((x,), x, (x, x)))",
)  # fmt: skip
LOGS = ("(lambda x: Logged([x], x))", "(lambda x: Logged([x, x], (x,)))", "(lambda x: Logged([], (x, x)))")
