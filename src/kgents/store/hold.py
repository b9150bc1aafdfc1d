"""The right to write to an experiment: held by one process at a time, released by the system when that process dies."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kgents.domain.mark import digest
from kgents.errors import Busy
from kgents.store.trouble import explained

_ATTEMPTS, _PAUSE_SECONDS = 6, 0.1
_KEEPALIVE = text(  # a machine that is gone loses its rights after a minute, not after the two hours of TCP
    "SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false), "
    "set_config('tcp_keepalives_count', '3', false)"
)
_here: set[tuple[str, str]] = set()


@asynccontextmanager
async def hold(engine: AsyncEngine, experiment: str) -> AsyncIterator[None]:
    """Holds the experiment while the block runs. Busy where somebody else does."""
    key = (engine.url.render_as_string(), experiment)
    if key in _here:
        raise _busy(experiment)
    _here.add(key)
    try:
        if engine.dialect.name == "postgresql":
            async with _advisory(engine, experiment):
                yield
        elif engine.url.database and engine.url.database != ":memory:":
            with_lock = _Lock(Path(engine.url.database), experiment)
            try:
                yield
            finally:
                with_lock.release()
        else:
            yield
    finally:
        _here.discard(key)


def _busy(experiment: str) -> Busy:
    return Busy(
        f"another process is running {experiment}", "wait for it, or stop it; its trials are recorded as they end"
    )


@asynccontextmanager
async def _advisory(engine: AsyncEngine, experiment: str) -> AsyncIterator[None]:
    names = {"name": f"kgents hold {experiment}"}
    with explained(engine.url):
        connection = await engine.connect()
    held = False
    try:
        with explained(engine.url):
            await connection.execute(_KEEPALIVE)
            held = await _granted(connection, names)
        if not held:
            raise _busy(experiment)
        yield
    finally:
        with suppress(Exception):
            if held:
                await connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))"), names)
        with suppress(Exception):
            await connection.close()


async def _granted(connection: AsyncConnection, names: dict[str, str]) -> bool:
    """Asks for a moment, since the server may not have noticed yet that the process before us was killed."""
    for attempt in range(_ATTEMPTS):
        if attempt:
            await asyncio.sleep(_PAUSE_SECONDS)
        granted = await connection.execute(text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))"), names)
        held = bool(granted.scalar())
        await connection.commit()
        if held:
            return True
    return False


class _Lock:
    """An advisory lock on a small file beside the database."""

    def __init__(self, database: Path, experiment: str) -> None:
        import fcntl

        folder = database.with_name(database.name + ".locks")
        with explained_os(folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            self._path = folder / digest(experiment.encode())[:32]
            self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise _busy(experiment) from None

    def release(self) -> None:
        """Lets go; the file is removed while the lock still stands."""
        with suppress(OSError):
            self._path.unlink()
        self._file.close()


class explained_os:  # noqa: N801 - a context manager, used like a function
    """Says that the folder of locks cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: object, wrong: object, trace: object) -> None:
        """Turns an OSError into one of ours."""
        if isinstance(wrong, OSError):
            from kgents.errors import StoreUnavailable

            raise StoreUnavailable(
                f"{self._folder} cannot be written: {wrong.strerror}", "the database needs a writable folder"
            )
