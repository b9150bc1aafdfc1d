"""A key goes to the server that it was named for, and to no other."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kgents.testing.loopback import Loopback

Kg = Callable[..., subprocess.CompletedProcess[str]]
KEY = "sk-planted-0123456789abcdef"
ASK = ("experiment", "generate", "--spec", "def add(a, b): return a + b", "--n", "1", "--model", "openai:gpt-5", "-q")


def headers(server: Loopback) -> str:
    """All that a server was sent beside bodies."""
    return json.dumps([dict(request.headers) for request in server.requests])


def test_a_project_takes_no_key(kg: Kg, tmp_path: Path) -> None:
    """A cloned repository that names an address is refused where nobody can confirm it; nothing is sent."""
    with Loopback() as server:
        (tmp_path / "pyproject.toml").write_text(f'[tool.kgents]\nbase-url = "{server.url}/v1"\n')
        done = kg(*ASK, OPENAI_API_KEY=KEY)
        assert done.returncode == 2, done.stderr
        assert "confirm" in done.stderr
        assert server.requests == []


@pytest.mark.parametrize(
    "line",
    [
        'api-key-env = "HOME"',
        'command = "curl x"',
        'sandbox = "mine"',
        '[tool.kgents.hosts."a.example"]\nkey-env = "X"',
    ],
)
def test_a_project_names_no_key_and_no_program(kg: Kg, tmp_path: Path, line: str) -> None:
    """What only the user may say is refused in a project's file, and the file is named."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.kgents]\n{line}\n")
    done = kg(*ASK, OPENAI_API_KEY=KEY)
    assert done.returncode == 2, done.stderr
    assert "pyproject.toml" in done.stderr


def test_another_public_host_gets_no_vendor_key(kg: Kg) -> None:
    """The remedy is the very option that names a key for this host."""
    done = kg(*ASK, "--base-url", "https://models.example.org/v1", OPENAI_API_KEY=KEY)
    assert done.returncode == 2
    assert "--api-key-env OPENAI_API_KEY" in done.stderr
    assert KEY not in done.stderr


def test_a_server_of_this_machine_is_asked_without_a_key(kg: Kg) -> None:
    """The vendor's key stays at home, also on loopback."""
    with Loopback() as server:
        kg(*ASK, "--base-url", f"{server.url}/v1", OPENAI_API_KEY=KEY)
        assert server.requests
        assert KEY not in headers(server)


def test_a_named_key_is_sent(kg: Kg) -> None:
    """`--api-key-env` names the key for this address."""
    with Loopback() as server:
        kg(*ASK, "--base-url", f"{server.url}/v1", "--api-key-env", "MINE", MINE=KEY, OPENAI_API_KEY="sk-other")
        assert KEY in headers(server)


def test_a_host_of_the_users_file_gets_its_key(kg: Kg, tmp_path: Path) -> None:
    """`[hosts."…"] key-env` in the user's own configuration does, too; open to others it is refused."""
    path = Path(kg("config", "path").stdout.strip())
    assert path.is_relative_to(tmp_path)
    with Loopback() as server:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'[hosts."{server.url}"]\nkey-env = "MINE"\n')
        path.chmod(0o600)
        kg(*ASK, "--base-url", f"{server.url}/v1", MINE=KEY)
        assert KEY in headers(server)
        path.chmod(0o644)
        refused = kg(*ASK, "--base-url", f"{server.url}/v1", MINE=KEY)
        assert refused.returncode == 2
        assert "chmod 600" in refused.stderr
