"""Classes whose composition is associative (and whose declared identities are neutral)."""

import math
from dataclasses import dataclass, field
from fractions import Fraction


def _value(name, kind, combine, neutral):
    @dataclass(frozen=True)
    class Value:
        value: kind

        def __add__(self, other):
            return type(self)(combine(self.value, other.value))

        @classmethod
        def zero(cls):
            return cls(neutral)

    Value.__name__ = Value.__qualname__ = name
    Value.__annotations__["value"] = kind
    return Value


Sum = _value("Sum", int, lambda a, b: a + b, 0)
Product = _value("Product", int, lambda a, b: a * b, 1)
Xor = _value("Xor", int, lambda a, b: a ^ b, 0)
BitOr = _value("BitOr", int, lambda a, b: a | b, 0)
BitAnd = _value("BitAnd", int, lambda a, b: a & b, -1)
Modular = _value("Modular", bool, lambda a, b: a ^ b, False)
AllOf = _value("AllOf", bool, lambda a, b: a and b, True)
AnyOf = _value("AnyOf", bool, lambda a, b: a or b, False)
Text = _value("Text", str, lambda a, b: a + b, "")
Bytes = _value("Bytes", bytes, lambda a, b: a + b, b"")
Ratio = _value("Ratio", Fraction, lambda a, b: a + b, Fraction(0))
RatioProduct = _value("RatioProduct", Fraction, lambda a, b: a * b, Fraction(1))
Items = _value("Items", list[int], lambda a, b: a + b, [])
Union = _value("Union", frozenset[int], lambda a, b: a | b, frozenset())
Symmetric = _value("Symmetric", frozenset[int], lambda a, b: a ^ b, frozenset())
LastWins = _value("LastWins", dict[str, int], lambda a, b: {**a, **b}, {})
FirstWins = _value("FirstWins", dict[str, int], lambda a, b: {**b, **a}, {})
Longest = _value("Longest", str, lambda a, b: a if len(a) >= len(b) else b, "")
Tuple = _value("Tuple", tuple[int, ...], lambda a, b: a + b, ())
First = _value("First", int | None, lambda a, b: b if a is None else a, None)
Last = _value("Last", int | None, lambda a, b: a if b is None else b, None)
MaxOption = _value("MaxOption", int | None, lambda a, b: b if a is None else a if b is None else max(a, b), None)
MinOption = _value("MinOption", int | None, lambda a, b: b if a is None else a if b is None else min(a, b), None)
Gcd = _value("Gcd", bool | None, lambda a, b: b if a is None else a, None)
Max = _value("Max", float, lambda a, b: b if a != a else a if b != b else max(a, b), math.nan)
SumNone = _value("SumNone", int | None, lambda a, b: b if a is None else a if b is None else a + b, None)
Prepend = _value("Prepend", list[str], lambda a, b: b + a, [])
Counts = _value("Counts", dict[str, int], lambda a, b: {k: a.get(k, 0) + b.get(k, 0) for k in sorted({*a, *b})}, {})
Circle = _value("Circle", int, lambda a, b: a + b + a * b, 0)
Offset = _value("Offset", int, lambda a, b: a + b - 7, 7)


@dataclass(frozen=True)
class Affine:
    slope: int
    shift: int

    def __call__(self, x: int) -> int:
        return self.slope * x + self.shift

    def __rshift__(self, other):
        return Affine(other.slope * self.slope, other.slope * self.shift + other.shift)

    @classmethod
    def identity(cls):
        return cls(1, 0)


@dataclass(frozen=True)
class Matrix:
    a: int
    b: int
    c: int
    d: int

    def __matmul__(self, o):
        return Matrix(
            self.a * o.a + self.b * o.c, self.a * o.b + self.b * o.d,
            self.c * o.a + self.d * o.c, self.c * o.b + self.d * o.d,
        )  # fmt: skip

    @staticmethod
    def identity():
        return Matrix(1, 0, 0, 1)


@dataclass
class Log:
    lines: list[str] = field(default_factory=list)

    def merge(self, other):
        return Log([*self.lines, *other.lines])


@dataclass(frozen=True)
class Stats:
    count: int = 0
    total: int = 0

    def combine(self, other):
        return Stats(self.count + other.count, self.total + other.total)


@dataclass(frozen=True)
class Vector:
    x: int = 0
    y: int = 0

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __neg__(self):
        return Vector(-self.x, -self.y)


class Plain:
    def __init__(self, n: int = 0):
        self.n = n

    def __add__(self, other):
        return Plain(self.n + other.n)


class Slotted:
    __slots__ = ("n",)

    def __init__(self, n: int = 0):
        self.n = n

    def __or__(self, other):
        return Slotted(self.n + other.n)


class Step:
    def __init__(self, f):
        self.f = f

    def __call__(self, x: int) -> int:
        return self.f(x)

    def __rshift__(self, other):
        return Step(lambda x: other(self(x)))

    @staticmethod
    def identity():
        return Step(lambda x: x)


class AsyncStep:
    def __init__(self, f):
        self.f = f

    async def run(self, x: int) -> int:
        return self.f(x)

    def then(self, other):
        async def both(x):
            return await other.run(await self.run(x))

        made = AsyncStep(None)
        made.run = both
        return made


@dataclass(frozen=True)
class Rope:
    parts: tuple[str, ...] = ()

    def __add__(self, other):
        return Rope(self.parts + other.parts)

    def __eq__(self, other):
        return "".join(self.parts) == "".join(other.parts)

    __hash__ = None


@dataclass(frozen=True)
class Interval:
    low: int
    high: int

    def __or__(self, other):
        return Interval(min(self.low, other.low), max(self.high, other.high))


@dataclass(frozen=True)
class Strict:
    unit: str
    n: int

    def __add__(self, other):
        if self.unit != other.unit:
            raise ValueError("units differ")
        return Strict(self.unit, self.n + other.n)


CORPUS = {
    name: value for name, value in list(globals().items()) if isinstance(value, type) and value.__module__ == __name__
}
