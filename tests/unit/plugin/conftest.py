"""Sessions of pytest with the plugin, in folders of their own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from conftest import OURS

SRC = Path(__file__).parents[3] / "src"
PLUGIN = ("-p", "no:kgents", "-p", "kgents.plugin")  # as its entry point does, whether or not it is installed
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def session(tmp_path: Path) -> Run:
    """`session(source, *options)` runs pytest on a file of this source, in a folder of its own."""

    def run(source: str, *options: str, name: str = "test_it.py") -> subprocess.CompletedProcess[str]:
        (tmp_path / name).write_text(source)
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\nasyncio_mode = strict\n")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "KGENTS"))}
        environment |= {
            "PYTHONPATH": str(SRC),
            "NOTES": str(tmp_path / "notes"),
            "KGENTS_DATA_DIR": str(tmp_path / "data"),
        }
        others: tuple[str, ...] = () if "hypothesis" in source else OURS
        if "hypothesis" not in source and "-n" not in options:
            environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"], others = "1", ("-p", "pytest_asyncio.plugin")
        line = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *others, *PLUGIN, *options, name]
        return subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run
