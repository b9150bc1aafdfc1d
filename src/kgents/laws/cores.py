"""Minimal unsatisfiable cores of claims: the obstruction to gluing them together.

A set of claims is coherent exactly if its conjunction is satisfiable. Cores of three and more claims cannot be seen by
looking at pairs. Rule: a core is made minimal by deletion and checked again, every proper subset with it.
"""

from collections.abc import Sequence
from typing import Any

from kgents.errors import UsageError
from kgents.laws.claims import Claim, folded

MOST = 40  # claims with variables that are looked at together
MILLISECONDS = 2000


def core(claims: Sequence[Claim]) -> list[Claim] | None:
    """A minimal set of claims that contradict each other, or None where there is none (or Z3 cannot say).

    UsageError where the extra kgents[reasoning] is not installed.
    """
    solver = _solver()
    kept = list(claims[:MOST])
    if not unsatisfiable(kept, solver):
        return None
    for claim in list(kept):
        without = [other for other in kept if other is not claim]
        if unsatisfiable(without, solver):
            kept = without
    return kept if is_minimal(kept) else None


def is_minimal(claims: Sequence[Claim]) -> bool:
    """Whether the claims contradict each other and no proper subset does."""
    solver = _solver()
    smaller = [[other for other in claims if other is not claim] for claim in claims]
    return unsatisfiable(claims, solver) and not any(unsatisfiable(rest, solver) for rest in smaller)


def unsatisfiable(claims: Sequence[Claim], z3: Any) -> bool:
    """Whether Z3 proves that not all of the claims can be true."""
    solver = z3.Solver()
    solver.set("timeout", MILLISECONDS)
    for claim in claims:
        solver.add(_constraint(claim, z3))
    return bool(solver.check() == z3.unsat)


def needs_z3(flag: str) -> None:
    """UsageError where Z3 is not installed; nothing is imported."""
    import importlib.util

    if importlib.util.find_spec("z3") is None:
        raise UsageError(f"{flag} needs Z3 for claims about variables", "pip install 'kgents[reasoning]'")


def _solver() -> Any:
    try:
        import z3
    except ImportError as wrong:
        raise UsageError("claims about variables need Z3", "pip install 'kgents[reasoning]'") from wrong
    return z3


def _constraint(claim: Claim, z3: Any) -> Any:
    if claim.relation == "integer":
        return z3.IsInt(z3.Real(claim.left))
    left, right = _term(claim.left, z3), _term(claim.right, z3)
    match claim.relation:
        case "=":
            slack = _slack(claim)
            return left == right if slack is None else z3.And(left - right < slack, right - left < slack)
        case "<":
            return left < right
        case ">":
            return left > right
        case "<=":
            return left <= right
        case _:
            return left >= right


def _slack(claim: Claim) -> Any:
    """A written decimal is an interval: 0.33 may be ⅓."""
    places = [len(part.rstrip(" )").split(".")[1]) for part in claim.right.split() if "." in part.rstrip(" ).")]
    return f"1/{10 ** max(places)}" if places else None


def _term(expression: str, z3: Any) -> Any:
    return folded(expression, z3.Real, z3.RealVal)
