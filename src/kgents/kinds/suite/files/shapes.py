"""Tasks in the shapes of LiveCodeBench, APPS, EvalPlus and BigCodeBench."""

import ast
import json
from pathlib import Path
from typing import Any

from kgents.kinds.suite.files.lines import bad, text_of
from kgents.kinds.suite.files.task import Task, parsed
from kgents.verify.stdio.examples import Programs
from kgents.verify.stdio.reading import checked_examples, examples_in

OPTION = "--suite"
PROGRAM = "Write a whole Python program that reads from standard input and prints to standard output."
FUNCTION = "Use this starter code, and give it whole:"
PRELUDE = "\n".join(
    [
        *(f"import {name}" for name in ("bisect", "collections", "copy", "functools", "heapq", "itertools", "math")),
        *(f"import {name}" for name in ("operator", "random", "re", "string", "sys")),
        "from bisect import bisect, bisect_left, bisect_right, insort",
        "from collections import Counter, OrderedDict, defaultdict, deque, namedtuple",
        "from functools import cache, cmp_to_key, lru_cache, reduce",
        "from heapq import heapify, heappop, heappush, heappushpop, heapreplace, nlargest, nsmallest",
        "from itertools import accumulate, chain, combinations, count, groupby, pairwise, permutations, product",
        "from math import ceil, comb, factorial, floor, gcd, inf, isqrt, log, log2, prod, sqrt",
        "from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits",
        "from typing import Any, Dict, Iterable, List, Optional, Set, Tuple, Union",
    ]
)
SHAPES = (
    "LiveCodeBench: question_content, public_test_cases; APPS: question, input_output; EvalPlus: base_input, plus_input; "
    "BigCodeBench: complete_prompt or instruct_prompt, test"
)


def foreign(path: Path, number: int, data: dict[str, Any]) -> Task | None:
    """The task of a line in one of these shapes; None for any other. UsageError names file and line."""
    if data.keys() & {"public_test_cases", "private_test_cases"}:
        return _programs(path, number, data, "question_content", ("question_id", "task_id"))
    if "input_output" in data and "question" in data:
        return _programs(path, number, data, "question", ("problem_id", "task_id", "id", "url"))
    if "base_input" in data or "plus_input" in data:
        return _evalplus(path, number, data)
    if data.keys() & {"complete_prompt", "instruct_prompt"}:
        return _bigcodebench(path, number, data)
    return None


def name_of(data: dict[str, Any], fields: tuple[str, ...], number: int) -> str:
    """The first of these fields that names a task, else its line."""
    names = (data.get(field) for field in fields)
    return next((str(name) for name in names if isinstance(name, str | int) and str(name)), str(number))


def _programs(path: Path, number: int, data: dict[str, Any], question: str, names: tuple[str, ...]) -> Task:
    text = text_of(OPTION, path, number, data, question)
    where = f"{OPTION} {path}, line {number}"
    examples, entry = examples_in(data, where)
    if not examples:
        raise bad(OPTION, path, number, "no test case", SHAPES)
    programs = Programs(tuple(checked_examples(examples, where)), entry, prelude=PRELUDE)
    starter = data.get("starter_code")
    starter = starter.rstrip() if isinstance(starter, str) else ""
    if entry is not None and starter:
        asked = f"{text.rstrip()}\n\n{FUNCTION}\n\n```python\n{starter}\n```"
    else:
        asked = f"{text.rstrip()}\n\n" + (PROGRAM if entry is None else f"Write a function {entry}.")
    outer = "Solution" if entry is not None and "class Solution" in starter else entry
    name = name_of(data, names, number)
    return Task(name, asked, outer, "", canonical=_solution(data), programs=programs.to_data())


def _solution(data: dict[str, object]) -> str | None:
    """The first of APPS' solutions that is a program of today's Python."""
    solutions: Any = data.get("solutions") or []
    if isinstance(solutions, str):
        try:
            solutions = json.loads(solutions)
        except ValueError:
            return None
    good = (one for one in solutions if isinstance(one, str) and parsed(one) is not None)
    return next(good, None) if isinstance(solutions, list) else None


def _evalplus(path: Path, number: int, data: dict[str, Any]) -> Task:
    names = ("prompt", "entry_point", "canonical_solution")
    prompt, entry, solution = (text_of(OPTION, path, number, data, name) for name in names)
    inputs = [*_inputs(path, number, data, "base_input"), *_inputs(path, number, data, "plus_input")]
    continues = f"def {entry}" in prompt
    canonical = prompt + solution if continues else solution
    if parsed(canonical) is None:
        raise bad(OPTION, path, number, "'canonical_solution' is no program after its prompt")
    if not inputs:
        raise bad(OPTION, path, number, "neither 'base_input' nor 'plus_input' has an input")
    examples = _arguments(str(data.get("assertion") or ""), entry)
    rows = [[like(one, model) for one, model in _pairs(row, examples)] for row in inputs]
    near = data.get("atol") if isinstance(data.get("atol"), int | float) else 0
    name = name_of(data, ("task_id",), number)
    more: dict[str, Any] = {"stem": prompt if continues else "", "canonical": canonical}
    return Task(name, prompt if continues else prompt.strip().strip('"').strip(), entry, "", **more,
                inputs=repr(rows), near=float(near or 0))  # fmt: skip


def _inputs(path: Path, number: int, data: dict[str, Any], name: str) -> list[list[Any]]:
    rows = data.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(OPTION, path, number, f"{name!r} is no list of lists of arguments")
    return rows


def _arguments(assertion: str, entry: str) -> list[Any]:
    """The arguments of the first call in an assertion, as far as they are literals: they show tuples and sets."""
    tree = parsed(assertion)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == entry:
            try:
                return [ast.literal_eval(part) for part in node.args]
            except ValueError:
                return []
    return []


def _pairs(row: list[Any], examples: list[Any]) -> list[tuple[Any, Any]]:
    models = examples if len(examples) == len(row) else [None] * len(row)
    return list(zip(row, models, strict=True))


def like(value: Any, model: Any) -> Any:
    """A value that was written as JSON, with the types of a model: tuples, sets and complex numbers within it."""
    if isinstance(value, list) and isinstance(model, list | tuple | set | frozenset):
        models = list(model)
        same = len(models) == len(value) and not isinstance(model, set | frozenset)
        parts = [like(one, (models[n] if same else models[0]) if models else None) for n, one in enumerate(value)]
        return type(model)(parts)
    if isinstance(value, dict) and isinstance(model, dict):
        first = next(iter(model.values()), None)
        return {key: like(one, model.get(key, first)) for key, one in value.items()}
    if isinstance(value, str) and isinstance(model, complex | float):
        return type(model)(value)
    return value


def _bigcodebench(path: Path, number: int, data: dict[str, object]) -> Task:
    entry, tests = (text_of(OPTION, path, number, data, name) for name in ("entry_point", "test"))
    if parsed(tests) is None:
        raise bad(OPTION, path, number, "'test' is no Python program")
    complete = data.get("complete_prompt") or data.get("code_prompt") or ""
    instruct = data.get("instruct_prompt") or complete
    if not isinstance(complete, str) or not isinstance(instruct, str):
        raise bad(OPTION, path, number, "a prompt is no string")
    solution = data.get("canonical_solution")
    code = data.get("code_prompt") if isinstance(data.get("code_prompt"), str) else complete
    whole = next((text for text in (complete + str(solution), str(code) + str(solution)) if parsed(text)), None)
    name = name_of(data, ("task_id",), number)
    return Task(name, instruct, entry, tests, stem=complete, canonical=whole if isinstance(solution, str) else None)
