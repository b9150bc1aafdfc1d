"""A coder that gives recorded answers: trial i takes line i of a JSON Lines file.

Rule: the whole file is read and checked before trial 1; a line that is no answer is the user's error, not a trial.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from kgents.domain.json import JsonObject
from kgents.domain.json_lines import values
from kgents.domain.outcome import Cause, Tier, Usage
from kgents.domain.ports import HarnessError, Limits, Reply
from kgents.errors import UsageError
from kgents.harness.prompt import fenced

_HINT = 'every line is a JSON object: {"code": "def …"} or {"text": "the whole answer"}'


class ReplayCoder:
    """Gives the answers of a file in the order of the trials."""

    tier = Tier.EMPIRICAL

    def __init__(self, path: Path) -> None:
        self._path = path
        data = _read(path)
        self._digest = sha256(data).hexdigest()
        self._answers = _answers(path, data)

    def __len__(self) -> int:
        return len(self._answers)

    def describe(self) -> JsonObject:
        return {
            "harness": "replay",
            "model": "replay",
            "candidates": self._path.name,
            "sha256": self._digest,
            "answers": len(self._answers),
        }

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        del prompt, seed
        if trial >= len(self._answers):
            message = f"{self._path} holds {len(self._answers)} answers; there is none for trial {trial + 1}"
            raise HarnessError(Cause.HARNESS_MISSING, f"{message} (--candidates)")
        text = self._answers[trial]
        return Reply(text[: limits.output_bytes], Usage(), "replay", "stop")

    async def aclose(self) -> None:
        pass


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"--candidates {path}: {error.strerror or error}", "name a file that can be read") from error


def _answers(path: Path, data: bytes) -> Sequence[str]:
    answers = [_answer(path, number, value) for number, value in values(f"--candidates {path}", data, _HINT)]
    if not answers:
        raise UsageError(f"--candidates {path}: the file is empty", _HINT)
    return answers


def _answer(path: Path, number: int, value: Any) -> str:
    match value:
        case {"code": str(code)} if "text" not in value:
            return fenced(code.rstrip("\n"))
        case {"text": str(text)} if "code" not in value:
            return text
    raise UsageError(f'--candidates {path}, line {number}: neither "code" nor "text" with a string', _HINT)
