"""The engine is there without the ORM, and the package of SQLAlchemy is whole for whoever imports it afterwards."""

import subprocess
import sys

PROGRAM = """
import sys
from kgents.store.sql import SqlStore
assert not [name for name in sys.modules if name.startswith("sqlalchemy.orm")]
from kgents.store.async_engine import AsyncEngine, create_async_engine
assert not [name for name in sys.modules if name.startswith("sqlalchemy.orm")]
import sqlalchemy.ext.asyncio as package
assert package.AsyncEngine is AsyncEngine
assert package.AsyncSession
assert package.async_sessionmaker(create_async_engine("sqlite+aiosqlite:///:memory:"))
"""
BESIDE = """
import sys, threading
begun, found = threading.Event(), []

def look():
    import sqlalchemy.ext.asyncio as package
    begun.set()
    found.append(package.AsyncSession)

class Meanwhile:
    def find_spec(self, name, path=None, target=None):
        if name == "sqlalchemy.ext.asyncio.engine" and not begun.is_set():
            thread.start()
            assert begun.wait(60)

thread = threading.Thread(target=look)
sys.meta_path.insert(0, Meanwhile())
from kgents.store.async_engine import AsyncEngine
assert begun.is_set()
thread.join()
import sqlalchemy.ext.asyncio as package
assert package.AsyncEngine is AsyncEngine
assert found == [package.AsyncSession]
"""


def test_nothing_of_the_orm_is_imported_and_the_package_is_whole_afterwards() -> None:
    """Also for a thread that looks for it in the very moment in which the engine is read."""
    for program in (PROGRAM, BESIDE):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=100)
        assert done.returncode == 0, done.stderr
