"""The record on SQLite and Postgres.

Rule: `open_store` is the way in; SQLAlchemy and the drivers are imported there and nowhere else.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgents.store.sql import SqlStore

__all__ = ["open_store"]


async def open_store(url: str) -> "SqlStore":
    """Opens (and at first use creates) the record at a URL: sqlite:///FILE or postgresql://…

    UsageError for a URL that means nothing, a foreign file or a database from the future; StoreUnavailable where the
    database cannot be reached.
    """
    from kgents.store.sql import SqlStore

    return await SqlStore.open(url)
