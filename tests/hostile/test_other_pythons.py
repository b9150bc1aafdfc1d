"""The interpreters of this machine run candidates: 3.11 and newer judge alike, older ones are refused."""

import shutil
import sys
from pathlib import Path

import pytest

from kgents.domain.outcome import Cause
from kgents.errors import UsageError
from kgents.sandbox.environment import environment, program_path
from kgents.sandbox.sandbox import open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.verifier import SandboxVerifier

SPEC = "def clamp(x: int, low: int, high: int) -> int:\n    return max(low, min(x, high))\n"
TESTS = "assert clamp(5, 0, 3) == 3\nassert clamp(-1, 0, 3) == 0 and clamp(2, 0, 3) == 2\n"
GENERIC = "type N = int\ndef clamp[T](x: T, low: T, high: T) -> T:\n    return max(low, min(x, high))\n"


def _found(*versions: str) -> list[str]:
    """Interpreters of these versions: of pyenv, and on PATH."""
    kept = [
        path for version in versions for path in sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*"))
    ]
    named = [shutil.which(f"python{version}") for version in versions]
    plain = [name for name in named if name is not None and ".pyenv" not in name]
    return [*(str(path / "bin" / "python") for path in kept), *plain]


@pytest.mark.parametrize("python", [sys.executable, *_found("3.12", "3.13", "3.14")])
def test_it_judges_as_ours_does(python: str) -> None:
    """By a reference and by asserts; what is new in a language is known where it is."""
    chosen = environment(python=python)
    sandbox = open_sandbox(allow_weak=True, environment=chosen)
    try:
        newer = tuple(map(int, chosen.version.split(".")[:2])) >= (3, 12)
        oracles = [choose_oracle(SPEC, tests, sandbox) for tests in (None, TESTS)]
        for verifier in [SandboxVerifier(oracle, sandbox) for oracle in oracles]:
            assert verifier.judge(SPEC).success is True
            assert verifier.judge(SPEC.replace("min", "max", 1)).success is False
            judged = verifier.judge(GENERIC)
            assert (judged.success, judged.cause) == ((True, None) if newer else (False, Cause.SYNTAX))
    finally:
        sandbox.close()


@pytest.mark.parametrize("version", ["3.10.13", "3.9.18", "2.7.18"])
def test_an_older_one_is_refused(version: str, tmp_path: Path) -> None:
    """With its version; where none is installed, a program that says what such a one says of itself."""
    real = Path("~/.pyenv/versions").expanduser() / version / "bin" / "python"
    told = '{{"version_info": [{}], "implementation": "cpython", "version": "{}"}}'.format(
        version.replace(".", ", "),
        version,
    )
    fake = tmp_path / "python"
    fake.write_text(f"#!/bin/sh\necho '{told}'\n", encoding="utf-8")
    fake.chmod(0o755)
    for python in [fake, *([real] if real.exists() else [])]:
        with pytest.raises(UsageError, match="--python") as caught:
            environment(python=str(python))
        assert "3.11" in f"{caught.value.message} {caught.value.hint}"


def test_a_program_is_named_by_a_path_from_here_or_by_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorded path is absolute, and a link stays one: a virtual environment is known by it."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "mine").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert program_path("bin/mine") == program_path("mine") == str(tmp_path / "bin" / "mine")
    assert program_path("nosuch") == "nosuch"
