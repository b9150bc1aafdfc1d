"""EXPLAIN of a statement, with its parameters, on either database."""

from typing import Any

from sqlalchemy import Executable, Select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ClauseElement


class _Explain(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(_Explain)
def _explain(element: _Explain, compiler: Any, **options: Any) -> str:
    how = "EXPLAIN QUERY PLAN" if compiler.dialect.name == "sqlite" else "EXPLAIN (COSTS OFF)"
    return f"{how} {compiler.process(element.statement, **options)}"


async def explain(connection: AsyncConnection, statement: Select[Any]) -> str:
    """The plan in one line."""
    rows = (await connection.execute(_Explain(statement))).all()
    return " | ".join(" ".join(str(row[-1]).split()) for row in rows)
