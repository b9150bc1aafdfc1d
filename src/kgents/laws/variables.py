"""The variables of a law: which there are, and what each is drawn from."""

from typing import Any

from kgents.laws.elements import ARROWS, CURRIED, NONE_ARROWS, arrows, sources
from kgents.laws.family import Family
from kgents.laws.law import Law


def variables_of(law: Law, family: Family) -> list[str]:
    """The names that have to be drawn."""
    names = list(law.variables)
    if not law.plain and ("x)" in family.observed or "x[:n]" in family.observed) and "x" not in names:
        names.append("x")
    used = " ".join(family.operations.get(need, "") for need in law.needs)
    return [*(name for name in family.variables if name in used), *names]


def strategy_for(name: str, law: Law, family: Family) -> Any:
    """A strategy of source texts or Given values for one variable."""
    if name in law.kinds:
        return sources(law.kinds[name], family.environment)
    from hypothesis import strategies as st

    if name in family.variables:
        return family.variables[name]
    if name in law.among:
        return st.sampled_from(law.among[name])
    if law.choices is not None and name in law.choices(family.operations):
        return st.integers(0, 1 << 16)
    if name in ("p", "q"):
        return st.sampled_from(_holders(f"{name}0", family))
    none = st.sampled_from(NONE_ARROWS) if family.nothing and law.function is None else st.nothing()
    if name in ("x", "y"):
        return family.probes | (st.just("None") if family.nothing and "unit" in law.needs else st.nothing())
    if name in ("f", "g"):
        return arrows((), family.environment) | none
    if name in ("k", "m"):
        unit = family.operations.get("unit", "{0}")
        lifted = (st.sampled_from(ARROWS) | none).map(lambda text: f"(lambda y: {unit.format(f'{text}(y)')})")
        constant = family.elements.map(lambda text: f"(lambda y: {text})" if isinstance(text, str) else lifted)
        return lifted | constant.filter(lambda text: isinstance(text, str))
    return family.elements


def _holders(element: str, family: Family) -> list[str]:
    """Texts of elements that hold functions: made of an element, and of a function alone."""
    unit, ap = family.operations["unit"], family.operations["ap"]
    made = [family.operations["map"].format(element, curried) if "map" in family.operations
            else ap.format(unit.format(curried), element) for curried in CURRIED]  # fmt: skip
    return [*made, *[unit.format(arrow) for arrow in ARROWS[:6]]]
