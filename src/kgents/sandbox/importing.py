"""What a user names as PATH.py:NAME or MODULE:NAME, imported into this process: nothing confines it.

Rule: whatever importing it raises is raised, for the caller to say of which option it is.
"""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

OF_A_FILE = "kgents_target_"  # how the name of a module begins that is of a file without a package
_changed: dict[str, int] = {}  # when a file was changed, by the name of its module


class NoFile(Exception):
    """There is no such file."""


class NoMember(Exception):
    """A module, or a class in it, has nothing under a name."""

    def __init__(self, owner: object, name: str) -> None:
        super().__init__(f"{owner!r} has no {name}")
        self.owner, self.name = owner, name


def value_of(place: str, name: str) -> Any:
    """The object under a (dotted) name in a module or a file. NoFile or NoMember where there is none."""
    value: Any = _module(place)
    for part in name.split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            raise NoMember(value, part) from None
    return value


def _module(place: str) -> ModuleType:
    if not place.endswith(".py"):
        return importlib.import_module(place)
    path = Path(place).resolve()
    if not path.is_file():
        raise NoFile(f"there is no file {place}")
    return _of_file(path)


def _of_file(path: Path) -> ModuleType:
    """The module of a file; its package's root, or its folder, is where it finds its neighbours."""
    root = path.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    if root != path.parent:
        parts = path.relative_to(root).with_suffix("").parts
        return importlib.import_module(".".join(parts[:-1] if path.stem == "__init__" else parts))
    name, changed = f"{OF_A_FILE}{path.stem}", path.stat().st_mtime_ns
    if getattr(sys.modules.get(name), "__file__", None) == str(path) and _changed.get(name) == changed:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name], _changed[name] = module, changed
    spec.loader.exec_module(module)
    return module
