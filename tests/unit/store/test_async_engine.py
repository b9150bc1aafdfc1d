"""The engine is there without the ORM, and the package of SQLAlchemy is whole for whoever imports it afterwards."""

import subprocess
import sys

PROGRAM = """
import sys
from kgents.store.sql import SqlStore
assert not [name for name in sys.modules if name.startswith("sqlalchemy.orm")]
from kgents.store.async_engine import AsyncEngine, create_async_engine
import sqlalchemy.ext.asyncio as package
assert package.AsyncEngine is AsyncEngine
assert package.AsyncSession
assert package.async_sessionmaker(create_async_engine("sqlite+aiosqlite:///:memory:"))
"""
BESIDE = """
import threading
gate = threading.Event()
thread = threading.Thread(target=gate.wait)
thread.start()
from kgents.store.async_engine import AsyncEngine
gate.set()
import sqlalchemy.ext.asyncio as package
assert package.AsyncEngine is AsyncEngine
"""


def test_nothing_of_the_orm_is_imported_and_the_package_is_whole_afterwards() -> None:
    """In a process of one thread, as a command is; beside other threads the package is imported as ever."""
    for program in (PROGRAM, BESIDE):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
