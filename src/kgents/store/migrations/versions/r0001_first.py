"""The first schema, as it was."""

from kgents.store.migrations.script import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes everything."""
    run_script(revision)
