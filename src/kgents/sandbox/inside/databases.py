"""Databases of sqlite in the files of a folder in memory: a connection works on a copy, and what it commits is put back.

A connection that is in no transaction reads what others have committed meanwhile. There are no locks: of two that write at
one time the one that commits last has the file.
"""

import importlib.util
import sys
import types
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

_READING = ("SELECT", "PRAGMA", "EXPLAIN", "WITH")


def lend(folder: Any) -> None:
    """From now on `sqlite3.connect` opens files of this folder; nothing is imported before a program does so."""
    module = sys.modules.get("sqlite3")
    if module is None:
        sys.meta_path.insert(0, _Finder(folder))
    else:
        _patched(module, folder)


class _Finder:
    """Sees to it that the module is ours from the start."""

    def __init__(self, folder: Any) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        if name != "sqlite3":
            return None
        sys.meta_path.remove(self)
        spec: Any = importlib.util.find_spec(name)
        if spec is not None:
            run = spec.loader.exec_module

            def loaded(module: types.ModuleType) -> None:
                run(module)
                _patched(module, self._folder)

            spec.loader.exec_module = loaded
        return spec


def _patched(module: Any, folder: Any) -> None:
    plain, kind = module.connect, _connection(module, folder)

    def connect(database: Any, *arguments: Any, **keywords: Any) -> Any:
        wanted = keywords.get("factory", module.Connection)
        elsewhere = (
            database in ("", ":memory:", b"", b":memory:") or keywords.get("uri") or folder.within(database) is None
        )
        if elsewhere or wanted is not module.Connection or len(arguments) > 4:
            return plain(database, *arguments, **keywords)
        return plain(database, *arguments, **{**keywords, "factory": kind})

    module.connect = vars(sys.modules["sqlite3.dbapi2"])["connect"] = connect


def _connection(module: Any, folder: Any) -> Any:
    """The class of connections to files of a folder."""
    cursor = type("Cursor", (Statements, module.Cursor), {})
    return type("Connection", (Copies, module.Connection), {"_module": module, "_folder": folder, "_cursor": cursor})


class Statements:
    """Of a cursor: its statements begin with what is committed, and end with what they commit."""

    connection: Any

    def execute(self, statement: str, *more: Any) -> Any:
        """As that of any cursor; so are the others."""
        return self.connection.done(super().execute, statement, *more)  # type: ignore[misc]

    def executemany(self, statement: str, *more: Any) -> Any:
        """With several rows."""
        return self.connection.done(super().executemany, statement, *more)  # type: ignore[misc]

    def executescript(self, script: str) -> Any:
        """Of several statements."""
        return self.connection.done(super().executescript, script)  # type: ignore[misc]


class Copies:
    """Of a connection: its database is a copy of a file."""

    _module: Any
    _folder: Any
    _cursor: Any
    in_transaction: bool
    deserialize: Any
    serialize: Any

    def __init__(self, database: Any, *arguments: Any, **keywords: Any) -> None:
        self._path = str(self._folder.within(database))
        self._held = b""
        try:
            node = self._folder.nodes.get(self._path) or self._folder.make(self._path, bytearray())
        except OSError:
            node = None
        if node is None or node.data is None:
            raise self._module.OperationalError("unable to open database file")
        super().__init__(":memory:", *arguments, **keywords)  # type: ignore[call-arg]
        self._read()

    def _read(self) -> None:
        node = self._folder.nodes.get(self._path)
        data = b"" if node is None else bytes(node.data or b"")
        if data != self._held:
            self.deserialize(data)
            self._held = data

    def _put(self) -> None:
        if self.in_transaction:
            return
        data = b""
        with suppress(self._module.OperationalError):  # of one in which there is nothing yet
            data = self.serialize()
        if data == self._held:
            return
        node = self._folder.nodes.get(self._path) or self._folder.make(self._path, bytearray())
        try:
            self._folder.room(len(data) - len(node.data), self._path)
        except OSError as wrong:
            raise self._module.OperationalError("database or disk is full") from wrong
        with self._folder.raw(self._path, False, True, False, False, False, True) as raw:
            raw.write(data)
        self._held = data

    def done(self, run: Any, statement: Any, *more: Any) -> Any:
        """Runs a statement of a cursor."""
        if not self.in_transaction:
            self._read()
        answer = run(statement, *more)
        if not str(statement).lstrip(" \t\n(").upper().startswith(_READING):
            self._put()
        return answer

    def cursor(self, factory: Any = None) -> Any:
        """One whose statements are seen."""
        return super().cursor(factory or self._cursor)  # type: ignore[misc]

    def execute(self, statement: str, *more: Any) -> Any:
        """By a cursor of its own; so are the others."""
        return self.cursor().execute(statement, *more)

    def executemany(self, statement: str, *more: Any) -> Any:
        """With several rows."""
        return self.cursor().executemany(statement, *more)

    def executescript(self, script: str) -> Any:
        """Of several statements."""
        return self.cursor().executescript(script)

    def commit(self) -> None:
        """Puts back what was changed."""
        super().commit()  # type: ignore[misc]
        self._put()

    def __exit__(self, *raised: Any) -> Any:
        answer = super().__exit__(*raised)  # type: ignore[misc]
        self._put()
        return answer
