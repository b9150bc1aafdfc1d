"""`--export`: the worst inputs of an experiment as a pytest file and a .jsonl corpus."""

import json
from pathlib import Path

from kgents.domain.ports import Store
from kgents.domain.summary import Summary
from kgents.errors import UsageError
from kgents.kinds.config import config_of
from kgents.kinds.options import as_written
from kgents.kinds.parse.data import ParseConfig

_TEST = '''"""Inputs that a parser got wrong, each as small as it could be made. Written by `kg experiment parse --export`.

A test fails while the parser returns something wrong, crashes or hangs, and passes when it returns what is right or
rejects the input. Needs kgents.
"""

import json
from pathlib import Path

import pytest

from kgents.testing.parsing import survives

INPUTS = [json.loads(line) for line in (Path(__file__).parent / "inputs.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("given", INPUTS, ids=lambda given: given["id"])
def test_the_parser_survives(given):
    survives(given)
'''


async def export(store: Store, summary: Summary, folder: Path) -> str:
    """Writes the folder; a sentence about it. UsageError where it cannot be written."""
    config = as_written(ParseConfig, await config_of(store, summary.plan))
    arms = config["strategies"]
    lines: list[str] = []
    async for trial in store.trials(summary.plan.experiment):
        shrunk = trial.metadata.get("shrunk")
        if shrunk is not None:
            arm = arms[trial.arm]
            data: dict[str, object] = {
                "id": f"{arm['name']}-{trial.metadata['outcome']}-{trial.metadata['class']}-{trial.index}",
                "outcome": trial.metadata["outcome"],
                "kind": trial.metadata.get("kind", ""),
                "parser": {key: value for key, value in arm.items() if key != "name"},
                "schema": config["schema"],
                "seconds": config["seconds"],
                "memory_mb": config["memory_mb"],
                **shrunk,
            }
            lines.append(json.dumps(data))
    _write(folder, "".join(f"{line}\n" for line in lines))
    return f"{len(lines)} inputs in {folder / 'inputs.jsonl'}; pytest {folder / 'test_parsing.py'}"


def _write(folder: Path, corpus: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "inputs.jsonl").write_text(corpus, "utf-8")
        (folder / "test_parsing.py").write_text(_TEST, encoding="utf-8")
    except OSError as wrong:
        raise UsageError(f"--export {folder}: {wrong.strerror}", "the record itself is safe") from wrong
