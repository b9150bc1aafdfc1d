"""What a command does not need it does not import: seen in the process of the command itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

NEVER = {"sqlalchemy.orm", "sqlalchemy.ext.asyncio", "aiosqlite", "pydantic_ai", "hypothesis", "numpy"}
OF_OTHERS = {"kgents.kinds.figure", "kgents.engine.bisect", "kgents.engine.changes"}
COMMANDS = {
    "history": (["history"], {"kgents.report.standing", "kgents.report.tests", "kgents.engine.run"}),
    "run": (["run", "--n", "1", "-q", "--", "true"], {"kgents.engine.blocks", "kgents.engine.family"}),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_modules_of_other_commands_are_not_imported(name: str, tmp_path: Path) -> None:
    """Neither libraries that only others need, nor ways to decide and to show that this command does not ask for."""
    arguments, others = COMMANDS[name]
    code = (
        "import sys\n"
        "from kgents.cli.main import kg\n"
        f"kg.main(['experiment', *{arguments!r}], standalone_mode=False)\n"
        "print('LOADED', *sys.modules)"
    )
    environment = {**os.environ, "KGENTS_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert "sqlalchemy" in loaded
    assert loaded & (NEVER | OF_OTHERS | others) == set()
