"""A class as a target: short scripts of what is done to an object, and what it answers.

A script is [arguments of the constructor, [[method, arguments], …]]; the worker plays it, so that only plain values
cross. Attributes that do not begin with an underscore are read after the last step.
"""

import ast
from random import Random
from typing import Any

from kgents.verify.domains import Domain, from_annotation
from kgents.verify.inputs import generated
from kgents.verify.spec import Function, Spec, constants, parameters

SCRIPTS = 90
LONGEST = 8  # steps
_ASKED = ("__len__", "__bool__", "__str__", "__repr__", "__iter__", "__contains__", "__getitem__", "__setitem__",
          "__delitem__", "__call__", "__next__", "__hash__", "__int__", "__float__", "__neg__", "__abs__")  # fmt: skip


def scripts_of(spec: Spec, name: str) -> tuple[list[Any], str]:
    """Scripts for a class of the spec, and where the types of the arguments came from."""
    node = next(node for node in spec.classes if node.name == name)
    methods = {part.name: part for part in node.body if isinstance(part, Function)}
    steps = {key: part for key, part in methods.items() if not key.startswith("_") or key in _ASKED}
    chance = Random(4711)
    makers = _arguments(spec, methods.get("__init__"), node)
    takers = {key: _arguments(spec, part, node) for key, part in steps.items()}
    found: list[Any] = [[list(arguments), []] for arguments in makers[:10]]
    while steps and len(found) < SCRIPTS:
        length = chance.randint(1, 3) if len(found) < SCRIPTS // 2 else chance.randint(2, LONGEST)
        script = []
        for _ in range(length):
            key = chance.choice(list(steps))
            script.append([key, list(chance.choice(takers[key]))])
        found.append([list(chance.choice(makers)), script])
    return found, "annotations"


def _arguments(spec: Spec, function: Function | None, node: ast.ClassDef) -> list[Any]:
    """Argument tuples for a method, without self."""
    if function is None:
        fields = [part for part in node.body if isinstance(part, ast.AnnAssign)] if _is_dataclass(node) else []
        domains = [from_annotation(part.annotation) or ("int",) for part in fields]
    else:
        named = [decorator.id for decorator in function.decorator_list if isinstance(decorator, ast.Name)]
        taken = parameters(function)[0 if "staticmethod" in named else 1 :]
        domains = [from_annotation(parameter.annotation) or ("int",) for parameter in taken]
        if "property" in named:
            return [()]
    return _values(spec, tuple(domains)) or [()]


def _values(spec: Spec, domains: tuple[Domain, ...]) -> list[Any]:
    return generated(domains, *constants(spec), 40) if domains else [()]


def _is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.dump(decorator) for decorator in node.decorator_list)
