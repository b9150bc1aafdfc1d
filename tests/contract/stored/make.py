"""Writes the stored databases of the current schema: `make.py`. Run once per released schema; never change them later.

REVISION.db.gz  the SQLite file of two experiments, one of them with a crystal
REVISION.sql.gz  the same in Postgres, as pg_dump --inserts writes it
"""

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))
from conftest import clean_environment, own_server  # noqa: E402
from kgents.store.schema import REVISION  # noqa: E402


def main() -> None:
    """Makes both."""
    with tempfile.TemporaryDirectory() as name, own_server() as server:
        home = Path(name)
        environment = {**clean_environment(home), "KGENTS_NO_USER": "1"}

        def kg(*words: str) -> None:
            subprocess.run([sys.executable, "-m", "kgents", *words], env=environment, cwd=home, check=True)

        spec = "def add(a, b): return a + b"
        kg(
            "experiment",
            "generate",
            "--spec",
            spec,
            "--n",
            "3",
            "--model",
            "simulated:0.5",
            "--seed",
            "2",
            "--tag",
            "old",
        )
        kg("experiment", "run", "--n", "4", "--seed", "1", "--name", "stored", "test $KGENTS_TRIAL -ne 2")
        kg("db", "copy", f"sqlite:///{home}/data/kgents.db", server.get_uri())
        (HERE / f"{REVISION}.db.gz").write_bytes(gzip.compress((home / "data" / "kgents.db").read_bytes(), mtime=0))
        dump = [str(server.bin_path / "pg_dump"), "--inserts", "--no-owner", server.get_uri()]
        text = subprocess.run(dump, capture_output=True, check=True, env=os.environ).stdout
        lines = [line for line in text.splitlines(keepends=True) if not line.startswith((b"\\", b"SET "))]
        (HERE / f"{REVISION}.sql.gz").write_bytes(gzip.compress(b"".join(lines), mtime=0))


if __name__ == "__main__":
    main()
