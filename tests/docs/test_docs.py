"""The documentation says what the program does."""

import importlib.util
import inspect
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kgents

ROOT = Path(__file__).parents[2]
Kg = Callable[..., subprocess.CompletedProcess[str]]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def maker() -> Any:
    """scripts/make_docs.py as a module."""
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_of_commands_is_what_help_says() -> None:
    assert (ROOT / "docs" / "commands.md").read_text() == maker().commands(), "run scripts/make_docs.py"


@pytest.mark.parametrize("name", ["reference", "man", "schema"])
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    """docs/reference.md has every public name, docs/man.md every command, docs/schema.md every field."""
    assert (ROOT / "docs" / f"{name}.md").read_text() == getattr(maker(), name)(), "run scripts/make_docs.py"


def test_every_public_name_has_a_docstring() -> None:
    """So has every public member of a class."""
    for name in kgents.__all__:
        value = getattr(kgents, name)
        assert inspect.getdoc(value), name
        members = vars(value).items() if inspect.isclass(value) else ()
        assert [
            member for member, it in members if not member.startswith("_") and callable(it) and not inspect.getdoc(it)
        ] == []


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """With -W -n: every page is in a list, every link leads somewhere; the manual page and llms.txt are there; no script,
    style or picture of it comes from elsewhere.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "https_proxy": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    for builder in ("html", "man"):
        command = [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-W",
            "-n",
            "-b",
            builder,
            "-d",
            str(tmp_path / "tree"),
            "docs",
            str(tmp_path / builder),
        ]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert ".TH" in (tmp_path / "man" / "kg.1").read_text()
    assert "kg experiment" in (tmp_path / "html" / "llms-full.txt").read_text()
    assert "statistics" in (tmp_path / "html" / "llms.txt").read_text()
    for page in (tmp_path / "html").glob("*.html"):
        assert re.findall(r"<(?:script|img|link)\b[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", page.read_text()) == [], (
            page.name
        )


def test_the_pictures_are_what_the_code_draws() -> None:
    for name, drawn in maker().pictures().items():
        assert (ROOT / "docs" / "img" / name).read_text() == drawn + "\n", name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_of_the_readme_exists(kg: Kg) -> None:
    text = (ROOT / "README.md").read_text() + (ROOT / "docs" / "examples.md").read_text()
    lines = re.findall(r"^\$? ?(kg [^\n#]*)", text, re.MULTILINE)
    assert len(lines) >= 10
    for path in sorted({" ".join(re.match(r"kg( [a-z]+){1,2}", line)[0].split()) for line in lines}):  # type: ignore[index]
        words = path.split()[1:]
        depth = 2 if words[0] in ("experiment", "witness", "db") else 1
        assert kg(*words[:depth], "--help").returncode == 0, path


NESTED = (3, 11)  # how deep json.loads nests differs between Pythons, and with it the tables of pages
SHOWN = [
    (page, command, lines)
    for page in PAGES
    for command, lines in re.findall(r"```console\n\$ kg ([^\n]*)\n(.*?)```", page.read_text(), re.DOTALL)
]


@pytest.mark.parametrize(
    ("page", "command", "lines"), SHOWN, ids=[command.partition(" --")[0] for _, command, _ in SHOWN]
)
def test_what_is_shown_is_what_is_printed(page: Path, command: str, lines: str, kg: Kg, tmp_path: Path) -> None:
    """The commands of these pages print the lines below them, and draw the pictures in docs/img."""
    for name, text in re.findall(r"```python\n# (\w+\.py)\n(.*?)```", page.read_text(), re.DOTALL):
        (tmp_path / name).write_text(text)
    done = kg(*shlex.split(command), PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    printed = {alike(line) for line in (done.stdout + done.stderr).splitlines()}
    if command.startswith("experiment parse") and sys.version_info[:2] != NESTED:
        assert printed
        return
    for line in lines.splitlines():
        assert alike(line) in printed, done.stdout + done.stderr
    for drawn in tmp_path.glob("*.svg"):
        assert drawn.read_text() == (ROOT / "docs" / "img" / drawn.name).read_text(), drawn.name


def test_the_figures_of_the_chart_are_exact() -> None:
    """README.md names the trials of each way, and how often looking always errs, as the programme that plans a run has them."""
    fixed, posterior, process, ours = maker().needed()
    text = " ".join((ROOT / "README.md").read_text().split())
    assert f"a fixed number needs {fixed.trials:g} trials for the same power" in text
    assert f"takes {posterior.trials:.1f} and errs in {100 * posterior.error:.1f} % of runs on either side" in text
    assert f"an e-process takes {process.trials:.1f}; kgents takes {ours.trials:.1f}, and errs in at most 5 %" in text
    assert fixed.error <= 0.05 >= ours.error
    assert fixed.power >= ours.power


def test_the_readme_is_short() -> None:
    """Somebody who has a minute reads all of it."""
    assert len((ROOT / "README.md").read_text().splitlines()) < 150


def alike(line: str) -> str:
    """A line without what differs from machine to machine: widths, which follow a path, and seconds."""
    return re.sub(r"[\d.]+ s\b", "… s", " ".join(line.split()))


def test_no_page_speaks_of_an_unknown_option() -> None:
    plugin = (ROOT / "src" / "kgents" / "plugin" / "__init__.py").read_text()
    known = set(re.findall(r"--[a-z][a-z-]+", maker().commands() + plugin)) | {"--strict", "--mypy"}
    known |= {
        "--pdb",
        "--lf",
        "--count",
        "--junitfile",
        "--profile",
    }  # of pytest, pytest-repeat, gotestsum and cargo nextest
    known |= {"--documents", "--prefixes"}  # of tests/hostile/parse_fuzz.py
    known |= {"--reruns", "--repeat", "--from-file"}  # of pytest-rerunfailures, promptfoo and kubectl
    ours = "".join(path.read_text() for path in (ROOT / "scripts").iterdir() if path.is_file())
    known |= set(re.findall(r"--[a-z][a-z-]+", ours))
    for page in PAGES:
        for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text())):
            assert option in known, f"{page.name}: {option}"
