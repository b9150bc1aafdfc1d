"""Recorded answers, in the order of the trials."""

from pathlib import Path

import pytest

from kgents.domain.json import canonical
from kgents.domain.ports import HarnessError, Limits
from kgents.errors import UsageError
from kgents.harness.replay import ReplayCoder
from kgents.testing.reading import taken


def file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(content)
    return path


async def test_trial_i_takes_line_i_in_any_order(tmp_path: Path) -> None:
    coder = ReplayCoder(
        file(tmp_path, b'\xef\xbb\xbf{"code": "x = 1"}\r\n{"text": "prose", "id": 7}\n{"code": "def f(:"}\n\n')
    )
    answers = {trial: (await coder.generate("p", 0, Limits(), trial=trial)).text for trial in (2, 0, 1)}
    assert taken(answers[0]).code == "x = 1\n"
    assert answers[1] == "prose"
    assert taken(answers[2]).code == "def f(:\n"
    assert len(coder) == 3
    assert canonical(coder.describe())


async def test_running_out_ends_the_run_with_the_number_of_answers(tmp_path: Path) -> None:
    coder = ReplayCoder(file(tmp_path, b'{"code": "x = 1"}'))
    with pytest.raises(HarnessError, match=r"holds 1 answers; there is none for trial 2") as caught:
        await coder.generate("p", 0, Limits(), trial=1)
    assert caught.value.cause.fatal


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b'{"code": "x"}\n{"code": \n', "line 2: not JSON"),
        (b'{"code": 1}\n', "line 1: neither"),
        (b'{"completion": "x"}\n', "line 1: neither"),
        (b'{"code": "x", "text": "y"}\n', "line 1: neither"),
        (b'["code"]\n', "line 1: neither"),
        (b"\xff\xfe\n", "UTF-16, not UTF-8"),
        (b"\xff\n", "line 1: not UTF-8 text"),
        (b"[" * 100_000 + b"\n", "line 1: not JSON"),
    ],
)
def test_a_bad_line_is_named_before_the_first_trial(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        ReplayCoder(file(tmp_path, content))
    assert "answers.jsonl" in caught.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--candidates"):
        ReplayCoder(tmp_path / "none.jsonl")
