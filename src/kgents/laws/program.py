"""A counterexample as a program that can be pasted: it fails with an AssertionError where the law is broken.

Rule: every name in it is imported, loaded or defined in it; what cannot be written down is said in a comment.
"""

import inspect
import types
from collections.abc import Mapping
from typing import Any

from kgents.laws.elements import Environment, imports, render
from kgents.laws.family import ROLES, Family
from kgents.laws.law import Law, Operations

_STANDARD = {
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
    if law.name == "homomorphism" or law.function is not None:
        return left, right
    return family.observed.format(left), family.observed.format(right)


def program(law: Law, family: Family, environment: Environment, inputs: Mapping[str, str]) -> str:
    """The program; `environment` holds what the family's does not: the law's own function and classes."""
    left, right = sides_of(law, family.operations, family)
    body = [f"{name} = {text}" for name, text in inputs.items()]
    shown = [f"left = observe(lambda: {left})", f"right = observe(lambda: {right})"]
    if "await " in left + right:
        shown = [f"async def left_side(): return {left}", f"async def right_side(): return {right}"]
        shown += ["left, right = observe(left_side), observe(right_side)"]
    own = [] if law.function is None else [f"{law.name} = load({place_of(law.function)!r})"]
    used = " ".join([*inputs.values(), left, right])
    return "\n".join(
        [
            f"from kgents.laws import load, observe, same{', sides' if own else ''}",
            *[line for word, line in _STANDARD.items() if word in used],
            *family.prelude,
            *_parts({**family.environment, **environment}, used),
            *imports(environment, *family.environment),
            *own,
            *body,
            *shown,
            f"assert same(left, right), f'{law.name}: {{left}} is not {{right}}'",
        ]
    )


def place_of(found: Any) -> str:
    """MODULE:NAME or PATH.py:NAME of a class or function, as `load` takes it."""
    import sys

    path = getattr(sys.modules.get(found.__module__), "__file__", None)
    importable = path is None or _importable(found.__module__, path)
    return f"{found.__module__ if importable else path}:{found.__qualname__}"


def _importable(module: str, path: str) -> bool:
    import sys
    from pathlib import Path

    if module == "__main__" or module.startswith("kgents_target_"):
        return False
    file = Path(path).resolve()
    tail = Path(*module.split("."))
    ends = (tail.with_suffix(".py"), tail / "__init__.py")
    return file.suffix != ".py" or any((Path(entry) / end).resolve() == file for entry in sys.path for end in ends)


def _parts(environment: Environment, used: str) -> list[str]:
    """The lines that define what was given in Python: functions of the spec, and an identity that is a value."""
    lines = []
    for role in ("compose", "observe", "identity", *ROLES):
        value = environment.get(role)
        if role not in environment or role not in used or inspect.isclass(value):
            continue
        if isinstance(value, types.FunctionType | types.BuiltinFunctionType) and "<" not in value.__qualname__:
            lines.append(f"{role} = load({place_of(value)!r})")
        elif isinstance(value, _PLAIN):
            lines.append(f"{role} = {render(value)}")
        else:
            lines.append(f"# {role} = {value!r}  (define it here)")
    return lines
