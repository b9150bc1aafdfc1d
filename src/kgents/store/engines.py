"""What the store calls an engine and its connections: SQLAlchemy's asynchronous ones for a server, ours for a file."""

from typing import TYPE_CHECKING, TypeAlias, Union

from kgents.store.file_engine import FileConnection, FileEngine

if TYPE_CHECKING:
    from sqlalchemy.ext import asyncio as server

AsyncEngine: TypeAlias = Union[FileEngine, "server.AsyncEngine"]
AsyncConnection: TypeAlias = Union[FileConnection, "server.AsyncConnection"]
