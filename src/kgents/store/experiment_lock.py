"""The right to write to an experiment: held by one process at a time, released by the system when that process dies."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from kgents.domain.mark import digest
from kgents.store.engines import AsyncEngine
from kgents.store.server_lock import ServerLock, busy

_here: set[tuple[str, str]] = set()


@asynccontextmanager
async def experiment_lock(engine: AsyncEngine, experiment: str) -> AsyncIterator[ServerLock | None]:
    """Holds the experiment while the block runs. Busy where somebody else does. On a server: what has to be confirmed
    before each transaction.
    """
    key = (engine.url.render_as_string(), experiment)
    if key in _here:
        raise busy(experiment)
    _here.add(key)
    try:
        if engine.dialect.name == "postgresql":
            lock = ServerLock(engine, experiment)
            await lock.take()
            try:
                yield lock
            finally:
                await lock.release()
        elif engine.url.database and engine.url.database != ":memory:":
            with_lock = _Lock(Path(engine.url.database), experiment)
            try:
                yield None
            finally:
                with_lock.release()
        else:
            yield None
    finally:
        _here.discard(key)


class _Lock:
    """An advisory lock on a small file beside the database."""

    def __init__(self, database: Path, experiment: str) -> None:
        import fcntl

        folder = database.with_name(database.name + ".locks")
        with _folder_errors(folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            self._path = folder / digest(experiment.encode())[:32]
            self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise busy(experiment) from None

    def release(self) -> None:
        """Lets go; the file is removed while the lock still stands."""
        with suppress(OSError):
            self._path.unlink()
        self._file.close()


class _folder_errors:  # noqa: N801 - a context manager, used like a function
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
