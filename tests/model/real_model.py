"""A real model on this machine, and a table of what came back."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "build" / "local-models.md"


@contextmanager
def serving(slots: int = 4) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """(address, process) of a server of our own."""
    python = os.environ["KGENTS_TEST_MODEL"]
    weights = Path(python).parents[1] / "model.gguf"
    server = subprocess.Popen(
        [python, str(HERE / "serve.py"), str(weights), str(slots)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    try:
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address
        yield address, server
    finally:
        server.kill()
        server.communicate()


@dataclass
class Told:
    """Rows of the table: a command, its exit status, its seconds, what it said first."""

    rows: list[str] = field(default_factory=list)

    def add(self, words: str, done: subprocess.CompletedProcess[str], seconds: float) -> None:
        """One command; its first line on stdout, or what was wrong."""
        said = (done.stdout.strip() or done.stderr.strip()).splitlines()[0]
        self.rows.append(f"| `{words}` | {done.returncode} | {seconds:.0f} s | {said.replace('|', '/')} |")

    def write(self) -> None:
        """The table, where nobody commits it by accident."""
        TABLE.parent.mkdir(exist_ok=True)
        head = ["| `kg experiment` … | exit | took | what came back |", "|---|---|---|---|"]
        TABLE.write_text("\n".join([*head, *self.rows, ""]), encoding="utf-8")
