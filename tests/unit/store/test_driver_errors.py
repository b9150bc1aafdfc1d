"""What drivers raise, said in one line: what to do, whether it may pass, and never a password."""

import errno

import asyncpg
import pytest
from sqlalchemy import exc
from sqlalchemy.engine import make_url

from kgents.errors import DamagedRecord, KgentsError, StoreUnavailable, UsageError
from kgents.store.driver_errors import errors_translated

FILE = make_url("sqlite+pysqlite:////tmp/x/record.db")
SERVER = make_url("postgresql+asyncpg://me:s3cret@db.example/record")


def told(wrong: Exception, url: object = SERVER, statement: str = "SELECT 1") -> KgentsError:
    """What is said of an error of the driver, as SQLAlchemy hands it on."""
    with pytest.raises(KgentsError) as caught, errors_translated(url):  # type: ignore[arg-type]
        raise exc.DBAPIError(statement, {}, wrong)
    assert "s3cret" not in f"{caught.value.message} {caught.value.hint}"
    return caught.value


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("database or disk is full", StoreUnavailable, "the database /tmp/x/record.db: the disk is full"),
        ("attempt to write a readonly database", StoreUnavailable, "the file or its folder is read-only"),
        ("unable to open database file", StoreUnavailable, "the file cannot be opened"),
        ("disk I/O error", StoreUnavailable, "the disk cannot be read or written"),
        ("file is not a database", UsageError, "/tmp/x/record.db is no SQLite database"),
        ("database disk image is malformed", DamagedRecord, "the database /tmp/x/record.db is damaged"),
        ("something new", StoreUnavailable, "the database /tmp/x/record.db: something new"),
    ],
)
def test_a_file_and_what_is_wrong_with_it(text: str, kind: type[KgentsError], message: str) -> None:
    wrong = told(Exception(text), FILE)
    assert type(wrong) is kind
    assert message in wrong.message


def test_a_locked_file_says_how_long_it_was_waited_for() -> None:
    assert told(Exception("database is locked"), FILE).message.endswith("keeps it locked (0.0 s were waited)")


@pytest.mark.parametrize(
    ("wrong", "unreachable", "passing"),
    [
        (asyncpg.SerializationError("could not serialize"), False, True),
        (asyncpg.DeadlockDetectedError("deadlock"), False, True),
        (asyncpg.TooManyConnectionsError("too many"), False, True),
        (asyncpg.AdminShutdownError("shut down"), True, True),
        (asyncpg.InterfaceError("connection is closed"), True, True),
        (ConnectionResetError("reset by peer"), True, True),
        (TimeoutError(), True, True),
        (asyncpg.UniqueViolationError("twice"), False, False),
    ],
)
def test_what_may_pass_and_what_will_not(wrong: Exception, unreachable: bool, passing: bool) -> None:
    """A lost connection is unreachable; a moment of the server is not, and may pass as well."""
    said = told(wrong)
    assert isinstance(said, StoreUnavailable)
    assert (said.unreachable, said.passing) == (unreachable, passing)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (TimeoutError(), "the database db.example:5432/record: no answer"),
        (OSError(f"[Errno {errno.ECONNREFUSED}] Connect call failed"), "connection refused; is the server running?"),
        (asyncpg.InvalidPasswordError("password authentication failed"), "the server refuses the password"),
        (asyncpg.InvalidCatalogNameError('database "record" does not exist'), "there is no such database"),
        (asyncpg.DataError("s3cret is odd\nDETAIL: more"), "the database db.example:5432/record: *** is odd"),
    ],
)
def test_a_server_and_what_it_said(wrong: Exception, message: str) -> None:
    """The first line alone."""
    assert told(wrong).message.endswith(message)


@pytest.mark.parametrize(
    ("reason", "statement", "hint"),
    [
        ("permission denied for sequence marks_seq", "", "GRANT USAGE ON SEQUENCE marks_seq TO this user"),
        ("permission denied for schema public", "", "GRANT USAGE, CREATE ON SCHEMA public TO this user"),
        ("permission denied for table marks", "INSERT INTO marks VALUES (1)", "GRANT INSERT ON marks TO this user"),
        (
            "permission denied for table marks",
            "DELETE FROM marks WHERE x",
            "GRANT SELECT, DELETE ON marks TO this user",
        ),
        (
            "permission denied for table marks",
            "INSERT INTO marks ON CONFLICT DO NOTHING",
            "GRANT SELECT, INSERT ON marks",
        ),
        ("permission denied for function f", "SELECT f()", "grant what docs/database.md lists"),
    ],
)
def test_the_right_that_is_lacking_is_typed_out(reason: str, statement: str, hint: str) -> None:
    wrong = told(asyncpg.InsufficientPrivilegeError(reason), statement=statement)
    assert f"this user may not do that: {reason}" in wrong.message
    assert hint in str(wrong.hint)


def test_errors_of_others_are_left_as_they_are() -> None:
    with pytest.raises(ZeroDivisionError), errors_translated(SERVER):
        raise ZeroDivisionError
    with pytest.raises(StoreUnavailable), errors_translated(SERVER):
        raise asyncpg.InterfaceError("another operation is in progress")
