"""SQLAlchemy's asynchronous engine without its ORM, which nothing here uses and which is a quarter of the time to import it.

Rule: whoever imports `sqlalchemy.ext.asyncio` afterwards gets the whole package, with these very classes.
"""

import importlib.util
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

_PACKAGE = "sqlalchemy.ext.asyncio"

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
else:

    def _engine() -> ModuleType:
        """The module of the engine alone; the package where it is there already, or other threads might look for it."""
        outer = importlib.util.find_spec("sqlalchemy.ext")
        alone = _PACKAGE not in sys.modules and threading.active_count() == 1
        if not alone or outer is None or not outer.submodule_search_locations:
            return importlib.import_module(_PACKAGE)
        shell = ModuleType(_PACKAGE)
        shell.__path__ = [str(Path(folder) / "asyncio") for folder in outer.submodule_search_locations]
        sys.modules[_PACKAGE] = shell
        try:
            return importlib.import_module(f"{_PACKAGE}.engine")
        except ImportError:  # another version, in which the engine does not stand alone
            del sys.modules[_PACKAGE]
            return importlib.import_module(_PACKAGE)
        finally:
            if sys.modules.get(_PACKAGE) is shell:
                del sys.modules[_PACKAGE]

    _found = _engine()
    AsyncConnection, AsyncEngine = _found.AsyncConnection, _found.AsyncEngine
    create_async_engine = _found.create_async_engine

__all__ = ["AsyncConnection", "AsyncEngine", "create_async_engine"]
