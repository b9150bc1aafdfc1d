"""Calls and answers of the reference oracle as people write them, shortened."""

from typing import Any

from kgents.verify.apart import Pair, is_written
from kgents.verify.reference.inside.likeness import alike, later
from kgents.verify.reference.inside.observing import Seen
from kgents.verify.reference.inside.steps import GO_ON

_LONG = 140
_OPEN = {"l": "[]", "t": "()", "s": "{}", "fs": "{}", "it": "[]", "dq": "[]"}


def call_shown(target: str, arguments: Any, count: int | None = None) -> str:
    """A call, or the first `count` steps of what is done to an object."""
    if target.endswith("()"):
        made, steps = arguments[0]["t"], arguments[1]["t"][:count]
        calls = [_step_shown(step["t"][0], step["t"][1]["t"]) for step in steps]
        return _short("; ".join([f"{target[:-2]}({_listed(made)})", *calls]))
    return f"{target}({_short(_listed(arguments))})"


def pair_shown(target: str, arguments: Any, seen: Seen) -> Pair | None:
    """A call and what it does, as Python's prompt shows them; None of what cannot be typed or seen there."""
    asked, answer = _listed(arguments), tree_shown(seen.answer)
    typed = is_written(f"({asked},)" if asked else "()") and is_written(answer) and _is_plain(seen.answer)
    if target.endswith("()") or seen.raised or seen.files or not typed:
        return None
    lines = [seen.printed.rstrip("\n")] if seen.printed else []
    lines += [answer] if answer != "None" else []
    changed = seen.left is not None and tree_shown(seen.left) != f"[{asked}]"
    lines += [f"# its arguments are then {tree_shown(seen.left)[1:-1]}"] if changed else []
    return f">>> {target}({asked})", "\n".join(lines or ["None"])


def _is_plain(tree: Any) -> bool:
    """Whether a tree is of values that are shown as they are typed: a deque is not, which is shown as a list."""
    if not isinstance(tree, list | tuple) or not tree:
        return True
    tag, *content = tree
    if tag == "d":
        return all(_is_plain(part) for pair in content for part in pair)
    return tag in ("T", "F", "f", "i") or (tag in ("l", "t", "s") and all(map(_is_plain, content)))


def _step_shown(name: str, arguments: Any) -> str:
    """A step of a script; one whose answer the script goes on with is marked by an arrow."""
    arrow = " →" if name.endswith(GO_ON) else ""
    return f"{name.removesuffix(GO_ON)}({_listed(arguments)}){arrow}"


def script_shown(target: str, arguments: Any, want: Seen, got: Seen, tolerance: float) -> str | None:
    """The first step at which an object answers or shows something else; None where both are not scripts."""
    if want.raised or got.raised or not target.endswith("()"):
        return None
    pairs = list(zip(want.answer[1:], got.answer[1:], strict=False))
    at = next((index for index, (one, two) in enumerate(pairs) if not alike(one, two, tolerance)), None)
    if at is None:
        changed = next((number for number in later(got.answer) if number not in later(want.answer)), 0)
        return (
            f"{call_shown(target, arguments, changed + 1)}: expected a list of its own, got one that changes afterwards"
        )
    one, two = pairs[at]
    if at % 2 == 0:  # what it shows after so many steps
        theirs = {pair[0]: pair[1] for pair in two[2:]}
        name, value = next(
            pair for pair in one[2:] if pair[0] not in theirs or not alike(pair[1], theirs[pair[0]], tolerance)
        )
        other = tree_shown(theirs[name]) if name in theirs else "no such attribute"
        return f"{call_shown(target, arguments, at // 2)}: expected {name} = {tree_shown(value)}, got {other}"
    return f"{call_shown(target, arguments, at // 2 + 1)}: expected {_short(tree_shown(one))}, got {_short(tree_shown(two))}"


def _listed(parts: Any) -> str:
    return ", ".join(argument_shown(part) for part in parts)


def argument_shown(data: Any) -> str:
    """A packed argument."""
    if isinstance(data, list):
        return f"[{_listed(data)}]"
    if not isinstance(data, dict):
        return repr(data)
    tag, content = next(iter(data.items()))
    if tag == "d":
        return "{" + ", ".join(f"{argument_shown(key)}: {argument_shown(item)}" for key, item in content) + "}"
    if tag in ("t", "s", "fs"):
        text = _listed(content)
        return f"({text}{',' if len(content) == 1 else ''})" if tag == "t" else "{" + text + "}"
    if tag == "R":
        return _recipe(*content)
    return f"{content[0]}({content[1]!r})" if tag == "x" else str(content)


def _recipe(kind: str, name: str, parts: Any) -> str:
    match kind:
        case "enum":
            return f"{name}.{parts[0]}"
        case "path":
            return f"file {name!r} with {parts[0]!r}"
        case "typed":
            return f"stdin {parts[0]!r}"
        case "array":
            return f"array({argument_shown(parts[0])})"
        case "function":
            return f"function {name}"
    return f"{name or kind}({_listed(parts)})"


def seen_shown(seen: Seen) -> str:
    """An answer or an exception."""
    if seen.raised:
        return f"{seen.raised[0]}{': ' if seen.text else ''}{seen.text}"[:_LONG]
    return _short(tree_shown(seen.answer))


def tree_shown(tree: Any) -> str:  # noqa: C901  a table
    """A tree as the value for which it stands."""
    if not isinstance(tree, list | tuple) or not tree:
        return repr(tree)
    tag, *content = tree
    if tag in _OPEN and (content or tag not in ("s", "fs")):
        only = "," if tag == "t" and len(content) == 1 else ""
        text = _OPEN[tag][0] + ", ".join(map(tree_shown, content)) + only + _OPEN[tag][1]
        return f"an iterator over {text}" if tag == "it" else text
    match tag:
        case "s" | "fs":
            return "set()" if tag == "s" else "frozenset()"
        case "aw":
            return f"awaitable {tree_shown(content[0])}"
        case "itself":
            return "the object itself"
        case "another":
            return "another object of its class"
        case "T" | "F":
            return "True" if tag == "T" else "False"
        case "f" | "i" | "b" | "ba":
            return str(content[0])
        case "d":
            return "{" + ", ".join(f"{tree_shown(key)}: {tree_shown(item)}" for key, item in content) + "}"
        case "arr":
            return f"array of shape {tuple(content[1])}: [{', '.join(map(tree_shown, content[2:]))}]"
        case "en":
            return f"{content[0]}.{content[1]}"
        case "ob":
            return f"{content[0]}({', '.join(f'{name}={tree_shown(item)}' for name, item in content[1:])})"
        case "x":
            return f"{content[0]} {content[1]}"
        case "moved":
            return f"{tree_shown(content[0])}, afterwards {tree_shown(content[1])}"
        case "raised":
            return str(content[1]) if len(content) > 1 else "an exception"
    return f"{tag}({', '.join(map(tree_shown, content))})"


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
