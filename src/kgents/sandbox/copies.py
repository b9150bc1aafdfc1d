"""The folder that runs inside: copies of our own standard-library modules, where every user may read them."""

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from importlib.util import cache_from_source
from pathlib import Path

from kgents.sandbox.owned import owned

INSIDE = "kgents.sandbox.inside"
_FALLBACKS = ("/dev/shm", "/var/tmp", "/tmp")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_ROOT = Path(__file__).parents[2]  # the folder that holds kgents


class _NoRoom(OSError):
    """A place for temporary files is full."""


def copied(modules: Iterable[str]) -> str:
    """Copies modules, under their own names, to a fresh folder; the folder, which the caller removes.

    Parents that are not among the modules are empty packages, so that nothing else of kgents comes along. A full disk
    of temporary files is no reason to stop: memory and the other usual places are tried. OSError where none has room.
    """
    names = (INSIDE, *modules)
    *places, last = (tempfile.gettempdir(), *(folder for folder in _FALLBACKS if os.access(folder, os.W_OK)))
    for folder in places:
        with contextlib.suppress(_NoRoom):
            return _copied_to(folder, names)
    return _copied_to(last, names)


def _copied_to(target: str, modules: Iterable[str]) -> str:
    folder = Path(tempfile.mkdtemp(prefix=owned("kgents-inside-"), dir=target))
    try:
        folder.chmod(0o755)
        for module in modules:
            _copy(module, folder)
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    except OSError as error:
        removed(str(folder))
        if isinstance(error, shutil.Error) or error.errno in _FULL:
            raise _NoRoom(errno.ENOSPC, "No space left on device", target) from error
        raise
    return str(folder)


def _copy(module: str, folder: Path) -> None:
    parts = module.split(".")
    source, target = _ROOT.joinpath(*parts), folder.joinpath(*parts)
    for depth in range(1, len(parts)):
        package = folder.joinpath(*parts[:depth])
        package.mkdir(mode=0o755, exist_ok=True)
        (package / "__init__.py").touch(mode=0o644)
    if source.is_dir():
        shutil.copytree(source, target, ignore=_not_ours, dirs_exist_ok=True)
    else:
        _copy_file(source.with_suffix(".py"), target.with_suffix(".py"))


def _copy_file(source: Path, target: Path) -> None:
    """A module with its bytecode, which the interpreter takes where time and size of the source are those it was made of."""
    shutil.copy2(source, target)
    compiled = Path(cache_from_source(str(source)))
    if compiled.exists():
        beside = target.parent / compiled.parent.name
        beside.mkdir(exist_ok=True)
        shutil.copy2(compiled, beside)


def _not_ours(_: str, names: list[str]) -> list[str]:
    """What a copy leaves out: bytecode of other interpreters and of other settings of this one."""
    suffix = f".{sys.implementation.cache_tag}.pyc"
    return [name for name in names if name.endswith(".pyc") and not name.endswith(suffix)]


def removed(folder: str) -> None:
    """Removes a copy."""
    shutil.rmtree(folder, ignore_errors=True)


def shared_libraries(prefix: str) -> tuple[list[str], list[str]]:
    """(folders and files of shared libraries that an interpreter may load, folders in them that are not for it)."""
    readable: list[str] = []
    masked: list[str] = []
    paths = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    for base in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", f"{prefix}/lib", *filter(None, paths)):
        if not os.path.isdir(base):
            continue
        several = [entry.path for entry in os.scandir(base) if entry.is_dir() and entry.name.endswith("-linux-gnu")]
        if several:
            readable += several
            readable += [entry.path for entry in os.scandir(base) if entry.is_file() and ".so" in entry.name]
        else:
            readable.append(base)
            masked += [entry.path for entry in os.scandir(base) if entry.is_dir() and entry.name.startswith("python")]
    return readable, masked
