"""Statements that are run again and again, with other rows: what SQLAlchemy finds out for each run is found out once."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Insert, Update
from sqlalchemy.exc import DBAPIError

_Convert = Callable[[Any], Any]


class Repeated:
    """An insert or an update of rows that all have the same columns, in databases of one dialect."""

    def __init__(self, statement: Insert | Update) -> None:
        self._statement = statement
        self._text = ""
        self._values: Callable[[Mapping[str, Any]], tuple[Any, ...]] = tuple
        self._converted: list[tuple[int, _Convert]] = []

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes the rows. Errors are those of the database."""
        if connection.dialect.name != "sqlite":
            connection.execute(self._statement, rows)
            return
        if not self._text:
            self._compile(connection, list(rows[0]))
        values = [self._row(row) for row in rows]
        driver: Any = connection.connection.driver_connection
        try:
            if len(values) == 1:
                driver.execute(self._text, values[0])
            else:
                driver.executemany(self._text, values)
        except sqlite3.Error as wrong:
            raise DBAPIError.instance(self._text, None, wrong, sqlite3.Error, dialect=connection.dialect) from wrong

    def _row(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values as the driver takes them."""
        if not self._converted:
            return self._values(row)
        values = list(self._values(row))
        for place, convert in self._converted:
            values[place] = convert(values[place])
        return tuple(values)

    def _compile(self, connection: Connection, names: list[str]) -> None:
        dialect = connection.dialect
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=names)
        places = compiled.positiontup
        self._values = itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
        converts = [compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in places]
        self._converted = [(place, convert) for place, convert in enumerate(converts) if convert is not None]
        self._text = str(compiled)
