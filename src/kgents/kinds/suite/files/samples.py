"""Completions that exist already, in HumanEval's sample format: task_id, and completion or solution.

A completion continues the prompt of its task; a solution is a whole program.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kgents.errors import UsageError
from kgents.kinds.suite.files.lines import bad, objects, read_bytes, text_of
from kgents.kinds.suite.files.suite import Suite

OPTION = "--samples"


@dataclass(frozen=True, slots=True)
class Samples:
    """Programs by task, in the order of the file; the digest is SHA-256 (hex) of the file, unpacked."""

    path: Path
    digest: str
    programs: dict[str, tuple[str, ...]]


def read_samples(path: Path, suite: Suite) -> Samples:
    """The samples of a file. UsageError names the file and the line."""
    content = read_bytes(OPTION, path)
    tasks = {task.id: task for task in suite.tasks}
    programs: dict[str, list[str]] = {task.id: [] for task in suite.tasks}
    for number, data in objects(OPTION, path, content):
        name = str(data["task_id"]) if isinstance(data.get("task_id"), int) else None
        name = name or text_of(OPTION, path, number, data, "task_id")
        if name not in tasks:
            raise bad(OPTION, path, number, f"{suite.name} has no task {name!r}", "the file belongs to another --suite")
        if isinstance(data.get("solution"), str):
            programs[name].append(data["solution"])
        else:
            programs[name].append(tasks[name].program(text_of(OPTION, path, number, data, "completion")))
    if not any(programs.values()):
        raise UsageError(f"{OPTION} {path}: the file is empty", 'lines of {"task_id": …, "completion": …}')
    return Samples(path, sha256(content).hexdigest(), {name: tuple(found) for name, found in programs.items()})
