"""An interpreter with kgents that every user of this machine can run, copied where this one lies in a closed folder."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import kgents

SOURCE = Path(kgents.__file__).parents[1]
_LEFT_OUT = (
    "site-packages",
    "test",
    "idlelib",
    "tkinter",
    "turtledemo",
    "lib2to3",
    "ensurepip",
    "config-*",
    "__pycache__",
)


def readable_by_all(path: Path) -> bool:
    """Whether other users can enter every folder that a file is in."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def copied(folder: Path) -> Path:
    """Copies this interpreter with its standard library to a folder; returns the program."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    program = folder / "bin" / version
    program.parent.mkdir(parents=True)
    shutil.copy(os.path.realpath(sys.executable), program)
    library = Path(os.__file__).resolve().parent
    shutil.copytree(library, folder / "lib" / version, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
    for shared in (Path(sys.base_prefix) / "lib").glob("libpython*"):
        shutil.copy(shared, folder / "lib")
    return program


@contextmanager
def public_interpreter() -> Iterator[tuple[str, dict[str, str]]]:
    """(an interpreter, its environment): every user can run it, and it finds kgents."""
    if (
        readable_by_all(Path(os.__file__))
        and readable_by_all(SOURCE / "kgents")
        and readable_by_all(Path(sys.executable))
    ):
        yield sys.executable, {"PYTHONPATH": str(SOURCE)}
        return
    with tempfile.TemporaryDirectory(prefix="kgents-interpreter-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        program = copied(folder / "python")
        shutil.copytree(SOURCE / "kgents", folder / "src" / "kgents", ignore=shutil.ignore_patterns("__pycache__"))
        yield str(program), {"PYTHONPATH": str(folder / "src"), "LD_LIBRARY_PATH": str(folder / "python" / "lib")}
