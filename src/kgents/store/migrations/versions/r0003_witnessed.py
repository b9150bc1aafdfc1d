"""Marks that are not replaced, and crystals that the ledger knows."""

import json
from datetime import UTC, datetime
from typing import Any

from alembic import op
from sqlalchemy import text

from kgents.store.migrations.script import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds what is missing; then the ledger says of every crystal that is there how it was found."""
    run_script(revision)
    _crystals()


def _crystals() -> None:
    bind = op.get_bind()
    names = "key, title, body, tags, experiment, salt"
    rows = bind.exec_driver_sql(f"SELECT {names} FROM brain_crystals ORDER BY key").all()
    if not rows:
        return
    from kgents.domain.ledger_fact import Remembered
    from kgents.domain.mark import LEDGER, Entry, seal
    from kgents.store.crystal_digest import crystal_digest

    key, seq, head = _ledger(bind)
    for row in rows:
        tags = json.loads(row.tags) if isinstance(row.tags, str) else row.tags
        digest = crystal_digest(row.salt, row.title, row.body, tags, row.experiment)
        mark = seal(LEDGER, seq, head, Entry(datetime.now(UTC), Remembered(digest, row.experiment)))
        stem = mark.body.decode().partition(f',"log":"{LEDGER}","prev":"{head}"')[0]
        values = {"log": key, "seq": seq, "id": bytes.fromhex(mark.id), "prev": bytes.fromhex(head), "stem": stem}
        bind.execute(
            text("INSERT INTO marks (log, seq, id, prev, stem) VALUES (:log, :seq, :id, :prev, :stem)"), values
        )
        seq, head = seq + 1, mark.id


def _ledger(bind: Any) -> tuple[int, int, str]:
    """The key of the ledger, the number of its marks, and its head."""
    from kgents.domain.mark import LEDGER, ORIGIN

    find = text("SELECT key FROM logs WHERE name = :name")
    if bind.execute(find, {"name": LEDGER}).first() is None:
        bind.execute(text("INSERT INTO logs (name) VALUES (:name)"), {"name": LEDGER})
    key = bind.execute(find, {"name": LEDGER}).scalar_one()
    last = text("SELECT seq, id FROM marks WHERE log = :log ORDER BY seq DESC LIMIT 1")
    row = bind.execute(last, {"log": key}).first()
    return (key, 0, ORIGIN) if row is None else (key, row.seq + 1, bytes(row.id).hex())
