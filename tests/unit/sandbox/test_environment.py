"""What candidates can import: the standard library, what the spec and its tests import, and nothing else."""

import os
import py_compile
import subprocess
import sys
from importlib import metadata
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from kgents.domain.outcome import Cause
from kgents.errors import UsageError
from kgents.kinds.confinement import sandbox_of
from kgents.sandbox import copies, interpreter
from kgents.sandbox.environment import environment, imports_of, standard
from kgents.sandbox.forkserver import SandboxFault
from kgents.sandbox.inside import protocol
from kgents.sandbox.levels import LADDER
from kgents.sandbox.sandbox import Sandbox, open_sandbox, probed
from kgents.verify.oracle import Oracle
from kgents.verify.verifier import SandboxVerifier

LOOK = """
import importlib.util, os, sys
def look(names):
    seen = [name for name in names if importlib.util.find_spec(name)]
    return [seen, [name for name in names if any(opens(f"{root}/{name}/__init__.py") for root in sys.path)]]
def opens(path):
    try:
        return bool(open(path).read(1)) or True
    except OSError:
        return False
"""
NAMES = ["json", "pytest", "pluggy", "iniconfig", "hypothesis", "kgents", "sqlalchemy"]


def looked(sandbox: Sandbox) -> list[list[str]]:
    """[what can be found, what can be opened] of the names, told by a candidate."""
    batch = sandbox.calls(LOOK, "look", [[NAMES]], 10)
    answer: list[list[str]] = batch.answers[0]["value"]
    return answer


@pytest.fixture(scope="module", params=[0, 4], ids=["namespaces", "landlock only"])
def recipe(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_imports_are_found_in_programs_and_in_prose() -> None:
    """Both forms, several names, indented and quoted; relative imports and words of prose are none."""
    text = "import numpy as np, os.path\n  from pandas.io import x\n> import scipy\nfrom . import y\nWe import goods\n"
    assert imports_of([text]) == {"numpy", "os", "pandas", "scipy"}


def test_the_standard_library_alone_is_visible(recipe: int) -> None:
    """No installed package can be found or opened, kgents included."""
    opened = open_sandbox(ladder=LADDER[recipe:])
    try:
        assert looked(opened) == [["json"], ["json"]]
    finally:
        opened.close()


def test_what_is_imported_is_visible_with_what_it_requires(recipe: int) -> None:
    """pytest brings pluggy and iniconfig along, and nothing else that is installed."""
    opened = open_sandbox(ladder=LADDER[recipe:], environment=environment(["pytest"]))
    try:
        seen, readable = looked(opened)
        assert readable == ["json", "pytest", "pluggy", "iniconfig"]
        assert recipe or seen == readable  # Landlock hides what is in files, not their names
    finally:
        opened.close()


def test_kgents_is_never_visible_and_what_is_not_there_is_said() -> None:
    """A package that is denied, and one that is not installed, are refused before anything runs."""
    with pytest.raises(UsageError, match="kgents is never visible"):
        environment(packages=["kgents"])
    with pytest.raises(UsageError, match="no_such_package is not installed"):
        environment(packages=["no_such_package"])
    assert "kgents" not in environment(packages=["all"]).visible


def test_the_distribution_of_a_hidden_file_is_denied() -> None:
    """Where the spec or a suite lies in a distribution, that distribution cannot be made visible."""
    import pluggy

    with pytest.raises(UsageError, match="pluggy is never visible"):
        environment(packages=["pluggy"], hidden=[Path(pluggy.__file__)])


def test_a_folder_of_ones_own_modules_can_be_imported(tmp_path: Path) -> None:
    """--module-path DIR: its modules are found; other files beside it are not."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "helper.py").write_text("VALUE = 41\n")
    opened = open_sandbox(environment=environment(["helper"], module_path=folder))
    try:
        batch = opened.calls("import helper\ndef f(): return helper.VALUE + 1", "f", [[]], 5)
        assert batch.answers[0]["value"] == 42
    finally:
        opened.close()


def test_a_hidden_package_is_no_verdict_on_the_candidate() -> None:
    """A candidate that imports an installed package which is hidden has no verdict, and the remedy is named."""
    opened = open_sandbox(cpu_s=2)
    oracle = Oracle("reference", "f", ("f",), (([1], {"value": 1}, "f"),))
    try:
        judge = SandboxVerifier(oracle, opened).judge
        hidden = judge("import pytest\ndef f(x): return x")
        assert (hidden.success, hidden.cause) == (None, Cause.PACKAGE_HIDDEN)
        assert "--packages pytest" in (hidden.error or "")
        assert judge("import kgents\ndef f(x): return x").success is False
        assert judge("import no_such\ndef f(x): return x").success is False
        assert judge("raise ModuleNotFoundError(\"No module named 'pytest'\")\ndef f(x): return x").success is False
    finally:
        opened.close()


def test_numpy_is_shown_to_whoever_imports_it() -> None:
    """Nobody spoke of it: what imports it is judged where it can be seen, with nothing else; all others are not."""
    opened = sandbox_of({"allow_weak_sandbox": True}, [])
    oracle = Oracle("reference", "f", ("f",), (([[1, 2]], {"value": 3}, "f"),))
    try:
        judge = SandboxVerifier(oracle, opened).judge
        assert judge("import numpy as np\ndef f(xs): return int(np.sum(xs))").success is True
        wrong = judge("import numpy as np\ndef f(xs): return np.array([sum(xs)])")
        assert (wrong.success, wrong.cause) == (False, Cause.WRONG_OUTPUT)
        other = judge("import numpy, pytest\ndef f(xs): return sum(xs)")
        assert (other.success, other.cause) == (None, Cause.PACKAGE_HIDDEN)
        assert "pytest" in (other.error or "")
        seen = "import os, sys\ndef f(xs): return 3 if any('packages' in path for path in sys.path) else 0"
        assert judge(seen).success is False
        wider = opened.with_package("numpy")
        assert wider is not None
        assert looked(wider)[0] == ["json"]
    finally:
        opened.close()
    with pytest.raises(SandboxFault, match="closed"):
        wider.renew()


@pytest.mark.parametrize("package", ["numpy", "no_such"])
def test_a_package_that_cannot_be_shown_is_not(package: str) -> None:
    """A sandbox of somebody else's, or one whose interpreter has no such package, stays as it is."""
    opened = open_sandbox(cpu_s=2)
    try:
        assert opened.with_package(package) is None
    finally:
        opened.close()
    other = sandbox_of({"allow_weak_sandbox": True}, [], [np.__file__])
    try:
        assert other.with_package(package) is None  # it holds the spec, or is not installed
    finally:
        other.close()


def test_the_part_that_runs_inside_needs_the_standard_library_only() -> None:
    """Every module of the folder is imported by a bare interpreter that sees nothing else."""
    folder = copies.copied(())
    program = (
        f"import sys, pkgutil, importlib; sys.path = [p for p in sys.path if 'packages' not in p] + [{folder!r}]\n"
        f"import {copies.INSIDE} as inside\n"
        "names = [part.name for part in pkgutil.walk_packages(inside.__path__, inside.__name__ + '.')]\n"
        "[importlib.import_module(name) for name in names]; print(len(names))"
    )
    try:
        done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)
    finally:
        copies.removed(folder)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 9
    assert not Path(folder).exists()


def test_a_copy_is_not_compiled_anew() -> None:
    """With a module goes its bytecode: an interpreter takes it even where the source, of the same size and time, says nothing."""
    py_compile.compile(str(protocol.__file__), doraise=True)
    folder = copies.copied(())
    try:
        source = Path(folder, *copies.INSIDE.split("."), "protocol.py")
        assert (source.parent / "__pycache__" / f"protocol.{sys.implementation.cache_tag}.pyc").exists()
        before = source.stat()
        source.write_bytes(b"?" * before.st_size)
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
        program = f"import sys; sys.path.insert(0, {folder!r}); import {copies.INSIDE}.protocol as p; print(p.READY)"
        done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)
    finally:
        copies.removed(folder)
    assert done.stdout == f"{protocol.READY!r}\n", done.stderr


def test_what_a_distribution_holds_is_read_from_its_list(tmp_path: Path) -> None:
    """As importlib.metadata reads it: quoted names, modules beside packages, paths from elsewhere; without a list, none."""
    home = tmp_path / "odd-1.0.dist-info"
    home.mkdir()
    (home / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (home / "RECORD").write_text(
        'odd/__init__.py,sha256=x,1\n"od,d/a ""b"".py",,\nlone.py,sha256=y,2\n../../bin/odd,,\nodd.pth,,\n'
        "__pycache__/lone.pyc,,\n/etc/odd.conf,,\nodd-1.0.dist-info/RECORD,,\n__editable__.odd.py,,\n"
    )
    (odd,) = metadata.distributions(path=[str(tmp_path)])
    found = {part for _, part in interpreter._files(odd)}
    assert found == {"odd", "od,d", "lone.py", "odd-1.0.dist-info"}
    assert interpreter._top_level(odd) == {"odd", "lone"}
    (home / "RECORD").unlink()
    (bare,) = metadata.distributions(path=[str(tmp_path)])
    assert not interpreter._files(bare)


def test_every_distribution_here_is_read_as_importlib_reads_it() -> None:
    """The first parts of the paths of all files of forty of them."""
    for distribution in islice(metadata.distributions(), 40):
        known = {file.parts[0] for file in distribution.files or ()} - {"/"}
        assert interpreter._first_parts(distribution) - {""} >= known, distribution.metadata["Name"]


def test_an_interpreter_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """A file that is no interpreter is a usage error that names --python."""
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho nothing\n")
    fake.chmod(0o755)
    with pytest.raises(UsageError, match="--python"):
        environment(python=str(fake))
    assert standard().version == sys.version.split()[0]


def test_a_fork_server_imports_what_candidates_want_and_little_else() -> None:
    """What lists distributions costs as much as all the rest, and belongs to no candidate."""
    opened = open_sandbox()
    try:
        probe = "import sys\ndef probe(): return sorted(sys.modules)"
        loaded = set(probed(opened, probe, []))
    finally:
        opened.close()
    assert {"threading", "csv", "base64", "datetime", "decimal", "json"} <= loaded
    assert not {"importlib.metadata", "email", "zipfile", "sysconfig"} & loaded
