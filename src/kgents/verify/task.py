"""The oracle of a task that comes with tests and, mostly, with a solution."""

import ast
import warnings
from collections.abc import Sequence

from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox
from kgents.sandbox.syntax import nodes
from kgents.verify.choosing import free_names
from kgents.verify.fixtures import derives
from kgents.verify.oracle import Oracle
from kgents.verify.reference.derive import derive
from kgents.verify.spec import read_spec

KINDS = ("tests", "reference")


def task_oracle(
    entry: str | None,
    tests: str,
    setup: str,
    canonical: str | None,
    sandbox: Sandbox,
    *,
    kind: str | None = None,
    tolerance: float | None = None,
) -> Oracle:
    """The tests, or (`kind` reference) the task's own solution where a corpus can be derived from it, else the tests.

    setup  defines what the tests need; where it defines the function in question, only that one is the candidate's
    """
    near = 1e-9 if tolerance is None else tolerance
    if kind == "reference" and canonical is not None and entry is not None:
        try:
            corpus = derive(read_spec(canonical, entry), sandbox, allow_weak=True)
        except UsageError:
            pass
        else:
            return Oracle("reference", entry, (entry,), corpus.rows, source=canonical, how=corpus.how, tolerance=near,
                          version=corpus.version, strength=corpus.strength, shown=corpus.shown)  # fmt: skip
    read = _nodes(tests)
    names, modules = free_names(read)
    if entry is not None and setup:
        names = (entry,)
    names = tuple(dict.fromkeys([*names, *([entry] if entry else [])]))
    defined = (entry,) if entry else names[:1]
    inside = derives(read, names)
    return Oracle(
        "tests", entry, defined, tests=tests, setup=setup, names=names, modules=modules, tolerance=near, inside=inside
    )


def _nodes(text: str) -> Sequence[ast.AST]:
    """The nodes of a program; none where the text is no program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nodes(text)
    except (SyntaxError, ValueError):
        return ()
