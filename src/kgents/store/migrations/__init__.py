"""Forward-only migrations with Alembic, which is imported only when the stored revision differs from ours."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from kgents.errors import UsageError


def script_directory() -> Any:
    """Alembic's view of our revisions."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(__file__).parent))


def upgrade(connection: Connection, revision: str | None) -> None:
    """Brings a database from `revision` (None: an empty one) to ours, in the transaction of the connection."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    from kgents.store.schema import schema_version

    scripts = script_directory()
    known = {script.revision: script for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise UsageError(
            f"this database was made by a later kgents (schema {revision})",
            "upgrade kgents, or name another --database",
        )
    context = MigrationContext.configure(connection)
    todo = []
    for script in scripts.walk_revisions():  # from the newest back
        if script.revision == revision:
            break
        todo.append(script)
    with Operations.context(context):
        for script in reversed(todo):
            script.module.upgrade()
    connection.execute(schema_version.delete())
    connection.execute(schema_version.insert().values(revision=scripts.get_current_head()))
