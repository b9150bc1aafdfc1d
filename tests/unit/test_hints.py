"""Whatever is refused comes with a remedy."""

import ast
from pathlib import Path

import kgents
from kgents.sandbox.syntax import parse

REFUSALS = ("UsageError", "HarnessUnavailable", "SandboxUnavailable", "StoreUnavailable", "UnknownExperiment")


def test_every_refusal_has_a_hint() -> None:
    """The second argument of each error that is raised for a user."""
    package = Path(kgents.__file__).parent
    bare = [
        f"{path.relative_to(package)}:{node.lineno}"
        for path in package.rglob("*.py")
        for node in ast.walk(parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in REFUSALS
        and len(node.args) + len(node.keywords) < 2
        and not any(isinstance(argument, ast.Starred) for argument in node.args)
    ]
    assert not bare
