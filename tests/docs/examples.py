"""The examples of a page, run as they are printed, against a loopback server."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment
from kgents.testing.loopback import Loopback

MODELS = Path(__file__).parents[2] / "docs" / "models.md"
KEY = "sk-planted-0123456789abcdef"


def examples(page: Path) -> list[str]:
    """The commands of a page."""
    return re.findall(r"```sh\n(kg .*)\n```", page.read_text())


def run_example(line: str, folder: Path, path: str = "") -> tuple[subprocess.CompletedProcess[str], Loopback]:
    """Runs one in a folder where its files are; `path` is put before PATH. The key must not show anywhere."""
    (folder / "spec.py").write_text("def add(a, b): return a + b")
    (folder / "answers.jsonl").write_text('{"code": "def add(a, b): return a + b"}\n' * 2)
    (folder / "coder.sh").write_text("#!/bin/sh\necho 'def add(a, b): return a + b'\n")
    (folder / "coder.sh").chmod(0o755)
    with Loopback() as server:
        urls = {"ANTHROPIC": server.url, "OPENAI": f"{server.url}/v1", "GOOGLE_GEMINI": server.url}
        own = {"ANTHROPIC_API_KEY": KEY, "OPENAI_API_KEY": KEY, "GEMINI_API_KEY": KEY}
        environment = {**clean_environment(folder), **own, **{f"{name}_BASE_URL": url for name, url in urls.items()}}
        environment["PATH"] = os.pathsep.join(filter(None, [path, environment["PATH"]]))
        words = [word.replace("http://127.0.0.1:8000", server.url) for word in shlex.split(line)[1:]]
        done = subprocess.run(
            [sys.executable, "-m", "kgents", *words], env=environment, cwd=folder, capture_output=True, text=True,
            timeout=180, check=False,
        )  # fmt: skip
    written = b"".join(path.read_bytes() for path in (folder / "data").rglob("*") if path.is_file())
    assert KEY not in done.stdout + done.stderr
    assert KEY.encode() not in written
    return done, server
