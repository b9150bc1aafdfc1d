"""How errors of databases and their drivers are said: one line, what to do, and never a password."""

import errno
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc
from sqlalchemy.engine import URL

from kgents.errors import DamagedRecord, KgentsError, StoreUnavailable, UsageError
from kgents.lazy_pattern import pattern
from kgents.store.address import VARIABLE

BUSY_SECONDS = 60
_DAMAGED = ("malformed", "database corruption")
_SQLITE = {
    "disk is full": "the disk is full",
    "readonly database": "the file or its folder is read-only",
    "unable to open": "the file cannot be opened; are it and its folder there and writable?",
    "disk I/O error": "the disk cannot be read or written",
    "database is locked": "another process keeps it locked",
}
_POSTGRES = {
    "InvalidPasswordError": ("the server refuses the password", f"correct the password in {VARIABLE}"),
    "InvalidAuthorizationSpecificationError": ("the server refuses this user", f"correct {VARIABLE}"),
    "InvalidCatalogNameError": ("there is no such database", "make it first: createdb NAME"),
}
_REFUSED = pattern(r"permission denied for (table|view|sequence|schema|database) (\S+)")
_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_PASSING = frozenset(
    {  # what a server says of a moment: the same transaction may pass when it is asked again
        "SerializationError",
        "DeadlockDetectedError",
        "TooManyConnectionsError",
        "CannotConnectNowError",
        "LockNotAvailableError",
        "QueryCanceledError",
        "ReadOnlySQLTransactionError",
        "OutOfMemoryError",
    }
)
_GONE = frozenset(
    {  # the connection is lost, or there is none
        "AdminShutdownError",
        "CrashShutdownError",
        "IdleSessionTimeoutError",
        "IdleInTransactionSessionTimeoutError",
        "PostgresConnectionError",
        "InterfaceError",
        "InternalClientError",
        "ProtocolViolationError",
        "OSError",
        "TimeoutError",
    }
)


@contextmanager
def errors_translated(url: URL) -> Iterator[None]:
    """Says errors of the database in our words, and how long it was waited for one that is locked."""
    began = time.monotonic()
    try:
        yield
    except (exc.SQLAlchemyError, OSError, TimeoutError) as wrong:
        raise _waited(_said(wrong, url), began) from wrong
    except Exception as wrong:
        if type(wrong).__module__.startswith("asyncpg"):
            raise _said(wrong, url) from wrong
        raise


def _waited(wrong: KgentsError, began: float) -> KgentsError:
    seconds = time.monotonic() - began
    if wrong.message.endswith("keeps it locked"):
        wrong.add(f" ({seconds:.1f} s were waited)")
    return wrong


def _said(wrong: BaseException, url: URL) -> KgentsError:
    cause = getattr(wrong, "orig", None) or wrong
    text = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
    if url.password:
        text = text.replace(str(url.password), "***")
    if url.get_backend_name() == "sqlite":
        return _file(text, str(url.database))
    where = f"{url.host or url.query.get('host') or 'localhost'}:{url.port or 5432}/{url.database}"
    kinds = [kind.__name__ for kind in type(getattr(cause, "__cause__", None) or cause).__mro__]  # the narrowest first
    if "InsufficientPrivilegeError" in kinds:
        reason = text.partition(": ")[2] or text
        return StoreUnavailable(f"the database {where}: this user may not do that: {reason}", _grant(reason, wrong))
    if "InvalidSchemaNameError" in kinds:
        return UsageError(
            f"the database {where}: search_path names no schema that is there",
            "make it first: CREATE SCHEMA NAME; or leave search_path out",
        )
    known = next((_POSTGRES[kind] for kind in kinds if kind in _POSTGRES), None)
    if known is not None:
        return StoreUnavailable(f"the database {where}: {known[0]}", known[1])
    refused = f"[Errno {errno.ECONNREFUSED}]" in text
    silent = "TimeoutError" in kinds or text == "TimeoutError"
    unavailable = _unavailable(
        where, "no answer" if silent else "connection refused; is the server running?" if refused else text
    )
    unavailable.unreachable = not _GONE.isdisjoint(kinds)
    unavailable.passing = unavailable.unreachable or not _PASSING.isdisjoint(kinds)
    return unavailable


def _grant(reason: str, wrong: BaseException) -> str:
    """The right that is lacking, as somebody who may give it would type it."""
    refused = _REFUSED.search(reason)
    kind, name = refused.groups() if refused else ("", "")
    match kind:
        case "sequence":
            return f"GRANT USAGE ON SEQUENCE {name} TO this user"
        case "schema":
            return f"GRANT USAGE, CREATE ON SCHEMA {name} TO this user"
        case "table" | "view":
            words = re.findall(r"\w+", str(getattr(wrong, "statement", "") or "").upper())
            words += ["SELECT"] if "CONFLICT" in words or "WHERE" in words or not words else []
            rights = [right for right in _RIGHTS if right in words]
            return f"GRANT {', '.join(rights)} ON {name} TO this user; docs/database.md lists all that is needed"
        case _:
            return "grant what docs/database.md lists"


def _file(text: str, path: str) -> KgentsError:
    if "not a database" in text:
        return UsageError(
            f"{path} is no SQLite database", f"name another file: {VARIABLE}; if it was one, restore your backup"
        )
    if any(sign in text for sign in _DAMAGED):
        return DamagedRecord(
            f"the database {path} is damaged", f"restore your backup, or see what is left: sqlite3 {path} .recover"
        )
    return _unavailable(path, next((reason for sign, reason in _SQLITE.items() if sign in text), text))


def _unavailable(where: str, reason: str) -> StoreUnavailable:
    return StoreUnavailable(f"the database {where}: {reason}", f"what was stored stays; check {VARIABLE}, kg doctor")
