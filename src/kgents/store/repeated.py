"""Inserts that are run again and again, with other rows: what SQLAlchemy finds out for each run is found out once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Insert

_Convert = Callable[[Any], Any]


class Repeated:
    """An insert of rows that all have the same columns, in databases of one dialect."""

    def __init__(self, statement: Insert) -> None:
        self._statement = statement
        self._text = ""
        self._columns: list[tuple[str, _Convert | None]] = []

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Inserts the rows. Errors are those of the database."""
        if connection.dialect.name != "sqlite":
            connection.execute(self._statement, rows)
            return
        if not self._text:
            self._compile(connection, list(rows[0]))
        values = [
            tuple(row[name] if convert is None else convert(row[name]) for name, convert in self._columns)
            for row in rows
        ]
        connection.exec_driver_sql(self._text, values[0] if len(values) == 1 else values)

    def _compile(self, connection: Connection, names: list[str]) -> None:
        compiled: Any = self._statement.compile(dialect=connection.dialect, column_keys=names)
        columns = self._statement.table.c
        self._columns = [
            (name, columns[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect))
            for name in compiled.positiontup
        ]
        self._text = str(compiled)
