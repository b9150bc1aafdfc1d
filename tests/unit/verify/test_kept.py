"""Corpora of references that are kept from run to run."""

from pathlib import Path

import pytest

from kgents.sandbox.sandbox import open_sandbox
from kgents.verify.reference import derive as deriving
from kgents.verify.reference.kept import keep, key_of, recalled
from kgents.verify.spec import read_spec

SPEC = "def add(a: int, b: int) -> int:\n    return a + b\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "kgents" / "references"


def test_what_is_kept_comes_back_and_is_the_users_alone(folder: Path) -> None:
    """0600 in 0700; what is missing, cut or no JSON is as if it were not there."""
    key = key_of({"spec": SPEC})
    assert recalled(key) is None
    keep(key, {"rows": [[1, "é"]]})
    assert recalled(key) == {"rows": [[1, "é"]]}
    (file,) = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    file.write_bytes(file.read_bytes()[:9])
    assert recalled(key) is None


def test_a_spec_is_derived_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time no process is asked, and the corpus is equal; another spec has another key."""
    sandbox = open_sandbox()
    try:
        first = deriving.derive(read_spec(SPEC), sandbox)
        asked: list[str] = []
        ask = deriving.asked

        def counting(*arguments: object, **more: object) -> object:
            asked.append("asked")
            return ask(*arguments, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(deriving, "asked", counting)
        assert deriving.derive(read_spec(SPEC), sandbox) == first
        assert asked == []
        deriving.derive(read_spec(SPEC.replace("+", "-")), sandbox)
        assert asked
        assert len(list(folder.iterdir())) == 2
    finally:
        sandbox.close()
