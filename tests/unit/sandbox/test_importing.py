"""What a user names as PATH.py:NAME or MODULE:NAME: one way to find it, whatever the option."""

import os
import sys
from pathlib import Path

import pytest

from kgents.sandbox.importing import NoFile, NoMember, value_of


@pytest.fixture(autouse=True)
def path_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of files are put on the path."""
    monkeypatch.setattr(sys, "path", [*sys.path])


def test_a_member_of_a_module_or_of_a_class_in_it() -> None:
    assert value_of("os.path", "join") is os.path.join
    assert value_of("pathlib", "Path.exists") is Path.exists
    with pytest.raises(NoMember) as missing:
        value_of("pathlib", "Path.nothing")
    assert (missing.value.owner, missing.value.name) == (Path, "nothing")


def test_a_file_is_imported_once_until_it_is_changed(tmp_path: Path) -> None:
    """Its neighbours can be imported by it."""
    file = tmp_path / "mine_alone.py"
    (tmp_path / "neighbour_of_mine.py").write_text("N = 4\n")
    file.write_text("from neighbour_of_mine import N\nclass C:\n    pass\n")
    assert value_of(str(file), "N") == 4
    assert value_of(str(file), "C") is value_of(str(file), "C")
    file.write_text("N = 5\n")
    os.utime(file, ns=(1, 1))
    assert value_of(str(file), "N") == 5
    with pytest.raises(NoFile, match=r"there is no file .*none\.py"):
        value_of(str(tmp_path / "none.py"), "N")


def test_a_file_of_a_package_is_a_module_of_it(tmp_path: Path) -> None:
    """So that it may import from the package relatively."""
    folder = tmp_path / "package_of_mine"
    folder.mkdir()
    (folder / "__init__.py").write_text("HERE = 1\n")
    (folder / "part.py").write_text("from . import HERE\ndef f(): return HERE\n")
    found = value_of(str(folder / "part.py"), "f")
    assert (found(), found.__module__) == (1, "package_of_mine.part")
    assert value_of(str(folder / "__init__.py"), "HERE") == 1
