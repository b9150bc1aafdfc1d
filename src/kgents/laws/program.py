"""A counterexample as a program that can be pasted: it fails with an AssertionError where the law is broken.

Rule: every name in it is imported, loaded or defined in it; what cannot be written down is said in a comment.
"""

import base64
import inspect
import pickle
import re
import sys
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from kgents.laws import roles
from kgents.laws.discovery import ROLES
from kgents.laws.effects import MEMBERS
from kgents.laws.elements import parameters_of
from kgents.laws.family import Family
from kgents.laws.law import Law, Operations
from kgents.laws.literals import Environment, Given, imports, render
from kgents.laws.observation import equal, parts_of, shown
from kgents.laws.places import place_of
from kgents.laws.spec import LawSpec

_STANDARD = {
    "pickle.loads(": "import base64, pickle",
    "Fraction(": "from fractions import Fraction",
    "Decimal(": "from decimal import Decimal",
    "datetime.": "import datetime",
    "Counter(": "from collections import Counter",
    "deque(": "from collections import deque",
    "OrderedDict(": "from collections import OrderedDict",
}
_PLAIN = (int, float, complex, str, bytes, bool, type(None), list, tuple, dict, set, frozenset)


def sides_of(law: Law, operations: Operations, family: Family) -> tuple[str, str]:
    """The two sides of a law as observed."""
    left, right = law.sides(operations)
    if law.plain or law.function is not None:
        return left, right
    return family.observed.format(left), family.observed.format(right)


def _given(law: Law, operations: Operations, look: str) -> list[str]:
    """The lines of a program that see to it that what the law supposes holds."""
    if law.premise is None:
        return []
    left, right = law.premise(operations)
    return [
        f"if not same({look}(lambda: {left}), {look}(lambda: {right})):",
        "    raise SystemExit('they do not agree')",
    ]


def program(
    law: Law, family: Family, environment: Environment, inputs: Mapping[str, str], shown_as: Mapping[str, str]
) -> str:
    """The program; `environment` holds what the family's does not; `shown_as` the variables for people."""
    left, right = sides_of(law, family.operations, family)
    body = [f"{name} = {text}" + _remark(shown_as.get(name, text), text) for name, text in inputs.items()]
    clash = "observe" in family.environment
    outcome, look = ("observe as outcome", "outcome") if clash else ("observe", "observe")
    shown = [f"left = {look}(lambda: {left})", f"right = {look}(lambda: {right})"]
    if "await " in left + right:
        shown = [f"async def left_side(): return {left}", f"async def right_side(): return {right}"]
        shown += [f"left, right = {look}(left_side), {look}(right_side)"]
    own = [] if law.function is None else [f"{law.name} = load({place_of(law.function)!r})"]
    used = " ".join([*inputs.values(), left, right])
    return "\n".join(
        [
            f"from kgents.laws import load, {outcome}, same{', sides' if own else ''}",
            *[line for word, line in _STANDARD.items() if word in used],
            *_effects(law, used),
            *family.prelude,
            *_parts({**family.environment, **environment}, used),
            *imports(environment, *family.environment),
            *own,
            *body,
            *_given(law, family.operations, look),
            *shown,
            f"assert same(left, right), f'{law.name}: {{left}} is not {{right}}'",
        ]
    )


def _effects(law: Law, used: str) -> list[str]:
    """The line that imports the applicatives that a program names."""
    if "traverse" not in law.needs:
        return []
    names = [name for name in MEMBERS if re.search(rf"\b{name}\b", used)]
    return [f"from kgents.laws.effects import {', '.join(names)}"] if names else []


def _remark(shown_as: str, text: str) -> str:
    return "" if shown_as == text else f"  # {' '.join(shown_as.split())}"


def written(value: Any, environment: Environment) -> tuple[str, str]:
    """(its source, the same for people) of a variable: as it was generated, or of a value that a strategy of the user's drew.

    A value is written as its repr or as a call of its class, if that evaluates to it, otherwise as a pickle; people are
    shown what a pickled value consists of.
    """
    if not isinstance(value, Given):
        return str(value), str(value)
    text = render(value.value)
    for candidate in (text, _call_of(value.value, environment)):
        if candidate is not None and _evaluates(candidate, value.value, environment):
            return candidate, candidate
    try:
        content = base64.b64encode(pickle.dumps(value.value)).decode()
    except Exception:  # noqa: BLE001 - what cannot be pickled is shown
        return text, text
    return f"pickle.loads(base64.b64decode({content!r}))", shown(value.value)


def _evaluates(text: str, value: Any, environment: Environment) -> bool:
    try:
        return equal(eval(text, dict(environment)), value)
    except Exception:  # noqa: BLE001 - a repr is no source
        return False


def _call_of(value: Any, environment: Environment) -> str | None:
    """The call of the class of an object that keeps its arguments under their names; None where it does not."""
    cls = type(value)
    names = [parameter.name for parameter in parameters_of(cls) or ()]
    kept = parts_of(value)
    if environment.get(cls.__name__) is not cls or not names or not all(name in kept for name in names):
        return None
    return f"{cls.__name__}({', '.join(f'{name}={render(kept[name])}' for name in names)})"


def _reachable(target: Any) -> bool:
    """Whether a callable can be had again from its module by its name."""
    module, name = getattr(target, "__module__", None), getattr(target, "__qualname__", "<")
    return module in sys.modules and "<" not in name and getattr(sys.modules[module], name, None) is target


def _declared(environment: Environment) -> dict[str, tuple[str, Any]]:
    """What a target declares in its own `__laws__`: by role the target's name and the value."""
    for name, value in environment.items():
        spec = getattr(value, "__laws__", None)
        if isinstance(spec, LawSpec):
            return {one.name: (name, getattr(spec, one.name)) for one in fields(spec)}
    return {}


def _parts(environment: Environment, used: str) -> list[str]:
    """The lines that define what was given in Python: functions of the spec, and an identity that is a value."""
    lines = []
    declared = _declared(environment)
    for role in ("compose", "observe", "identity", "zero", *ROLES, *roles.ROLES):
        value = environment.get(role)
        if role not in environment or role not in used or inspect.isclass(value):
            continue
        if callable(value) and _reachable(value):
            lines.append(f"{role} = load({place_of(value)!r})")
        elif role in declared and declared[role][1] is value:
            lines.append(f"{role} = {declared[role][0]}.__laws__.{role}")
        elif isinstance(value, _PLAIN):
            lines.append(f"{role} = {render(value)}")
        else:
            lines.append(f"# {role} = {value!r}  (define it here)")
    return lines
