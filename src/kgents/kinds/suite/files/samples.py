"""Completions that exist already, in HumanEval's sample format: task_id, and completion or solution.

A completion continues the prompt of its task; a solution is a whole program. LiveCodeBench's outputs have question_id and
code_list, whole programs. A JSON list of lists holds, in the order of
the tasks, the whole programs of each (the generations file of bigcode-evaluation-harness).
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kgents.errors import UsageError
from kgents.kinds.suite.files.lines import bad, objects, read_bytes, text_of
from kgents.kinds.suite.files.suite import Suite
from kgents.kinds.suite.files.task import Task

OPTION = "--samples"


@dataclass(frozen=True, slots=True)
class Samples:
    """Programs by task, in the order of the file; the digest is SHA-256 (hex) of the file, unpacked.

    answers  what stands in the file for each program: answers as they were given
    """

    path: Path
    digest: str
    programs: dict[str, tuple[str, ...]]
    answers: dict[str, tuple[str, ...]]


def read_samples(path: Path, suite: Suite) -> Samples:
    """The samples of a file. UsageError names the file and the line."""
    content = read_bytes(OPTION, path)
    tasks = {task.id: task for task in suite.tasks}
    programs: dict[str, list[str]] = {task.id: [] for task in suite.tasks}
    answers: dict[str, list[str]] = {task.id: [] for task in suite.tasks}
    for task, answer in generations(path, content, suite):
        answers[task].append(answer)
        programs[task].append(tasks[task].program(answer) if _continues(answer, tasks[task]) else answer)
    for number, data in [] if any(programs.values()) else objects(OPTION, path, content):
        field = "task_id" if "task_id" in data or "question_id" not in data else "question_id"
        name = str(data[field]) if isinstance(data.get(field), int) else text_of(OPTION, path, number, data, field)
        if name not in tasks:
            raise bad(OPTION, path, number, f"{suite.name} has no task {name!r}", "the file belongs to another --suite")
        codes = data.get("code_list")
        if isinstance(codes, list) and all(isinstance(code, str) for code in codes):  # of LiveCodeBench
            answers[name] += codes
            programs[name] += codes
        elif isinstance(data.get("solution"), str):
            answers[name].append(data["solution"])
            programs[name].append(data["solution"])
        else:
            answers[name].append(text_of(OPTION, path, number, data, "completion"))
            programs[name].append(tasks[name].program(answers[name][-1]))
    if not any(programs.values()):
        raise UsageError(f"{OPTION} {path}: the file is empty", 'lines of {"task_id": …, "completion": …}')
    return Samples(
        path,
        sha256(content).hexdigest(),
        {name: tuple(rows) for name, rows in programs.items()},
        {name: tuple(rows) for name, rows in answers.items()},
    )


def generations(path: Path, content: bytes, suite: Suite) -> list[tuple[str, str]]:
    """(task, answer) of a list of lists, one list a task; nothing where the file has another form."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] != b"[" or start[1:].lstrip()[:1] != b"[":
        return []
    try:
        rows = json.loads(start)
    except (ValueError, RecursionError) as wrong:
        raise UsageError(f"{OPTION} {path}: no JSON: {wrong}", "a list of lists, one a task") from wrong
    if len(rows) != len(suite.tasks):
        raise UsageError(
            f"{OPTION} {path}: {len(rows)} lists, but {suite.name} has {len(suite.tasks)} tasks",
            "one list a task, in order",
        )
    if any(not isinstance(text, str) for row in rows for text in (row if isinstance(row, list) else [None])):
        raise UsageError(f"{OPTION} {path}: not only lists of strings", "one list of programs a task, in order")
    return [(task.id, text) for task, row in zip(suite.tasks, rows, strict=True) for text in row]


def _continues(answer: str, task: Task) -> bool:
    """Whether an answer is the rest of a task's stem, not a program of its own."""
    return bool(task.stem) and f"def {task.entry}" not in answer
