"""The documentation says what the program does."""

import importlib.util
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
Kg = Callable[..., subprocess.CompletedProcess[str]]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def maker() -> Any:
    """scripts/make_docs.py as a module."""
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_commands_is_what_help_says() -> None:
    assert (ROOT / "docs" / "commands.md").read_text() == maker().commands(), "run scripts/make_docs.py"


def test_the_pictures_are_what_the_code_draws() -> None:
    for name, drawn in maker().pictures().items():
        assert (ROOT / "docs" / "img" / name).read_text() == drawn + "\n", name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_of_the_readme_exists(kg: Kg) -> None:
    lines = re.findall(r"^\$? ?(kg [^\n#]*)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(lines) >= 10
    for path in sorted({" ".join(re.match(r"kg( [a-z]+){1,2}", line)[0].split()) for line in lines}):  # type: ignore[index]
        words = path.split()[1:]
        depth = 2 if words[0] in ("experiment", "witness", "db") else 1
        assert kg(*words[:depth], "--help").returncode == 0, path


README = (ROOT / "README.md").read_text()
SHOWN = re.findall(r"```console\n\$ kg ([^\n]*)\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(("command", "lines"), SHOWN, ids=[command.partition(" --")[0] for command, _ in SHOWN])
def test_what_the_readme_shows_is_what_is_printed(command: str, lines: str, kg: Kg, tmp_path: Path) -> None:
    for name, text in re.findall(r"```python\n# (\w+\.py)\n(.*?)```", README, re.DOTALL):
        (tmp_path / name).write_text(text)
    done = kg(*shlex.split(command))
    printed = {alike(line) for line in (done.stdout + done.stderr).splitlines()}
    for line in lines.splitlines():
        assert alike(line) in printed, done.stdout


def alike(line: str) -> str:
    """A line without what differs from machine to machine: widths, which follow a path, and milliseconds."""
    return re.sub(r"\d+ ms", "… ms", " ".join(line.split()))


def test_no_page_speaks_of_an_unknown_option() -> None:
    plugin = (ROOT / "src" / "kgents" / "plugin" / "__init__.py").read_text()
    known = set(re.findall(r"--[a-z][a-z-]+", maker().commands() + plugin)) | {"--strict", "--mypy"}
    known |= {"--pdb", "--count", "--junitfile", "--profile"}  # of pytest, pytest-repeat, gotestsum and cargo nextest
    for page in PAGES:
        for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text())):
            assert option in known, f"{page.name}: {option}"
