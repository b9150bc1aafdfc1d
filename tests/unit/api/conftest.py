"""Fixtures for the tests of the Python API."""

from pathlib import Path

import pytest


@pytest.fixture
def own_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is recorded goes into an empty database of the test."""
    monkeypatch.setenv("KGENTS_DATABASE_URL", f"sqlite:///{tmp_path}/record.db")
