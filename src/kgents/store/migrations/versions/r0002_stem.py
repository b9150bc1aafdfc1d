"""Marks without what their columns repeat, history in the order of an index, and one way to cut texts into words."""

from kgents.store.migrations.script import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Rewrites what changed, and makes what was missing."""
    run_script(revision)
