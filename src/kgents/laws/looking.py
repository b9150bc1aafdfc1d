"""How elements are made and looked at: by a type, a strategy or values, by a call, or by equality."""

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kgents.errors import UsageError
from kgents.laws import roles
from kgents.laws.discovery import arity_of, has_equality, template
from kgents.laws.elements import sources
from kgents.laws.literals import Environment, Given
from kgents.laws.spec import LawSpec

INPUTS = 12  # that a composed operation has at most


def any_of(strategies: Sequence[Any]) -> Any:
    """One of several strategies."""
    from hypothesis import strategies as st

    return st.one_of(list(strategies))


def observation(
    cls: type, spec: LawSpec, members: Mapping[str, object], calls: str | None, environment: Environment
) -> tuple[str, Any]:
    """(the template by which an element is looked at, the strategy of x)."""
    hint = _probe_type(members[calls]) if calls else int
    if spec.probes is None and not _generated(hint, environment):
        calls, hint = None, int
    probes = strategy_of(spec.probes if spec.probes is not None else hint, environment)
    if spec.observe is not None:
        return looked_at(spec.observe, environment, members), probes
    if calls is None or (calls != "__call__" and has_equality(cls)):
        return "{0}", probes
    call = "{0}" if calls == "__call__" else f"{{0}}.{calls}"
    return (f"{call}(x)" if arity_of(members[calls]) == 1 else f"{call}()"), probes


def looked_at(declared: Any, environment: Environment, members: Mapping[str, object] | None = None) -> str:
    """The template of a given observation; a function of two takes the element and x."""
    text = template(declared, "observe", environment, 1, members or {})
    twofold = callable(declared) and not inspect.isclass(declared) and arity_of(staticmethod(declared)) == 2
    return text.replace("{0})", "{0}, x)") if twofold else text


def _generated(hint: Any, environment: Environment) -> bool:
    """Whether values of a type can be made without constructing classes that nobody asked for."""
    if inspect.isclass(hint) and hint.__module__ not in ("builtins", "decimal", "fractions", "datetime", "collections"):
        return False
    try:
        sources(hint, dict(environment))
    except UsageError:
        return False
    return True


def _probe_type(method: Any) -> Any:
    try:
        hints = typing.get_type_hints(method)
    except Exception:  # noqa: BLE001 - a hint that cannot be resolved is no hint
        return int
    hints.pop("return", None)
    wanted = next(iter(hints.values()), int)
    return int if isinstance(wanted, typing.TypeVar) else wanted


def strategy_of(declared: Any, environment: Environment) -> Any:
    """A strategy of source texts or Given values from a type, a strategy, values, or an expression of them."""
    from hypothesis import strategies as st

    if isinstance(declared, str):
        names = {**environment, "strategies": st, "st": st, "Callable": Callable}
        try:
            declared = eval(declared, names)
        except Exception as wrong:
            raise UsageError(f"{declared!r} is not a type or strategy: {wrong}", "such as int, list[str]") from wrong
    if isinstance(declared, st.SearchStrategy):
        return declared.map(Given)
    if isinstance(declared, Sequence):
        return st.sampled_from([Given(value) for value in declared])
    return sources(declared, environment)


def kind_of(declared: Any, environment: Environment) -> Any:
    """The type that elements are said to be of; None where they are said in another way."""
    if isinstance(declared, str):
        try:
            declared = eval(declared, dict(environment))
        except Exception:  # noqa: BLE001 - whoever makes the elements says what is wrong with it
            return None
    return declared if isinstance(declared, type) or typing.get_origin(declared) is not None else None


def many(environment: Environment) -> Any:
    """As many integers as any composed operation takes."""
    from hypothesis import strategies as st

    return st.lists(st.integers(-9, 9), min_size=INPUTS, max_size=INPUTS).map(repr)


def takes_any(method: Any) -> bool:
    """Whether a method takes any number of arguments."""
    return any(one.kind is one.VAR_POSITIONAL for one in roles.parameters(method)) if method is not None else False
