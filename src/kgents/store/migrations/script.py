"""The statements of a revision, as they were when it was released: `versions/rREVISION.DIALECT.sql`.

Rule: a script never changes once it is released, and nothing in it comes from today's `schema`.
"""

from pathlib import Path

from alembic import op


def run_script(revision: str) -> None:
    """Runs the statements of a revision in the transaction of the migration. A statement ends with `;` at a line's end."""
    bind = op.get_bind()
    file = Path(__file__).with_name("versions") / f"r{revision}.{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            bind.exec_driver_sql(statement)
