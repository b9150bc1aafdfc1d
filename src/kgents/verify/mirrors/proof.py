"""Tests are tried before trial 1: on a program that is right, where there is one, and on stubs that no tests may pass."""

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox
from kgents.sandbox.syntax import parse
from kgents.verify.mirrors.inside.paths import imported
from kgents.verify.mirrors.line import Lines, job_of, lines_of
from kgents.verify.oracle import Oracle

WALL = 60.0  # seconds
OUTSIDE = "verdict computed outside the candidate's process"
_REMEDY = "assert what the function returns for some inputs"
_STUB = """
def _stub(*arguments, **keywords):
    {body}
class _Any:
    def __init__(self, *arguments, **keywords):
        pass
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _stub
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _stub
"""


def mirrored_job(oracle: Oracle, everything: bool = False) -> dict[str, Any]:
    """What the tests' end is told of an oracle."""
    mode = "pytest" if oracle.pytest else oracle.kind
    more = {
        "entry": oracle.entry, "mode": mode, "defined": list(oracle.defined), "place": oracle.place,
        "open": None if oracle.opened is None else [list(pair) for pair in oracle.opened], "everything": everything,
    }  # fmt: skip
    return job_of(oracle.tests, oracle.setup, oracle.names, oracle.modules, more)


def label_of(said: Mapping[str, Any]) -> str:
    """The integrity of a verdict: what the candidate's own operators decided, and how much of that was controlled."""
    controlled, loose = int(said.get("controlled") or 0), int(said.get("uncontrolled") or 0)
    if not controlled and not loose:
        return OUTSIDE
    return f"{OUTSIDE}, {controlled + loose} comparisons by the candidate's own operators ({controlled} controlled)"


def proven(oracle: Oracle, sandbox: Sandbox, good: str | None, classes: tuple[str, ...] = ()) -> Oracle:
    """The oracle with what the good run needed; `good` is a program that is right, where there is one.

    UsageError where the tests cannot be loaded, never call the candidate, or pass on a stub.
    """
    if oracle.kind != "tests" or oracle.inside:
        return oracle
    lines = lines_of(sandbox)
    if oracle.pytest:
        unusable = lines.session(mirrored_job(oracle)).unusable
        if unusable is not None:
            raise UsageError(f"--tests cannot be loaded: {unusable}", "install what is missing, or correct the file")
    if good is not None:
        said, _ = lines.judge(good, mirrored_job(oracle, everything=True), WALL)
        _refuse_unusable(said)
        if said.get("passed") is not True and said.get("strayed"):
            return replace(oracle, inside=True, pytest=False)
        if said.get("passed") is True:
            oracle = replace(oracle, opened=tuple((str(kind), str(name)) for kind, name in said["needed"]))
    _refuse_stubs(oracle, lines, classes)
    return oracle


def _refuse_stubs(oracle: Oracle, lines: Lines, classes: tuple[str, ...]) -> None:
    calls, collection = 0, None
    for told, source in stubs(oracle, classes):
        said, _ = lines.judge(source, mirrored_job(oracle, everything=True), WALL)
        _refuse_unusable(said)
        calls += int(said.get("calls") or 0) + bool(said.get("kind") or said.get("died"))
        collection = said.get("collection")
        if said.get("passed") is True:
            raise UsageError(f"--tests pass on a program that {told}: they tell right from wrong in nothing", _REMEDY)
    if not calls and collection:
        raise UsageError(f"--tests cannot be collected: {collection}", "correct the file")
    if not calls:
        raise UsageError("--tests never call the candidate", "call the function that is wanted")


def _refuse_unusable(said: Mapping[str, Any]) -> None:
    if said.get("unusable"):
        hint = "install what is missing, or make what is needed in the file itself"
        raise UsageError(f"--tests cannot be run: {said['unusable']}", hint)


def stubs(oracle: Oracle, classes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(what it does, its source) of programs that are wrong whatever the task is."""
    tree = parse(oracle.tests)
    wanted = {name for module, names in imported(tree) if module in (*oracle.modules, "solution") for name in names}
    names = [name for name in dict.fromkeys([*oracle.names, *sorted(wanted)]) if name.isidentifier()]
    bodies = {
        "returns None": "return None",
        "returns its first argument": "return arguments[0] if arguments else None",
        "raises RuntimeError": "raise RuntimeError('stub')",
        **{f"raises {name}": f"raise {name}('stub')" for name in sorted(_raised(tree))},
    }
    for told, body in bodies.items():
        lines = [_STUB.format(body=body)]
        for name in names:
            is_class = (name in classes or name[:1].isupper()) and not body.startswith("raise")
            lines.append(f"class {name}(_Any): pass\n" if is_class else f"{name} = _stub\n")
        yield told, "".join(lines)


def _raised(tree: ast.Module) -> set[str]:
    """Builtin exceptions that the tests expect by name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("raises", "assertRaises", "assertRaisesRegex"):
                found.add(node.args[0].id)
    return {name for name in found if isinstance(getattr(builtins, name, None), type)}
