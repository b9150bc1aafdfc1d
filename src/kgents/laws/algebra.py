"""The laws of compositions, of functors and of monads."""

from kgents.laws.law import Law, Operations, apply, inside


def _associativity(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "op", apply(o, "op", "a", "b"), "c"),
        apply(o, "op", "a", apply(o, "op", "b", "c")),
    )


def _distributivity(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "op", "a", apply(o, "plus", "b", "c")),
        apply(o, "plus", apply(o, "op", "a", "b"), apply(o, "op", "a", "c")),
    )


def _distributivity_right(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "op", apply(o, "plus", "a", "b"), "c"),
        apply(o, "plus", apply(o, "op", "a", "c"), apply(o, "op", "b", "c")),
    )


def _plus_associativity(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "plus", apply(o, "plus", "a", "b"), "c"),
        apply(o, "plus", "a", apply(o, "plus", "b", "c")),
    )


def _homomorphism(o: Operations) -> tuple[str, str]:
    return (
        apply(o, "image", apply(o, "op", "a", "b")),
        apply(o, "op2", apply(o, "image", "a"), apply(o, "image", "b")),
    )


def _bind_twice(o: Operations) -> tuple[str, str]:
    inner = apply(o, "bind", "k(y)", "m")
    return apply(o, "bind", apply(o, "bind", "a", "k"), "m"), apply(o, "bind", "a", f"(lambda y: {inside(inner)})")


ALGEBRA = (
    Law("identity-left", ("a",), ("op", "e"), lambda o: (apply(o, "op", o["e"], "a"), "a")),
    Law("identity-right", ("a",), ("op", "e"), lambda o: (apply(o, "op", "a", o["e"]), "a")),
    Law("associativity", ("a", "b", "c"), ("op",), _associativity),
    Law("commutativity", ("a", "b"), ("op",), lambda o: (apply(o, "op", "a", "b"), apply(o, "op", "b", "a"))),
    Law("idempotence", ("a",), ("op",), lambda o: (apply(o, "op", "a", "a"), "a")),
    Law(
        "inverse",
        ("a",),
        ("op", "e", "inverse"),
        lambda o: (apply(o, "op", "a", apply(o, "inverse", "a")), o["e"]),
    ),
    Law("distributivity", ("a", "b", "c"), ("op", "plus"), _distributivity),
    Law(
        "absorption",
        ("a", "b"),
        ("op", "plus"),
        lambda o: (apply(o, "op", "a", apply(o, "plus", "a", "b")), "a"),
    ),
    Law("distributivity-right", ("a", "b", "c"), ("op", "plus"), _distributivity_right),
    Law(
        "absorption-dual",
        ("a", "b"),
        ("op", "plus"),
        lambda o: (apply(o, "plus", "a", apply(o, "op", "a", "b")), "a"),
    ),
    Law("plus-associativity", ("a", "b", "c"), ("plus",), _plus_associativity),
    Law(
        "plus-commutativity",
        ("a", "b"),
        ("plus",),
        lambda o: (apply(o, "plus", "a", "b"), apply(o, "plus", "b", "a")),
    ),
    Law("plus-idempotence", ("a",), ("plus",), lambda o: (apply(o, "plus", "a", "a"), "a")),
    Law("functor-identity", ("a",), ("map",), lambda o: (apply(o, "map", "a", "(lambda y: y)"), "a")),
    Law(
        "functor-composition",
        ("a", "f", "g"),
        ("map",),
        lambda o: (
            apply(o, "map", apply(o, "map", "a", "f"), "g"),
            apply(o, "map", "a", "(lambda y: g(f(y)))"),
        ),
    ),
    Law(
        "monad-left-unit",
        ("x", "k"),
        ("bind", "unit"),
        lambda o: (apply(o, "bind", apply(o, "unit", "x"), "k"), "k(x)"),
    ),
    Law(
        "monad-right-unit",
        ("a",),
        ("bind", "unit"),
        lambda o: (apply(o, "bind", "a", f"(lambda y: {inside(apply(o, 'unit', 'y'))})"), "a"),
    ),
    Law("monad-associativity", ("a", "k", "m"), ("bind", "unit"), _bind_twice),
    Law("homomorphism", ("a", "b"), ("op", "op2", "image"), _homomorphism, plain=True),
    Law("plus-identity", ("a",), ("plus", "z"), lambda o: (apply(o, "plus", "a", o["z"]), "a")),
    Law("annihilation-left", ("a",), ("op", "plus", "z"), lambda o: (apply(o, "op", o["z"], "a"), o["z"])),
    Law("annihilation-right", ("a",), ("op", "plus", "z"), lambda o: (apply(o, "op", "a", o["z"]), o["z"])),
)

SETS = {
    "identity": ("identity-left", "identity-right"),
    "functor": ("functor-identity", "functor-composition"),
    "monad": ("monad-left-unit", "monad-right-unit", "monad-associativity"),
    "monoid": ("identity-left", "identity-right", "associativity"),
    "semiring": (
        "identity-left",
        "identity-right",
        "associativity",
        "plus-identity",
        "plus-associativity",
        "plus-commutativity",
        "distributivity",
        "distributivity-right",
        "annihilation-left",
        "annihilation-right",
    ),
    "lattice": (
        "associativity",
        "commutativity",
        "idempotence",
        "absorption",
        "plus-associativity",
        "plus-commutativity",
        "plus-idempotence",
        "absorption-dual",
    ),
    "group": ("identity-left", "identity-right", "associativity", "inverse"),
}
