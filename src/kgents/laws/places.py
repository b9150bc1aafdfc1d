"""Where a class or function can be had again: MODULE:NAME or PATH.py:NAME, as `load` takes it."""

import ast
import builtins
import importlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kgents.errors import UsageError
from kgents.laws.literals import Environment
from kgents.sandbox.importing import OF_A_FILE
from kgents.sandbox.syntax import parse as parse_source


def place_of(target: Any) -> str:
    """MODULE:NAME or PATH.py:NAME of a class or function, as `load` takes it.

    A class that claims a module which does not have it is looked for in the packages around that module.
    """
    module, name = target.__module__, target.__qualname__
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        outer = ".".join(parts[:length])
        if getattr(sys.modules.get(outer), name, None) is target:
            module = outer
            break
    path = getattr(sys.modules.get(module), "__file__", None)
    return f"{module if path is None or _importable(module, path) else path}:{name}"


def _importable(module: str, path: str) -> bool:
    if module == "__main__" or module.startswith(OF_A_FILE):
        return False
    file = Path(path).resolve()
    tail = Path(*module.split("."))
    ends = (tail.with_suffix(".py"), tail / "__init__.py")
    return file.suffix != ".py" or any((Path(entry) / end).resolve() == file for entry in sys.path for end in ends)


def neighbours(texts: Iterable[str], target: Any, environment: Environment) -> list[str]:
    """The lines that define the names in templates which are the target's module's, or those of modules; they are added to
    the environment. UsageError for a name that is nowhere: what raises NameError would pass for a law that is broken.
    """
    module = sys.modules.get(getattr(target, "__module__", None) or type(target).__module__)
    lines = []
    for name in dict.fromkeys(name for text in texts for name in _names(text)):
        if name in environment or hasattr(builtins, name):
            continue
        if module is not None and hasattr(module, name):
            environment[name] = getattr(module, name)
            lines.append(f"{name} = load({_of_module(module, name)!r})")
        elif importlib.util.find_spec(name) is not None:
            environment[name] = importlib.import_module(name)
            lines.append(f"import {name}")
        else:
            where = "nor in its module" if module is not None else "nor a module"
            raise UsageError(
                f"{name!r} is neither a name that templates know {where}", "import it in the module of the target"
            )
    return lines


def _names(text: str) -> list[str]:
    """The names that a template uses and does not define."""
    try:
        tree = parse_source(text.format(*["a"] * 3), mode="eval")
    except (SyntaxError, ValueError, KeyError, IndexError):
        return []
    bound = {one.arg for one in ast.walk(tree) if isinstance(one, ast.arg)} | {"a", "x", "n"}
    names = [one for one in ast.walk(tree) if isinstance(one, ast.Name)]
    bound |= {one.id for one in names if isinstance(one.ctx, ast.Store)}
    return [one.id for one in names if one.id not in bound]


def _of_module(module: Any, name: str) -> str:
    path = getattr(module, "__file__", None)
    return f"{module.__name__ if path is None or _importable(module.__name__, path) else path}:{name}"
