"""Classes that break a law in a way that is easy to overlook; `BROKEN` says which one."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal

BROKEN: dict[str, str] = {}


def _value(name, kind, combine, neutral=None, broken="associativity"):
    @dataclass
    class Value:
        value: kind

        def __add__(self, other):
            return type(self)(combine(self.value, other.value))

    if broken.startswith("identity"):
        Value.zero = classmethod(lambda cls: cls(neutral))
    Value.__name__ = Value.__qualname__ = name
    Value.__annotations__["value"] = kind
    globals()[name] = Value
    BROKEN[name] = broken
    return Value


LEFT, RIGHT, ASSOC = "identity-left", "identity-right", "associativity"
_value("FloatSum", float, lambda a, b: a + b)
_value("FloatProduct", float, lambda a, b: a * b)
_value("DecimalSum", Decimal, lambda a, b: (a + b).quantize(Decimal(1)) if abs(a + b) < 10**9 else a)
_value("Saturating", int, lambda a, b: max(-100, min(100, a + b)))
_value("SaturatingTop", int, lambda a, b: min(150, a + b))
_value("Minus", int, lambda a, b: a - b)
_value("Average", int, lambda a, b: (a + b) // 2)
_value("AbsSum", int, lambda a, b: abs(a + b))
_value("AbsDiff", int, lambda a, b: abs(a - b))
_value("RoundSum", float, lambda a, b: float(round(a + b)) if abs(a + b) < 1e9 else a)
_value("TrimJoin", str, lambda a, b: (a + b).strip())
_value("SpaceJoin", str, lambda a, b: f"{a} {b}".strip())
_value("DashJoin", str, lambda a, b: f"({a}-{b})")
_value("CutText", str, lambda a, b: (a + b)[-5:] if len(a) > 3 else (a + b)[:6])
_value("CapItems", list[int], lambda a, b: [*a[:2], *b])
_value("LossyMerge", dict[str, int], lambda a, b: {k: v for k, v in {**a, **b}.items() if v != a.get(k)})
_value("MeanMerge", dict[str, int], lambda a, b: {k: (a.get(k, 0) + b.get(k, 0)) // 2 for k in sorted({*a, *b})})
_value("Difference", frozenset[int], lambda a, b: a - b)
_value("Nand", bool, lambda a, b: not (a and b))
_value("Implies", bool, lambda a, b: (not a) or b)
_value("Skew", int, lambda a, b: a + b + (a * b == 12))
_value("Twice", int, lambda a, b: a + 2 * b)
_value("Power", int, lambda a, b: (a % 10) ** (b % 4))
_value("Sorted", list[int], lambda a, b: sorted(a) + b)
_value("Dedupe", list[int], lambda a, b: a + [x for x in b if x not in a[:1]])
_value("Weighted", tuple[int, int], lambda a, b: (a[0] + b[0], a[1] * b[0] + b[1]))
_value("Longer", str, lambda a, b: a if len(a) > len(b) else b + a[:1])
_value("OptionalSum", int | None, lambda a, b: None if a is None else a if b is None else a - b)
_value("Reverse", str, lambda a, b: (a + b)[::-1])
_value("Cross", int, lambda a, b: a * b + 1)
_value("ModMix", int, lambda a, b: (a + b) % 97 if a > 50 else a + b)
_value("OffByOne", int, lambda a, b: a + b, 1, LEFT)
_value("ProductZero", int, lambda a, b: a * b, 0, LEFT)
_value("MaxZero", int, lambda a, b: max(a, b), 0, LEFT)
_value("MinBig", int, lambda a, b: min(a, b), 10**6, LEFT)
_value("AndEmpty", frozenset[int], lambda a, b: a & b, frozenset(), LEFT)
_value("TextSpace", str, lambda a, b: a + b, " ", LEFT)
_value("AllFalse", bool, lambda a, b: a and b, False, LEFT)
_value("MinusZero", int, lambda a, b: a - b, 0, LEFT)
_value("OrNone", int | None, lambda a, b: a or b, None, RIGHT)
_value("StripEmpty", str, lambda a, b: (a + b).strip(), "", LEFT)
_value("DropZero", dict[str, int], lambda a, b: {k: v for k, v in {**a, **b}.items() if v}, {}, LEFT)
_value("NanMax", float, lambda a, b: max(a, b), float("-inf"), RIGHT)
BROKEN["NanMax"] = LEFT


@dataclass
class InPlace:
    """Merging changes the left operand."""

    items: list[int] = field(default_factory=list)

    def merge(self, other):
        self.items.extend(other.items)
        return self


@dataclass
class SharedState:
    """A list that all instances share."""

    names: list[str]
    seen = []  # noqa: RUF012

    def merge(self, other):
        self.seen[:] = [*self.seen, *other.names][-6:]
        return SharedState([*self.names, *self.seen])


@dataclass(frozen=True)
class Retry:
    """`>>` retries only the right-hand part."""

    times: int
    gain: int

    def __call__(self, x: int) -> int:
        return x + self.times * self.gain

    def __rshift__(self, other):
        return Retry(self.times + 1, self.gain + other.gain)


class AsyncRace:
    """Both parts start from the same input; the slower one wins."""

    def __init__(self, gain: int, delay: int):
        self.gain, self.delay = gain, delay

    async def run(self, x: int) -> int:
        return x + self.gain

    def then(self, other):
        made = AsyncRace(self.gain - other.gain, self.delay)

        async def race(x):
            first, second = await asyncio.gather(self.run(x), other.run(x))
            return first * 2 - second

        made.run = race
        return made


@dataclass(frozen=True)
class Currency:
    """The currency of the left operand wins, the amounts are added after a rate."""

    amount: int
    euro: bool

    def __add__(self, other):
        rate = 1 if self.euro == other.euro else 2
        return Currency(self.amount + rate * other.amount, other.euro)


@dataclass(frozen=True)
class Depth:
    """Nesting is visible."""

    level: int = 0

    def __or__(self, other):
        return Depth(max(self.level, other.level) + 1)


BROKEN.update(dict.fromkeys(["InPlace", "SharedState", "Retry", "AsyncRace", "Currency", "Depth"], ASSOC))
CORPUS = {name: globals()[name] for name in BROKEN}
