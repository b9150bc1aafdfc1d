"""Plain test programs: asserts at the top level, `check(candidate)`, functions without arguments, unittest, doctest.

Runs where there is no pytest, in a confined process of ours that takes one candidate after another.
"""

import gc
import os
import random
import socket
import sys
import types
import unittest
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kgents.sandbox.inside.traces import described

from .frames import handed, send
from .kinds import lend
from .run import Run, first_line, stand_in

if TYPE_CHECKING:
    from .messages import Report, TestsJob

_MODULE = "tests"
_THOROUGH = 64  # candidates after which what outlived one of them is looked through as well


def main(descriptor: int) -> None:
    """Takes (job, the line to a candidate) after another and answers each with a report, as JSON with its length."""
    line = socket.socket(fileno=descriptor)
    chance = random.getstate()
    judgements = 0
    while (request := handed(line, 1)) is not None and request[1]:
        job, (candidate,) = request
        known = set(sys.modules)
        report = judged(candidate, job)
        os.close(candidate)
        send(line, report)
        if not job.get("still"):
            random.setstate(chance)
        for name in set(sys.modules) - known if job.get("forget") else job["stand"]:
            sys.modules.pop(name, None)
        judgements += 1
        gc.collect(0 if judgements % _THOROUGH else 2)


def judged(descriptor: int, job: "TestsJob") -> "Report":
    """The report of one run."""
    for name in job["stand"]:
        sys.modules.pop(name, None)
    module = types.ModuleType(_MODULE)
    run = Run(descriptor, job, lambda kind: kind.__module__ == _MODULE)
    wrong: BaseException | None = None
    try:
        run.load(stand_in(job["stand"]))
        _run(run, module, job)
        run.draft["passed"] = True
    except BaseException as raised:
        wrong = raised
        run.draft["error"] = described(raised, first_line)
        run.draft["kind"] = type(raised).__name__
        if isinstance(raised, ModuleNotFoundError) and _of_tests(raised):
            run.draft["unusable"] = f"No module named {raised.name!r}"
    sys.modules.pop(_MODULE, None)
    return run.report(None if isinstance(wrong, Exception) else wrong)


@lru_cache(maxsize=2048)
def _compiled(text: str, name: str) -> types.CodeType:
    return compile(text, name, "exec")


def _run(run: Run, module: types.ModuleType, job: "TestsJob") -> None:
    sys.modules[_MODULE] = module
    names = vars(module)
    lend(names)
    exec(_compiled(job["setup"], "<setup>"), names)
    run.prefill(module)
    if job["mode"] == "doctest":
        run.draft["cases"], run.draft["right"], wrong = _doctests(job["tests"], names)
        if wrong:
            raise AssertionError(wrong)
        return
    exec(_compiled(job["tests"].lstrip("\ufeff"), "<tests>"), names)
    run.draft["cases"] = 1
    if job["every"]:
        _tally(run, list(_cases(names, set(run.names), job["entry"], _each_of_unittest)))
        return
    done = 0
    for name, case in _cases(names, set(run.names), job["entry"]):
        run.draft["test"] = name or None
        case()
        done += 1
        run.draft["cases"] = done
    run.draft.pop("test", None)


def _tally(run: Run, cases: list[tuple[str, Any]]) -> None:
    """Runs all cases; raises what the first that failed raised. Where there are none, the program itself was the case."""
    first: tuple[str, BaseException] | None = None
    right = 0
    run.draft["cases"] = len(cases) or 1
    for name, case in cases:
        try:
            case()
            right += 1
        except BaseException as raised:
            first = first or (name, raised)
        run.draft["right"] = right
    if first is not None:
        run.draft["test"] = first[0] or None
        raise first[1]


def _cases(
    names: dict[str, Any],
    theirs: set[str],
    entry: str | None,
    of_unittest: Callable[[type[unittest.TestCase]], Iterator[tuple[str, Any]]] | None = None,
) -> Iterator[tuple[str, Any]]:
    """check(candidate), then functions and methods called test…, then the cases of unittest."""
    own = [(name, each) for name, each in names.items() if name not in theirs]
    if callable(names.get("check")) and entry and "check" not in theirs:
        yield "", lambda: names["check"](names[entry])
    for name, each in own:
        if isinstance(each, types.FunctionType) and name.startswith("test"):
            yield name, lambda each=each: _called(each)
        elif isinstance(each, type) and issubclass(each, unittest.TestCase) and each.__module__ == _MODULE:
            yield from (of_unittest or _unittest)(each)
        elif isinstance(each, type) and name.startswith("Test") and each.__module__ == _MODULE:
            yield from _methods(each)


def _called(function: Any) -> None:
    answer = function()
    if hasattr(answer, "__await__"):
        import asyncio

        asyncio.run(answer)


def _methods(kind: type) -> Iterator[tuple[str, Any]]:
    for name in [name for name in dir(kind) if name.startswith("test")]:
        yield f"{kind.__name__}.{name}", lambda name=name: _method(kind, name)


def _method(kind: type, name: str) -> None:
    thing = kind()
    getattr(thing, "setup_method", lambda: None)()
    try:
        _called(getattr(thing, name))
    finally:
        getattr(thing, "teardown_method", lambda: None)()


def _unittest(kind: type[unittest.TestCase]) -> Iterator[tuple[str, Any]]:
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(kind)
    yield f"{kind.__name__}", lambda: _suite(suite)


def _each_of_unittest(kind: type[unittest.TestCase]) -> Iterator[tuple[str, Any]]:
    """The methods of a class as cases: the class is run once, by the first that is asked."""
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(kind)
    names = [test.id() for test in suite if isinstance(test, unittest.TestCase)]
    result = _Result()

    def look(name: str) -> None:
        if not result.begun:
            result.begun = True
            suite.run(result)
        wrong = result.raised.get(name) or result.outside
        if wrong is not None:
            raise wrong

    for name in names:
        yield name.removeprefix(f"{_MODULE}."), lambda name=name: look(name)


class _Result(unittest.TestResult):
    """Keeps the first exception, and that of each test.

    outside  what was raised outside of every test, such as in setUpClass
    """

    wrong: BaseException | None = None
    outside: BaseException | None = None
    begun = False

    def __init__(self) -> None:
        super().__init__()
        self.raised: dict[str, BaseException] = {}

    def _keep(self, test: Any, error: Any) -> None:
        self.wrong = self.wrong or error[1]
        if isinstance(test, unittest.TestCase):
            self.raised.setdefault(test.id(), error[1])
        else:
            self.outside = self.outside or error[1]

    def addError(self, test: Any, err: Any) -> None:  # noqa: N802
        self._keep(test, err)

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: N802
        self._keep(test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802
        if err is not None:
            self._keep(test, err)

    def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: N802
        super().addUnexpectedSuccess(test)
        self.raised.setdefault(test.id(), AssertionError("an unexpected success"))


def _suite(suite: unittest.TestSuite) -> None:
    result = _Result()
    suite.run(result)
    if result.wrong is not None:
        raise result.wrong
    if result.unexpectedSuccesses:
        raise AssertionError("an unexpected success")


def _doctests(text: str, names: dict[str, object]) -> tuple[int, int, str]:
    """(examples, those that do as they say, how the first other one does)."""
    import doctest

    parsed = doctest.DocTestParser().get_doctest(text, names, "spec", None, 0)
    wrong: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(parsed, out=wrong.append)
    lines = [line.strip() for line in "".join(wrong).splitlines() if line.strip() and not line.startswith("*")]
    told = (" ".join(lines[1:])[:300] or "an example fails") if runner.failures else ""
    return len(parsed.examples), len(parsed.examples) - runner.failures, told


def _of_tests(wrong: BaseException) -> bool:
    """Whether it was raised by an import of the tests' own, not by what the candidate said."""
    trace = wrong.__traceback__
    files = []
    while trace is not None:
        files.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    return bool(files) and (files[-1] in ("<tests>", "<setup>") or "importlib" in files[-1])
