"""A task of a suite: what is asked, what judges, and how an answer becomes a program."""

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kgents.sandbox.syntax import parse as parse_source

_JUDGING = ("programs", "inputs", "near")


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    prompt     what a coder is asked
    entry      the function in question, where the suite names it
    tests      the program that judges: check(candidate), or asserts
    setup      definitions that the tests need and that are not the candidate's
    stem       code that a completion continues; empty where a completion stands alone
    canonical  the suite's own solution, as a whole program; None where it gives none
    programs   examples by which whole programs are judged, as data; None where tests judge
    inputs     literal of a list of lists of arguments, on which an answer has to do what `canonical` does; "": none
    cluster    tasks of one name have one origin, and are no independent draws; None: the task stands for itself
    near       tolerance of floats that the suite gives; 0: none
    """

    id: str
    prompt: str
    entry: str | None
    tests: str
    setup: str = ""
    stem: str = ""
    canonical: str | None = None
    programs: Mapping[str, Any] | None = None
    inputs: str = ""
    near: float = 0.0
    cluster: str | None = None

    def program(self, completion: str) -> str:
        """The program of a recorded completion, as HumanEval builds it: the stem, then the completion."""
        return self.stem + completion

    def answered(self, code: str) -> str:
        """The program of a coder's answer: the imports and helpers of the stem, then the code."""
        return preamble(self.stem, self.entry) + code

    def to_data(self) -> dict[str, Any]:
        """JSON data; what judges is in the oracle."""
        data = {name: getattr(self, name) for name in self.__slots__ if name not in _JUDGING}
        return {name: value for name, value in data.items() if name != "cluster" or value is not None}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Task":
        """The inverse of `to_data`."""
        return Task(**data)


def preamble(stem: str, entry: str | None) -> str:
    """What a stem says before the function in question."""
    tree = parsed(stem) or parsed(f"{stem.rstrip()}\n    pass\n")
    if tree is None:
        return ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == entry:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return "".join(stem.splitlines(keepends=True)[: first - 1])
    return ""


def parsed(text: str) -> ast.Module | None:
    """The module, None where the text is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parse_source(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
