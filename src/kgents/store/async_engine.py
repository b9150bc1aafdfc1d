"""SQLAlchemy's asynchronous engine without its ORM, which nothing here uses and which is a quarter of the time to import it.

Rule: whoever imports `sqlalchemy.ext.asyncio` afterwards gets the whole package, with these very classes; so does a
thread that looks for it in the moment in which the engine is read: it waits.
"""

import importlib
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

_PACKAGE = "sqlalchemy.ext.asyncio"
_PATIENCE = 10  # s that another thread waits for the whole package

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
else:

    class _Shell(ModuleType):
        """Stands for the package while its engine is read; what others want of it comes from the package itself."""

        def __init__(self, folders: list[str]) -> None:
            super().__init__(_PACKAGE)
            self.__path__ = folders
            self._reader, self._done = threading.get_ident(), threading.Event()

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__") or threading.get_ident() == self._reader:
                raise AttributeError(name)
            self._done.wait(_PATIENCE)
            return getattr(importlib.import_module(_PACKAGE), name)

        def end(self) -> None:
            if sys.modules.get(_PACKAGE) is self:
                del sys.modules[_PACKAGE]
            self._done.set()

    def _engine() -> ModuleType:
        """The module of the engine alone; the package where it is there already."""
        if _PACKAGE in sys.modules:
            return importlib.import_module(_PACKAGE)
        outer = importlib.import_module("sqlalchemy.ext")
        shell = _Shell([str(Path(folder) / "asyncio") for folder in outer.__path__])
        sys.modules[_PACKAGE] = shell
        try:
            return importlib.import_module(f"{_PACKAGE}.engine")
        except ImportError:  # another version, in which the engine does not stand alone
            shell.end()
            return importlib.import_module(_PACKAGE)
        finally:
            shell.end()

    _found = _engine()
    AsyncConnection, AsyncEngine = _found.AsyncConnection, _found.AsyncEngine
    create_async_engine = _found.create_async_engine

__all__ = ["AsyncConnection", "AsyncEngine", "create_async_engine"]
