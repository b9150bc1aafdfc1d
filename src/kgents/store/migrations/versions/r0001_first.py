"""The first schema."""

from alembic import op

from kgents.store.schema import create_all

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes everything."""
    create_all(op.get_bind())
