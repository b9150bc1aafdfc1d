"""Every folder of modules is a package, what is none is seen by no check of the layers; and no part grows without end."""

import ast
from pathlib import Path

import kgents
from kgents.sandbox.syntax import parse

ROOT = Path(kgents.__file__).parent
LONGEST_FILE = 361
LONGEST_FUNCTION = 40


def test_every_folder_of_modules_is_a_package() -> None:
    """Also those of kinds."""
    folders = {path.parent for path in ROOT.rglob("*.py")}
    assert len(folders) > 30
    assert [str(folder.relative_to(ROOT)) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_no_file_and_no_function_is_long() -> None:
    """A longer one is cut where it does two things."""
    long = []
    for path in sorted(ROOT.rglob("*.py")):
        source, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
        lines = source.count("\n")
        long += [f"{name}: {lines}"] if lines > LONGEST_FILE else []
        for node in ast.walk(parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                long += [f"{name}:{node.name}: {size}"] if size > LONGEST_FUNCTION else []
    assert long == []
