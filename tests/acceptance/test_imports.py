"""Files that are imported are hostile until they are verified: nothing in them is believed, run, or let out of bounds."""

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kgents.domain.json import canonical
from kgents.domain.mark import ORIGIN, mark_id

Kg = Callable[..., subprocess.CompletedProcess[str]]
OPEN = 4  # marks of an export after which the experiment is not finished


@pytest.fixture
def lines(kg: Kg, tmp_path: Path) -> list[dict[str, Any]]:
    """An honest export of an experiment that runs `touch ran`, line by line."""
    kg("experiment", "run", "--n", "2", "--", "touch", "ran")
    kg("experiment", "export", "@latest", "honest.jsonl")
    (tmp_path / "ran").unlink()
    return [json.loads(line) for line in (tmp_path / "honest.jsonl").read_text().splitlines()]


def forged(path: Path, lines: list[dict[str, Any]], old: str, new: str, length: int | None = None) -> None:
    """An export in which a string stands for another, with a chain that holds, cut after so many marks."""
    marks = [json.loads(line["mark"]) for line in lines if "mark" in line][:length]
    head, bodies = ORIGIN, []
    for mark in marks:
        changed = json.loads(json.dumps(mark).replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1]))
        bodies.append(canonical({**changed, "prev": head}).decode())
        head = mark_id(bodies[-1].encode())
    name = json.loads(bodies[0])["log"]
    texts = [line for line in lines if "text" in line and line["text"] in "".join(bodies)]
    whole = [{"format": "kgents experiment 1", "experiment": name, "size": len(bodies), "head": head}]
    whole += [*({"mark": body} for body in bodies), *texts, {"marks": len(bodies), "texts": len(texts)}]
    path.write_text("".join(json.dumps(line) + "\n" for line in whole))


@pytest.mark.parametrize("name", ["../../ran", "ledger", "@latest", "exp-\x1b[2J", "exp-<b>", "", "exp-" + "a" * 40])
def test_an_id_that_no_experiment_has_is_refused(
    name: str, kg: Kg, lines: list[dict[str, Any]], tmp_path: Path
) -> None:
    """Whether it is a path, a word with a meaning of its own, or a sequence for terminals."""
    forged(tmp_path / "evil.jsonl", lines, lines[0]["experiment"], name)
    done = kg("experiment", "import", "evil.jsonl", KGENTS_DATABASE_URL=f"sqlite:///{tmp_path / 'other.db'}")
    assert (done.returncode, "is no exported experiment" in done.stderr) == (2, True)
    assert "\x1b" not in done.stderr


def test_kinds_and_labels_are_checked(kg: Kg, lines: list[dict[str, Any]], tmp_path: Path) -> None:
    """A kind with markup and an arm with an escape sequence are refused, and nothing of the file stays."""
    other = {"KGENTS_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
    for old, new in (('"kind": "command"', '"kind": "<b>"'), ('"arms": [""]', '"arms": ["\\u001b[2J"]')):
        plan = json.loads(json.dumps(json.loads(lines[1]["mark"])).replace(old, new))
        changed = [lines[0], {"mark": json.dumps(plan)}, *lines[2:]]
        forged(tmp_path / "evil.jsonl", changed, "unused", "unused", 1)
        done = kg("experiment", "import", "evil.jsonl", **other)
        assert done.returncode in (2, 3), done.stderr
        assert "\x1b" not in done.stderr
    assert json.loads(kg("experiment", "history", "--json", **other).stdout) == []


@pytest.mark.parametrize(
    "content",
    ["{}", "[]", "nothing", '{"format": "kgents experiment 1"}', "[" * 100_000,
     '{"format": "kgents experiment 1", "experiment": "exp-a", "size": 1, "head": "0"}\n{"mark": 3}\n',
     '{"format": "kgents experiment 1", "experiment": "exp-a", "size": 1, "head": "0"}\n{"mark": "{}"}\n'],
)  # fmt: skip
def test_a_file_of_nonsense_is_one_line(content: str, kg: Kg, tmp_path: Path) -> None:
    """Fields that are missing, of another type, or nested without an end."""
    (tmp_path / "evil.jsonl").write_text(content)
    done = kg("experiment", "import", "evil.jsonl")
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr
    assert "a bug of kgents" not in done.stderr


def test_a_file_that_inflates_out_of_proportion_is_refused(kg: Kg, tmp_path: Path) -> None:
    """A line of 70 MB that deflates to 70 kB is not read to its end."""
    with gzip.open(tmp_path / "bomb.jsonl.gz", "wb", compresslevel=1) as file:
        file.write(b'{"format": "' + b"A" * (70 << 20) + b'"}\n')
    done = kg("experiment", "import", "bomb.jsonl.gz")
    assert (done.returncode, "more than an experiment can" in done.stderr) == (2, True)


def test_commands_of_an_import_are_run_only_where_the_user_says_so(
    kg: Kg, lines: list[dict[str, Any]], tmp_path: Path
) -> None:
    """`resume` names what it would run, and runs it with --trust-imported."""
    other = {"KGENTS_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
    forged(tmp_path / "open.jsonl", lines, "unused", "unused", OPEN)
    assert kg("experiment", "import", "open.jsonl", **other).returncode == 0
    refused = kg("experiment", "resume", "@latest", **other)
    assert refused.returncode == 2
    assert 'argv ["touch", "ran"]' in refused.stderr
    assert not (tmp_path / "ran").exists()
    assert kg("experiment", "resume", "@latest", "--trust-imported", **other).returncode == 0
    assert (tmp_path / "ran").exists()
    assert kg("witness", "verify", **other).returncode == 0
