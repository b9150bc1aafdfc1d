"""Operads, sheaves, applicatives, traversables, lenses, semirings and lattices: lawful ones hold, unlawful ones are refuted by
a program that fails, in our own examples and in well-known libraries.
"""

from pathlib import Path

import pytest
from hypothesis import strategies as st
from pyrsistent import pmap
from returns.maybe import Maybe, Nothing, Some
from returns.result import Failure, Result, Success

from kgents.errors import UsageError
from kgents.laws import LawSpec, examine, load
from kgents.laws.catalogue import SETS, laws_of
from kgents.laws.finding import LawVerdict

EACH_ALONE = True  # slow, and nothing is shared
HERE = Path(__file__).parent / "structures"
FILES = ("operads", "sheaves", "applicatives", "traversables", "lenses", "rings")
few = st.integers(-9, 9)


def _cases(which: str) -> list[tuple[str, str, tuple[str, ...]]]:
    found = []
    for file in FILES:
        for name, laws in load(f"{HERE / file}.py:{which}").items():
            found.append((file, name, laws if isinstance(laws, tuple) else (laws,)))
    return found


def _target(file: str, name: str) -> str:
    return f"{HERE / file}.py:{name}"


def replays(code: str) -> None:
    """The program fails where the law is broken."""
    with pytest.raises(AssertionError):
        exec(code, {"__name__": "replay"})


@pytest.mark.parametrize(("file", "name", "laws"), _cases("LAWFUL"))
def test_a_lawful_structure_is_examined_and_not_refuted(file, name, laws):
    """Every law of the set says that enough distinct cases were seen."""
    for finding in examine(_target(file, name), laws, cases=60).findings:
        assert finding.verdict is LawVerdict.NOT_REFUTED, (finding.law, finding.detail, finding.counterexample)


@pytest.mark.parametrize(("file", "name", "laws"), _cases("UNLAWFUL"))
def test_an_unlawful_structure_is_refuted_by_a_program_that_can_be_pasted(file, name, laws):
    """The counterexample names nothing that the program does not define."""
    (finding,) = examine(_target(file, name), laws, cases=500).findings
    assert finding.verdict is LawVerdict.REFUTED, finding.detail
    assert "pickle" not in finding.counterexample.code
    replays(finding.counterexample.code)


LIBRARIES = {
    "returns.Maybe": (
        Maybe, ("applicative", "applicative-map"),
        LawSpec(elements=few.map(Some) | st.just(Nothing), unit="Maybe.from_value({0})"),
    ),
    "returns.Result": (
        Result, ("applicative", "applicative-map"),
        LawSpec(elements=few.map(Success) | few.map(Failure), unit="Result.from_value({0})"),
    ),
    "returns.Fold": (
        "returns.iterables:Fold", ("traversable",),
        LawSpec(elements="tuple[int, ...]", traverse="Fold.collect([{1}(y) for y in {0}], {2}(()))"),
    ),
    "toolz.keyfilter": (
        "toolz:keyfilter", ("sheaf",),
        LawSpec(elements="dict[str, int]", restrict="keyfilter(set({1}).__contains__, {0})", glue="toolz.merge({0}, {1})"),
    ),
    "toolz.assoc": ("toolz:assoc", ("lens",), LawSpec(
        elements=[{"a": 1}, {"a": 2, "b": 3}, {"a": 5}, {"a": -1}, {"a": 9}], get="{0}['a']", put="assoc({0}, 'a', {1})")),
    "pyrsistent": ("pyrsistent:PMap", ("lens",), LawSpec(
        elements=few.map(lambda x: pmap({"a": x, "b": 1})), get="{0}['a']", put="{0}.set('a', {1})")),
    "dict display": ("builtins:dict", ("lens",), LawSpec(
        elements=few.map(lambda x: {"a": x}), get="{0}['a']", put="{**{0}, 'a': {1}}")),
    "frozenset": ("builtins:frozenset", ("lattice",), None),
    "gcd and lcm": ("math:gcd", ("lattice",), LawSpec(elements=st.integers(1, 60), plus="math.lcm({0}, {1})")),
    "int": ("builtins:int", ("semiring",), None),
    "Fraction": ("fractions:Fraction", ("semiring",), None),
}  # fmt: skip
BROKEN = {
    "assoc without a key": (
        "toolz:assoc", "get-put", LawSpec(elements="dict[str, int]", get="{0}.get('a')", put="assoc({0}, 'a', {1})"),
    ),
    "merge_with sum": ("toolz:merge_with", "gluing-uniqueness", LawSpec(
        elements="dict[str, int]", glue="merge_with(sum, {0}, {1})", restrict="toolz.keyfilter(set({1}).__contains__, {0})")),
    "Counter": ("collections:Counter", "idempotence", LawSpec(compose="|", plus="&")),
    "float": ("builtins:float", "distributivity", LawSpec(compose="*", plus="+")),
}  # fmt: skip


@pytest.mark.parametrize("name", LIBRARIES)
def test_structures_of_libraries_hold(name):
    """What libraries document as lawful is not refuted, and is examined."""
    target, laws, spec = LIBRARIES[name]
    for finding in examine(target, laws, spec=spec, cases=60).findings:
        assert finding.verdict is LawVerdict.NOT_REFUTED, (finding.law, finding.detail, finding.counterexample)


@pytest.mark.parametrize("name", BROKEN)
def test_structures_of_libraries_that_break_a_law_are_refuted(name):
    """Known not to hold, each for a reason that its counterexample shows."""
    target, law, spec = BROKEN[name]
    (finding,) = examine(target, (law,), spec=spec, cases=500).findings
    assert finding.verdict is LawVerdict.REFUTED, finding.detail
    replays(finding.counterexample.code)


def test_sets_hold_the_laws_of_their_structure():
    """A semiring has both neutral elements and annihilation; a lattice both absorptions."""
    assert {"plus-identity", "annihilation-left", "annihilation-right", "identity-left"} <= set(SETS["semiring"])
    assert {"absorption", "absorption-dual", "idempotence", "plus-idempotence"} <= set(SETS["lattice"])
    assert all(law.name in SETS[name] for name in SETS for law in laws_of((name,)))


def test_elements_that_nobody_names_are_asked_for():
    """A function without annotations, and a lens of untyped wholes."""
    for name, law in (("arity", "operad"), ("graft", "applicative")):
        with pytest.raises(UsageError) as wrong:
            examine(_target("operads", name), (law,), cases=5)
        assert wrong.value.hint


def test_a_traversal_that_asks_too_much_of_its_effects_is_not_refuted():
    """What is no member of every applicative refutes nothing, and the detail names it."""
    spec = LawSpec(elements="list[int]", traverse="{2}({0}).bind(lambda z: {2}(z))")
    (finding,) = examine("builtins:list", ("traversable-identity",), spec=spec, cases=30).findings
    assert finding.verdict is not LawVerdict.REFUTED
    assert "bind" in finding.detail


@pytest.mark.parametrize(
    ("name", "refuted"), [("Label", set()), ("Tags", {"get-put", "put-get"}), ("Stripped", {"put-get"})]
)
def test_the_parts_of_a_lens_without_annotations_are_of_the_types_that_it_gets(name, refuted):
    """Texts and lists of texts, where an int would be refused; one annotation of `put` tells as well."""
    wholes = "st.fixed_dictionaries({'label': st.text(), 'tags': st.lists(st.text(max_size=2))})"
    report = examine(_target("lenses", name), ("lens",), spec=LawSpec(elements=wholes), cases=100)
    assert {finding.law for finding in report.findings if finding.verdict is LawVerdict.REFUTED} == refuted
    assert {finding.verdict for finding in report.findings} <= {LawVerdict.REFUTED, LawVerdict.NOT_REFUTED}


def test_a_name_that_is_nowhere_is_refused():
    """A template with a misspelt function would raise on one side only, which is no counterexample."""
    spec = LawSpec(elements="dict[str, int]", get="{0}.get('a')", put="asoc({0}, 'a', {1})")
    with pytest.raises(UsageError, match="'asoc'"):
        examine("toolz:assoc", ("lens",), spec=spec, cases=5)
