"""The laws of operads, sheaves, applicatives, traversables and lenses.

An operad composes at an input: `insert(f, i, g)`, inputs counted from 0. A sheaf has sections over opens: `restrict`, `glue`
and `domain`. In a lens an element is the whole. What a traversal is given are applicatives of our own (see `effects`).
"""

from collections.abc import Mapping

from kgents.laws.effects import EACH, LOGS
from kgents.laws.law import Choose, Law, Operations, Sides, apply, inside


def _inputs(total: str) -> Choose:
    """For an operation that is looked at by calling it: how many inputs it has."""

    def choice(o: Operations) -> Mapping[str, str]:
        sizes = {name: apply(o, "arity", name) for name in "abc"}
        return {"n": f"[{total.format(**sizes)}]"}

    return choice


def _also(choices: Mapping[str, str], total: str) -> Choose:
    """Inputs of an operation, by an expression of those there are, and the number of all of them."""
    number = _inputs(total)
    return lambda o: {**{name: _sized(o, text) for name, text in choices.items()}, **number(o)}


def _sized(o: Operations, text: str) -> str:
    return text.replace("|a|", apply(o, "arity", "a")).replace("|b|", apply(o, "arity", "b"))


def _sequential(o: Operations) -> Sides:
    return (
        apply(o, "insert", apply(o, "insert", "a", "i", "b"), "i + j", "c"),
        apply(o, "insert", "a", "i", apply(o, "insert", "b", "j", "c")),
    )


def _parallel(o: Operations) -> Sides:
    return (
        apply(o, "insert", apply(o, "insert", "a", "k", "c"), "i", "b"),
        apply(o, "insert", apply(o, "insert", "a", "i", "b"), f"k + {apply(o, 'arity', 'b')} - 1", "c"),
    )


def _arity(o: Operations) -> Sides:
    joined = apply(o, "arity", apply(o, "insert", "a", "i", "b"))
    return joined, f"{apply(o, 'arity', 'a')} + {apply(o, 'arity', 'b')} - 1"


def _glued(o: Operations) -> str:
    return apply(o, "glue", "a", apply(o, "restrict", "b", "u"))


def _over(o: Operations, **choices: str) -> Mapping[str, str]:
    sizes = {"A": apply(o, "domain", "a"), "B": apply(o, "domain", "b")}
    return {name: text.format(**sizes) for name, text in choices.items()}


def _restricted(o: Operations, section: str) -> str:
    return f"({apply(o, 'restrict', section, 'u')}, {apply(o, 'restrict', section, 'v')})"


def _uniqueness(o: Operations) -> Sides:
    return apply(o, "glue", apply(o, "restrict", "a", "u"), apply(o, "restrict", "a", "v")), "a"


def _on_overlap(o: Operations) -> Sides:
    return apply(o, "restrict", "a", "w"), apply(o, "restrict", "b", "w")


def _interchange(o: Operations) -> Sides:
    return (
        apply(o, "ap", "p", apply(o, "unit", "x")),
        apply(o, "ap", apply(o, "unit", "(lambda h: h(x))"), "p"),
    )


def _composition(o: Operations) -> Sides:
    composed = apply(o, "unit", "(lambda s: lambda t: lambda y: s(t(y)))")
    return (
        apply(o, "ap", apply(o, "ap", apply(o, "ap", composed, "p"), "q"), "a"),
        apply(o, "ap", "p", apply(o, "ap", "q", "a")),
    )


def _naturality(o: Operations) -> Sides:
    return (
        f"t({apply(o, 'traverse', 'a', 'h', 'Choices')})",
        apply(o, "traverse", "a", "(lambda y: t(h(y)))", "(lambda y: t(Choices(y)))"),
    )


def _traversed_twice(o: Operations) -> Sides:
    inner = inside(apply(o, "traverse", "s", "l", "Logged.of"))
    outer = apply(o, "traverse", "a", "h", "Choices")
    return (
        apply(o, "traverse", "a", "(lambda y: Composed(h(y).map(l)))", "Composed.of"),
        f"Composed({outer}.map(lambda s: {inner}))",
    )


def _mapped(o: Operations) -> Sides:
    return (
        apply(o, "traverse", "a", "(lambda y: Identity(f(y)))", "Identity"),
        f"Identity({apply(o, 'map', 'a', 'f')})",
    )


OPERAD = (
    Law(
        "operad-unit-left", ("a",), ("insert", "arity", "e"), lambda o: (apply(o, "insert", o["e"], "0", "a"), "a"),
        choices=_inputs("{a}"),
    ),
    Law(
        "operad-unit-right", ("a", "i"), ("insert", "arity", "e"), lambda o: (apply(o, "insert", "a", "i", o["e"]), "a"),
        choices=_also({"i": "range(|a|)"}, "{a}"),
    ),
    Law(
        "operad-sequential", ("a", "b", "c", "i", "j"), ("insert", "arity"), _sequential,
        choices=_also({"i": "range(|a|)", "j": "range(|b|)"}, "{a} + {b} + {c} - 2"),
    ),
    Law(
        "operad-parallel", ("a", "b", "c", "i", "k"), ("insert", "arity"), _parallel,
        choices=_also({"i": "range(|a| - 1)", "k": "range(i + 1, |a|)"}, "{a} + {b} + {c} - 2"),
    ),
    Law(
        "operad-arity", ("a", "b", "i"), ("insert", "arity"), _arity, plain=True,
        choices=_also({"i": "range(|a|)"}, "{a} + {b} - 1"),
    ),
)  # fmt: skip

SHEAF = (
    Law("restriction-identity", ("a",), ("restrict", "domain"),
        lambda o: (apply(o, "restrict", "a", apply(o, "domain", "a")), "a")),
    Law(
        "restriction-composition", ("a", "u", "v"), ("restrict", "domain"),
        lambda o: (apply(o, "restrict", apply(o, "restrict", "a", "u"), "v"), apply(o, "restrict", "a", "v")),
        choices=lambda o: _over(o, u="parts({A})", v="parts(u)"),
    ),
    Law(
        "gluing-left", ("a", "b", "u", "w"), ("restrict", "glue", "domain"),
        lambda o: (apply(o, "restrict", _glued(o), apply(o, "domain", "a")), "a"),
        choices=lambda o: _over(o, u="parts({B})", w="[meet({A}, u)]"), premise=_on_overlap,
    ),
    Law(
        "gluing-right", ("a", "b", "u", "w"), ("restrict", "glue", "domain"),
        lambda o: (apply(o, "restrict", _glued(o), "u"), apply(o, "restrict", "b", "u")),
        choices=lambda o: _over(o, u="parts({B})", w="[meet({A}, u)]"), premise=_on_overlap,
    ),
    Law(
        "gluing-uniqueness", ("a", "u", "v"), ("restrict", "glue", "domain"), _uniqueness,
        choices=lambda o: _over(o, u="parts({A})", v="rests({A}, u)"),
    ),
    Law(
        "locality-empty",
        ("a", "b", "u"),
        ("restrict", "domain"),
        lambda o: (apply(o, "restrict", "a", "u"), apply(o, "restrict", "b", "u")),
        choices=lambda o: _over(o, u="parts({A})[:1]"),
    ),
    Law(
        "locality", ("a", "b", "w", "u", "v"), ("restrict", "domain"), _on_overlap,
        choices=lambda o: _over(o, w="[meet({A}, {B})]", u="parts(w)", v="rests(w, u)"),
        premise=lambda o: (_restricted(o, "a"), _restricted(o, "b")),
    ),
)  # fmt: skip

APPLICATIVE = (
    Law("applicative-identity", ("a",), ("ap", "unit"),
        lambda o: (apply(o, "ap", apply(o, "unit", "(lambda y: y)"), "a"), "a")),
    Law("applicative-homomorphism", ("x", "f"), ("ap", "unit"),
        lambda o: (apply(o, "ap", apply(o, "unit", "f"), apply(o, "unit", "x")), apply(o, "unit", "f(x)"))),
    Law("applicative-interchange", ("p0", "p", "x"), ("ap", "unit"), _interchange),
    Law("applicative-composition", ("p0", "p", "q0", "q", "a"), ("ap", "unit"), _composition),
    Law("applicative-map", ("a", "f"), ("ap", "unit", "map"),
        lambda o: (apply(o, "map", "a", "f"), apply(o, "ap", apply(o, "unit", "f"), "a"))),
)  # fmt: skip

TRAVERSABLE = (
    Law("traversable-identity", ("a",), ("traverse",),
        lambda o: (apply(o, "traverse", "a", "Identity", "Identity"), "Identity(a)"), plain=True),
    Law("traversable-naturality", ("a", "h", "t"), ("traverse",), _naturality, plain=True,
        among={"h": EACH, "t": ("first", "counted")}),
    Law("traversable-composition", ("a", "h", "l"), ("traverse",), _traversed_twice, plain=True,
        among={"h": EACH, "l": LOGS}),
    Law("traversable-map", ("a", "f"), ("traverse", "map"), _mapped, plain=True),
    Law("traversable-purity", ("a",), ("traverse", "unit"),
        lambda o: (apply(o, "traverse", "a", f"(lambda y: {inside(apply(o, 'unit', 'y'))})",
                         f"(lambda y: {inside(apply(o, 'unit', 'y'))})"), apply(o, "unit", "a")), plain=True),
)  # fmt: skip

LENS = (
    Law("get-put", ("a",), ("get", "put"), lambda o: (apply(o, "put", "a", apply(o, "get", "a")), "a")),
    Law("put-get", ("a", "x"), ("get", "put"), lambda o: (apply(o, "get", apply(o, "put", "a", "x")), "x"), plain=True),
    Law("put-put", ("a", "x", "y"), ("get", "put"),
        lambda o: (apply(o, "put", apply(o, "put", "a", "x"), "y"), apply(o, "put", "a", "y"))),
)  # fmt: skip

STRUCTURES = (*OPERAD, *SHEAF, *APPLICATIVE, *TRAVERSABLE, *LENS)
SETS = {
    "operad": tuple(law.name for law in OPERAD),
    "presheaf": ("restriction-identity", "restriction-composition"),
    "sheaf": tuple(law.name for law in SHEAF),
    "applicative": tuple(law.name for law in APPLICATIVE[:4]),
    "traversable": tuple(law.name for law in TRAVERSABLE[:3]),
    "lens": tuple(law.name for law in LENS),
}
