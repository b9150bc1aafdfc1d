"""What the file of a project may say is confirmed once for each server and for what is done there."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kgents.errors import UsageError
from kgents.runner.project import confirm_address, confirm_workers


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that a person at a terminal was asked, who agrees to all of them."""
    table = '[tool.kgents]\nbase-url = "https://host.example:8786/v1"\nworkers = "tls://host.example:8786"\n'
    (tmp_path / "pyproject.toml").write_text(table)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    return []


def agree(questions: list[str]) -> Callable[[str], bool]:
    """Somebody who says yes, and keeps what was asked."""

    def answer(question: str) -> bool:
        questions.append(question)
        return True

    return answer


def test_a_server_that_may_be_asked_may_not_therefore_run_trials(asked: list[str]) -> None:
    """One consent for prompts, another for trials, on the same host and port; each is asked for once."""
    for _ in range(2):
        confirm_address("https://host.example:8786/v1", agree(asked))
        confirm_workers("tls://host.example:8786", agree(asked))
    assert ["sends prompts to https://host.example:8786" in question for question in asked] == [True, False]
    assert "has trials run at tls://host.example:8786" in asked[1]


@pytest.mark.parametrize("address", ["host.example:8786", "http://host.example", "tls://", "tls://a b:1"])
def test_what_names_no_workers_is_refused(asked: list[str], address: str) -> None:
    """Before anybody is asked, with the form of an address."""
    with pytest.raises(UsageError, match=r"workers: .* names no server") as caught:
        confirm_workers(address, agree(asked))
    assert "tls://" in str(caught.value.hint)
    assert asked == []
