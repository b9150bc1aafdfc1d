"""The record on SQLite and Postgres.

Rule: `open_store` is the way in; SQLAlchemy and the drivers are imported there and nowhere else.
"""

from typing import TYPE_CHECKING

from kgents.store.address import check_scheme

if TYPE_CHECKING:
    from kgents.store.sql import SqlStore

__all__ = ["load", "open_store"]


def load() -> None:
    """Imports what opening a record takes."""
    import kgents.store.reading
    import kgents.store.sql  # noqa: F401


async def open_store(url: str) -> "SqlStore":
    """Opens (and at first use creates) the record at a URL: sqlite:///FILE or postgresql://…

    A file that this user may only read is opened to be read: whatever would write to it says StoreUnavailable.
    UsageError for a URL that means nothing, a foreign file or a database from the future; StoreUnavailable where the
    database cannot be reached.
    """
    check_scheme(url)
    from kgents.store.reading import may_only_be_read, open_reading
    from kgents.store.sql import SqlStore

    return await (open_reading(url) if may_only_be_read(url) else SqlStore.open(url))
