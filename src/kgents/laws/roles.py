"""The operations of operads, sheaves, applicatives, traversables and lenses, found by the names that libraries give them.

They are methods of the elements (`section.restrict(open)`), methods of an object that is the structure itself
(`sheaf.restrict(section, open)`, `lens.get(whole)`), or functions: the target, and its neighbours in its module.
"""

import inspect
import re
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgents.laws.elements import parameters_of, sources
from kgents.laws.literals import Environment
from kgents.laws.places import place_of
from kgents.laws.spec import LawSpec

ROLES = {"insert": 3, "arity": 1, "restrict": 2, "glue": 2, "domain": 1, "ap": 2, "traverse": 3, "get": 1, "put": 2}
NAMES = {
    "insert": ("compose", "insert", "partial_compose", "compose_at", "circle", "graft", "substitute"),
    "arity": ("arity", "inputs", "n_inputs", "valence"),
    "restrict": ("restrict", "restricted", "restrict_to", "restriction"),
    "glue": ("glue", "glued", "amalgamate", "gluing"),
    "domain": ("domain", "support", "dom"),
    "ap": ("ap", "apply", "amap"),
    "traverse": ("traverse",),
    "get": ("get", "view"),
    "put": ("put", "set", "set_"),
    "unit": ("unit", "of", "pure", "just", "return_"),
    "map": ("map", "fmap", "map_"),
    "e": ("identity", "unit", "ID", "IDENTITY", "id_", "one", "trivial"),
}  # fmt: skip
SHOWN = {"insert": "insertion", "restrict": "restriction", "glue": "gluing", "ap": "application", "traverse": "traversal",
         "get": "get", "put": "put", "arity": "arity", "domain": "domain"}  # fmt: skip
_INDEXES = ("i", "index", "at", "position", "place", "slot", "k", "n", "input")
_FUNCTIONS = ("f", "fn", "func", "function", "g", "k", "effect", "action")
_PURE = ("pure", "unit", "of", "point", "wrap", "applicative")
_PARTS = ("value", "v", "part", "new", "x", "focus")
_LISTS = (list, tuple, Sequence, Iterable, typing.Iterable, typing.Sequence)


@dataclass(frozen=True, slots=True)
class Structure:
    """What was found beside the elements: templates by role, strategies of variables, lines that define names.

    element   the annotation of the parameter that takes an element; part that of the parts of a lens; None: not said
    """

    operations: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    prelude: tuple[str, ...] = ()
    element: Any = None
    part: Any = None


def of_elements(members: Mapping[str, object], cls: type, needs: Iterable[str]) -> dict[str, str]:
    """Templates of methods of the elements."""
    operations: dict[str, str] = {}
    for role in needs:
        key = next((key for key in NAMES.get(role, ()) if role in ROLES and key in members), None)
        text = None if key is None else _method(role, key, members[key])
        if text is None and role in ("arity", "domain"):
            text = _attribute(role, cls, members)
        if text is not None:
            operations[role] = text
    return operations


def _attribute(role: str, cls: type, members: Mapping[str, object]) -> str | None:
    fields_ = {name for kind in cls.__mro__ for name in (*vars(kind).get("__annotations__", ()), *_slots(kind))}
    named = next((key for key in NAMES[role] if key in fields_), None)
    if named is not None:
        return f"{{0}}.{named}"
    if role == "arity":
        return "len({0})" if "__len__" in members else None
    return "{0}.keys()" if "keys" in members else None


def _slots(kind: type) -> tuple[str, ...]:
    slots = vars(kind).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _method(role: str, key: str, member: Any) -> str | None:
    """The template of a method of an element; None where it takes another number of arguments."""
    if isinstance(member, property) or not callable(getattr(member, "__func__", member)):
        return f"{{0}}.{key}" if ROLES[role] == 1 else None
    bound = not isinstance(member, classmethod | staticmethod)
    names = parameters(member)[1:] if not isinstance(member, staticmethod) else parameters(member)
    text = _call(role, f"{{0}}.{key}" if bound else f"type({{0}}).{key}", names, bound)
    return None if text is None else _awaited(text, member)


def _awaited(text: str, member: Any) -> str:
    return f"(await {text})" if inspect.iscoroutinefunction(getattr(member, "__func__", member)) else text


def parameters(function: Any) -> list[inspect.Parameter]:
    """The positional parameters of a function, self included; none where it has no signature."""
    try:
        plain = function if inspect.ismethod(function) else getattr(function, "__func__", function)
        parameters = inspect.signature(plain).parameters.values()
    except (ValueError, TypeError):
        return []
    return [one for one in parameters if one.kind is not one.VAR_KEYWORD and one.kind is not one.KEYWORD_ONLY]


def _required(names: Sequence[inspect.Parameter]) -> list[inspect.Parameter]:
    return [one for one in names if one.default is one.empty]


def _call(role: str, called: str, names: Sequence[inspect.Parameter], bound: bool) -> str | None:
    """The template of a call; `bound`: the first hole stands before it. None where the number of arguments is another."""
    holes = [f"{{{number}}}" for number in range(1 if bound else 0, ROLES.get(role, 1))]
    if role == "glue" and (made := _gathered(called, names, bound)) is not None:
        return made
    if role == "traverse":
        return _traversal(called, names, bound)
    if len(_required(names)) != len(holes) and len(names) != len(holes):
        return None
    if (
        role == "insert"
        and (names[-1].name in _INDEXES or names[-1].annotation is int)
        and names[-2].name not in _INDEXES
    ):
        holes[-2:] = [holes[-1], holes[-2]]
    if role == "put" and len(holes) == 2 and names[0].name in _PARTS:
        holes.reverse()
    return f"{called}({', '.join(holes)})"


def _gathered(called: str, names: Sequence[inspect.Parameter], bound: bool) -> str | None:
    """Gluing that takes all sections as one argument: a list, any number, or by their domains."""
    if len(names) != 1:
        return None
    (one,) = names
    if one.kind is one.VAR_POSITIONAL:
        return f"{called}({'{1}' if bound else '{0}, {1}'})"
    kind = typing.get_origin(one.annotation) or one.annotation
    listed = (
        kind in _LISTS
        or one.name.endswith("s")
        or str(kind).lower().startswith(("list", "sequence", "iterable", "tuple"))
    )
    if bound and not listed:
        return None
    return f"{called}([{{0}}, {{1}}])"


def _traversal(called: str, names: Sequence[inspect.Parameter], bound: bool) -> str | None:
    """Traversal: what is traversed, the function and `pure`, in the order that their names tell."""
    wanted = list(names if len(_required(names)) in (0, 1) else _required(names))
    if not 1 <= len(wanted) <= (2 if bound else 3):
        return None
    holes: dict[str, str] = {}
    for one in wanted:
        if one.name in _PURE:
            holes[one.name] = "{2}"
        elif one.name in _FUNCTIONS or typing.get_origin(one.annotation) is Callable or one.annotation is Callable:
            holes[one.name] = "{1}" if "{1}" not in holes.values() else "{2}"
    left = [one.name for one in wanted if one.name not in holes]
    rest = [hole for hole in ("{1}", "{2}") if hole not in holes.values()] if bound else ["{0}", "{1}", "{2}"]
    holes.update(zip(left, [hole for hole in rest if hole not in holes.values()], strict=False))
    return f"{called}({', '.join(holes[one.name] for one in wanted)})" if len(holes) == len(wanted) else None


def of_object(target: Any, name: str, needs: Sequence[str], environment: Environment) -> Structure | None:
    """The operations of an object, or of a class of such objects, that is the structure itself; None where it is none."""
    is_class = inspect.isclass(target)
    operations: dict[str, str] = {}
    element = part = None
    for role in needs:
        key = next((key for key in NAMES.get(role, ()) if callable(getattr(target, key, None))), None)
        if key is None:
            continue
        member = inspect.getattr_static(target, key)
        skipped = not is_class or isinstance(member, classmethod | staticmethod)
        names = parameters(getattr(target, key))[0 if skipped else 1 :]
        call = f"HOLDER.{key}"
        text = (None if _required(names) else f"{call}()") if role == "e" else _call(role, call, names, False)
        if text is None:
            continue
        operations[role] = _awaited(text, getattr(target, key))
        if element is None and role in ("restrict", "insert", "get", "traverse"):
            element = _element(getattr(target, key), text) if skipped else _hints(member).get(names[0].name)
        part = part or _part(role, getattr(target, key), element)
    if not set(operations) & {"insert", "restrict", "traverse", "ap", "get", "put"}:
        return None
    if "e" in needs and "e" not in operations:
        key = next((key for key in NAMES["e"] if hasattr(target, key)), None)
        operations.update({} if key is None else {"e": f"HOLDER.{key}"})
    holder, variables = _holder(target, name, environment)
    made = {role: text.replace("HOLDER", holder) for role, text in operations.items()}
    return Structure(made, variables, element=element, part=part)


def _holder(target: Any, name: str, environment: Environment) -> tuple[str, dict[str, object]]:
    """(the text that stands for the structure, the strategy of that variable where it has to be drawn)."""
    if not inspect.isclass(target):
        return name, {}
    needed = [one for one in parameters_of(target) or [] if one.default is one.empty and one.kind is not one.VAR_POSITIONAL
              and one.kind is not one.VAR_KEYWORD]  # fmt: skip
    if not needed:
        return f"{name}()", {}
    holder = re.sub(r"\W", "_", name).lower()
    holder = holder if holder not in environment else f"the_{holder}"
    return holder, {holder: sources(target, environment)}


def of_function(function: Any, name: str, needs: Sequence[str], environment: Environment) -> Structure:
    """The role of a function, by its name or by the law in question, and its neighbours in its module for the others."""
    primary = next((role for role in needs if name in NAMES.get(role, ())), None)
    primary = primary or next(
        role for role in ("insert", "restrict", "glue", "traverse", "ap", "get", "put") if role in needs
    )
    operations: dict[str, str] = {}
    lines = []
    text = _call(primary, name, parameters(function), False)
    element = _element(function, text) if primary in ("insert", "restrict", "traverse", "get", "put") else None
    operations.update({} if text is None else {primary: _awaited(text, function)})
    there = getattr(function, "__globals__", {})
    for role in needs:
        key = next((key for key in NAMES.get(role, ()) if key in there and there[key] is not function), None)
        if key is None or role in operations:
            continue
        other = there[key]
        callable_ = inspect.isroutine(other) and role != "e"
        text = _call(role, key, parameters(other), False) if callable_ else key if role == "e" else None
        if text is None:
            continue
        operations[role] = _awaited(text, other) if callable_ else text
        environment[key] = other
        module = place_of(function).rpartition(":")[0]
        lines.append(f"{key} = load({f'{module}:{key}'!r})")
        if role in ("restrict", "get") and element is None:
            element = _element(other, text)
    return Structure(
        operations,
        prelude=tuple(lines),
        element=element,
        part=_part(primary, function, element),
    )


def _element(function: Any, text: str | None) -> Any:
    """The annotation of the parameter that takes an element; None where there is none."""
    holes = re.findall(r"\{\d\}", text or "")
    names = parameters(function)
    hole = holes.index("{0}") if "{0}" in holes else 0
    return _hints(function).get(names[hole].name) if hole < len(names) else None


def _part(role: str, function: Any, element: Any) -> Any:
    """The annotation of the parts of a lens that one of its operations tells; None where it tells none."""
    hints = _hints(function)
    if role == "get":
        return hints.get("return")
    if role != "put":
        return None
    taken = [hint for name, hint in hints.items() if name != "return" and hint != element]
    return taken[0] if len(taken) == 1 and hints.get("return") != taken[0] else None


def _hints(function: Any) -> dict[str, Any]:
    try:
        hints = typing.get_type_hints(getattr(function, "__func__", function))
    except Exception:  # noqa: BLE001 - a hint that cannot be resolved is no hint
        return {}
    return {name: hint for name, hint in hints.items() if not isinstance(hint, typing.TypeVar)}


def fallbacks(operations: dict[str, str], needs: Iterable[str], element: Any) -> None:
    """How inputs are counted and what a domain is, where nothing says so: by the kind of the elements."""
    kind = typing.get_origin(element) or element
    if "arity" in needs and "arity" not in operations:
        sized = isinstance(kind, type) and hasattr(kind, "__len__")
        operations["arity"] = "len({0})" if sized else "arity({0})"
    if "domain" in needs and "domain" not in operations and isinstance(kind, type) and hasattr(kind, "keys"):
        operations["domain"] = "{0}.keys()"


def called(role: str, function: Any) -> str | None:
    """The template of a call of a function that the user gives, by its parameters; None where they tell nothing."""
    return _call(role, role, parameters(function), False)


def named_roles(spec: LawSpec) -> set[str]:
    """The roles that the user names."""
    return {role for role in ROLES if getattr(spec, role) is not None}


def arity(function: Any) -> int:
    """How many inputs an operation has: its `arity`, or its parameters. Unusable where it takes any number."""
    from kgents.laws.observation import Unusable

    declared = getattr(function, "arity", None)
    if declared is not None:
        return int(declared() if callable(declared) else declared)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as wrong:
        raise Unusable("nothing says how many inputs an operation has: --arity") from wrong
    if any(one.kind is one.VAR_POSITIONAL for one in parameters):
        raise Unusable("nothing says how many inputs a composed operation has: --arity, or an attribute `arity`")
    return len(parameters)
