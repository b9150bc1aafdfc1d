"""How targets are understood: what composes, what is neutral, how elements are made and looked at."""

import abc
import enum
from dataclasses import InitVar, dataclass, field
from typing import Generic, NamedTuple, TypeVar

import pytest

from kgents.errors import UsageError
from kgents.laws import LawSpec, check, examine
from kgents.laws.finding import LawVerdict


class Meta(type):
    """Lends its classes operators and a call that says nothing of their parameters."""

    def __or__(cls, other):
        return cls

    def __call__(cls, *positional, **named):
        return super().__call__(*positional, **named)


class OnlyMeta(metaclass=Meta):
    def __init__(self, n: int):
        self.n = n


class WithMeta(OnlyMeta):
    def __add__(self, other):
        return WithMeta(self.n + other.n)


class Pair(NamedTuple):
    """A tuple has a `+` that does not give pairs."""

    x: int
    y: int

    def merge(self, other):
        return Pair(self.x + other.x, self.y + other.y)


class Permission(enum.Flag):
    READ = 1
    WRITE = 2
    RUN = 4


T = TypeVar("T")


@dataclass
class Box(Generic[T]):
    value: T

    def map(self, f):
        return Box(f(self.value))

    def flat_map(self, f):
        return f(self.value)

    @staticmethod
    def unit(value):
        return Box(value)


@dataclass
class Initialised:
    a: int
    b: InitVar[int]
    c: int = field(init=False, default=0)

    def __post_init__(self, b):
        self.c = self.a + b

    def __add__(self, other):
        return Initialised(self.a + other.a, self.c - self.a + other.c - other.a)


class Tool(abc.ABC):
    @property
    @abc.abstractmethod
    def name(self) -> str: ...

    @abc.abstractmethod
    async def invoke(self, x): ...

    def __rshift__(self, other):
        return Pipe(self, other)


class Pipe(Tool):
    name = "pipe"

    def __init__(self, first, second):
        self.first, self.second = first, second

    async def invoke(self, x):
        return await self.second.invoke(await self.first.invoke(x))


class IdentityTool(Tool):
    name = "identity"

    async def invoke(self, x):
        return x


class Keywords:
    def __init__(self, *, n: int = 0, label: str = "a"):
        self.n, self.label = n, label

    def combine(self, other):
        return Keywords(n=self.n + other.n, label=self.label + other.label)


class Product:
    """`zero` is neutral for another operation."""

    def __init__(self, n: int):
        self.n = n

    def __mul__(self, other):
        return Product(self.n * other.n)

    @classmethod
    def zero(cls):
        return cls(0)


class Unit:
    """`unit` needs an argument: it is no identity."""

    def __init__(self, n: int):
        self.n = n

    def __or__(self, other):
        return Unit(self.n + other.n)

    @classmethod
    def unit(cls, n):
        return cls(n)


class Guessed:
    """Nothing says that parts are lists of numbers."""

    def __init__(self, parts):
        self.parts = list(parts)

    def __add__(self, other):
        return Guessed([*self.parts, *other.parts])


class Equal:
    """Everything is equal to everything."""

    def __init__(self, n: int):
        self.n = n

    def __add__(self, other):
        return Equal(self.n - other.n)

    def __eq__(self, other):
        return True

    __hash__ = None


class Declared:
    def __init__(self, words):
        self.words = words

    def glue(self, other):
        return Declared(self.words + other.words)


Declared.__laws__ = LawSpec(
    compose="glue", elements=[Declared([word] * count) for word in "ab" for count in range(3)], observe="{0}.words"
)


@pytest.mark.parametrize(
    ("target", "composition", "identity"),
    [
        (WithMeta, "({0} + {1})", "WithMeta(n=0)"),
        (Pair, "{0}.merge({1})", "Pair(x=0, y=0)"),
        (Permission, "({0} | {1})", "Permission(0)"),
        (Initialised, "({0} + {1})", "Initialised(a=0, b=0)"),
        (Tool, "({0} >> {1})", "IdentityTool()"),
        (Keywords, "{0}.combine({1})", "Keywords(n=0, label='')"),
        (Product, "({0} * {1})", "Product(n=1)"),
        (Unit, "({0} | {1})", "Unit(n=0)"),
    ],
)
def test_understood_and_lawful(target, composition, identity):
    found = examine(target, ("monoid",), cases=40)
    assert found.family["composition"] == composition
    assert found.family["identity"] == identity
    assert {finding.verdict for finding in found.findings} == {LawVerdict.NOT_REFUTED}


def test_what_a_metaclass_lends_is_no_composition():
    with pytest.raises(UsageError, match="OnlyMeta has no composition"):
        examine(OnlyMeta, ("associativity",))


def test_a_functor_and_monad_need_no_composition():
    found = examine(Box, ("functor", "monad", "associativity"), cases=40)
    assert [finding.law for finding in found.findings if finding.verdict is LawVerdict.ERROR] == ["associativity"]
    assert found.refuted == ()


def test_where_a_type_was_guessed_a_type_error_says_nothing():
    (found,) = examine(Guessed, ("associativity",), cases=40).findings
    assert found.verdict is LawVerdict.VACUOUS
    assert "--elements" in found.detail


async def test_coroutines_are_awaited_where_a_loop_runs_already():
    assert check(Tool, cases=20).refuted == ()


class Rare:
    """Breaks at one number, which its code mentions."""

    def __init__(self, n: int):
        self.n = n

    def __add__(self, other):
        return Rare(self.n + other.n + (self.n == 123_457))


class Raising(Product):
    def __mul__(self, other):
        raise ValueError


class Shifted(Product):
    def __mul__(self, other):
        return Shifted(self.n + 2 * other.n)


@pytest.mark.parametrize(
    ("target", "law", "spec", "verdict"),
    [
        (Rare, "associativity", None, LawVerdict.REFUTED),
        (Raising, "associativity", None, LawVerdict.UNDEFINED),
        (Shifted, "identity-left", None, LawVerdict.NO_IDENTITY),
        (bool, "homomorphism", None, LawVerdict.ERROR),
        (str, "homomorphism", LawSpec(image="len"), LawVerdict.NOT_REFUTED),
        (str, "homomorphism", LawSpec(image="len", image_compose="*"), LawVerdict.REFUTED),
    ],
)
def test_verdicts(target, law, spec, verdict):
    (found,) = examine(target, (law,), spec=spec, cases=400 if target is Rare else 40).findings
    assert found.verdict is verdict, found


def test_equal_outcomes_are_vacuous_however_they_look():
    (found,) = examine(Equal, ("associativity",), cases=40).findings
    assert found.verdict is LawVerdict.VACUOUS


def test_a_target_declares_itself_and_a_spec_goes_first():
    assert examine(Declared, ("associativity",), cases=40).findings[0].verdict is LawVerdict.NOT_REFUTED
    with pytest.raises(AssertionError, match="commutativity"):
        check(Declared, "commutativity", cases=40)
    found = examine(Declared, ("associativity",), spec=LawSpec(observe="len({0}.words)"), cases=40)
    assert found.family["observation"] == "(len({0}.words))"
    assert found.family["composition"] == "{0}.glue({1})"
