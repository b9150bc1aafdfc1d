"""Ctrl-C before a trial has begun: exit 130 at once, whatever is being imported, and nothing but an empty line is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

_INTERRUPTING = """
import os, signal, sys, threading
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r} and self in sys.meta_path:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
            if threading.current_thread() is not threading.main_thread():
                threading.Event().wait()
sys.meta_path.insert(0, Interrupting())
sys.argv = ["kg", *{words!r}]
from kgents.__main__ import main
main()
"""
RUN = ["experiment", "run", "--n", "3", "--", "true"]
ASKED = [
    "experiment", "generate", "--spec", "def add(a, b): return a + b", "--n", "1",
    "--model", "openai:x", "--base-url", "http://127.0.0.1:1/v1",
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "module"),
    [
        (RUN, "click"),
        (RUN, "click.types"),
        (RUN, "kgents.cli.main"),
        (RUN, "kgents.cli.command"),
        (RUN, "kgents.runner.begin"),
        (RUN, "kgents.store.sql"),
        (["experiment", "history"], "sqlalchemy"),
        (["experiment", "plan"], "kgents.cli.plan"),
        (ASKED, "kgents.kinds.generate.request"),
        (ASKED, "pydantic_ai"),
    ],
)
def test_an_interrupt_while_modules_are_loaded(tmp_path: Path, words: list[str], module: str) -> None:
    """The signal comes as that module is looked for; a thread that imports it never ends."""
    program = _INTERRUPTING.format(module=module, words=words)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=clean_environment(tmp_path) | {"PATH": os.environ["PATH"]},
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 130, done
    assert "Traceback" not in done.stderr
    assert not done.stdout
