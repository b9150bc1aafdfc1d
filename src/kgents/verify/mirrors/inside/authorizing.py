"""What a candidate's statements may do by a connection of sqlite that the tests lend to it: nothing outside of its database."""

import sys
from collections.abc import Callable
from typing import Any

_OK, _DENIED = 0, 1
_PRAGMAS = frozenset(
    {"foreign_keys", "table_info", "table_xinfo", "table_list", "user_version", "application_id", "index_list", "index_info",
     "foreign_key_list", "foreign_key_check", "integrity_check", "quick_check", "journal_mode", "synchronous", "encoding",
     "case_sensitive_like", "data_version", "compile_options", "database_list", "recursive_triggers"}
)  # fmt: skip
_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})
_TABLES = ("fts", "rtree", "json")
_WITHIN = ("", ":memory:")  # databases that are no file: of the first VACUUM makes use


class Connections:
    """Those that are lent; `stray` is told of a statement that reaches out of one."""

    def __init__(self, stray: Callable[[str], None]) -> None:
        self._known: list[Any] = []
        self._stray = stray

    def watch(self, thing: Any) -> None:
        """Watches the connection that an object is, or belongs to; does nothing with any other object."""
        module: Any = sys.modules.get("sqlite3")
        if module is None or type(thing) not in (module.Connection, module.Cursor):
            return
        connection = thing.connection if type(thing) is module.Cursor else thing
        if not any(each is connection for each in self._known):
            self._known.append(connection)
            connection.set_authorizer(self._allowed)

    def _allowed(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if _within(action, first, second):
            return _OK
        self._stray(f"a statement reaches out of a database that the tests lend ({first or second})"[:200])
        return _DENIED


def _within(action: int, first: str | None, second: str | None) -> bool:
    import sqlite3

    if action == sqlite3.SQLITE_ATTACH:
        return first in _WITHIN
    if action == sqlite3.SQLITE_CREATE_VTABLE:
        return str(second).lower().startswith(_TABLES)
    if action == sqlite3.SQLITE_PRAGMA:
        return str(first).lower() in _PRAGMAS
    return action != sqlite3.SQLITE_FUNCTION or str(second).lower() not in _FUNCTIONS
