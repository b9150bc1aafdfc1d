"""What of pytest a test file may ask for, read before anything is run."""

import ast
from collections.abc import Iterator

from kgents.errors import UsageError

_HINT = "make what is needed in the test itself, or by a plain @pytest.fixture function of the same file"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def refuse_fixtures(tree: ast.Module) -> None:
    """UsageError for a test that asks for a fixture which is not a plain function of the file."""
    functions = [node for node in tree.body if isinstance(node, Function)]
    fixtures = {node.name for node in functions if _decorators(node, "fixture")}
    for node in functions:
        if node.name in fixtures:
            _refuse_tricks(node)
            _refuse_unknown(node, node.args.args, fixtures)
        elif node.name.startswith("test"):
            _refuse_unknown(node, node.args.args, fixtures)
    kinds = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for kind in kinds:
        if kind.name.startswith("Test"):
            shared = set(_parametrised(kind))
            for method in [node for node in kind.body if isinstance(node, Function)]:
                if _decorators(method, "fixture"):
                    raise UsageError(f"--tests: {kind.name}.{method.name} is a fixture within a class", _HINT)
                if method.name.startswith("test"):
                    _refuse_unknown(method, method.args.args[1:], fixtures | shared)


def _refuse_tricks(node: Function) -> None:
    for decorator in _decorators(node, "fixture"):
        keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
        for keyword in keywords:
            plain = isinstance(keyword.value, ast.Constant) and keyword.value.value in ("function", False, None)
            if not plain:
                raise UsageError(f"--tests: the fixture {node.name} has {keyword.arg}=…, which is not supported", _HINT)
    if isinstance(node, ast.AsyncFunctionDef):
        raise UsageError(f"--tests: the fixture {node.name} is asynchronous, which is not supported", _HINT)


def _refuse_unknown(node: Function, arguments: list[ast.arg], known: set[str]) -> None:
    required = arguments[: len(arguments) - len(node.args.defaults)]
    given = known | set(_parametrised(node))
    for argument in required:
        if argument.arg not in given:
            raise UsageError(
                f"--tests: {node.name} asks for the fixture {argument.arg}, which is not in the file", _HINT
            )


def _parametrised(node: Function | ast.ClassDef) -> Iterator[str]:
    for decorator in _decorators(node, "parametrize"):
        if not isinstance(decorator, ast.Call):
            continue
        if any(keyword.arg == "indirect" for keyword in decorator.keywords):
            raise UsageError(f"--tests: {node.name} is parametrised indirectly, which is not supported", _HINT)
        named = [keyword.value for keyword in decorator.keywords if keyword.arg == "argnames"]
        for names in [*decorator.args[:1], *named]:
            for part in ast.walk(names):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield from (name.strip() for name in part.value.split(","))


def _decorators(node: Function | ast.ClassDef, name: str) -> list[ast.expr]:
    found = []
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)) == name:
            found.append(decorator)
    return found
