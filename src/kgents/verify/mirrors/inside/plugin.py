"""pytest in the tests' process: test modules get the candidate's names, runs are reported, async tests are awaited."""

import inspect
import os
import tempfile
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest  # of the interpreter that runs the tests
from _pytest.fixtures import FixtureLookupError

from .expressions import evaluated
from .kinds import lend
from .patches import Patches
from .peer import Gone
from .run import Run, first_line
from .standin import Placeholder, StandIn, elsewhere

if TYPE_CHECKING:
    from .messages import Report, TestsJob


class Tally:
    """Of tests that are all run: those that count, and those that passed. One that never ran did not pass."""

    def __init__(self) -> None:
        self._skipped: set[str] = set()
        self._passed: set[str] = set()
        self._items = 0

    def add(self, report: Any, items: int) -> None:
        """Takes the report of a phase of one of so many tests."""
        self._items = items
        if report.skipped:
            self._skipped.add(report.nodeid)
        elif report.failed:
            self._passed.discard(report.nodeid)
        elif report.when == "call":
            self._passed.add(report.nodeid)

    @property
    def cases(self) -> int:
        """Tests that were not skipped."""
        return self._items - len(self._skipped)

    @property
    def right(self) -> int:
        """Tests that passed."""
        return len(self._passed)


class Plugin:
    """One session of pytest.

    stand  the stand-in for the candidate's module
    names  free names of the test file
    files  real paths of the test file and the conftest files
    fork   called when the tests are collected: forks for each candidate and returns, in the child, its run; None where
           the candidate was there before
    """

    def __init__(self, stand: StandIn, job: "TestsJob", fork: Callable[[], Run] | None, run: Run | None) -> None:
        self._stand = stand
        self._job = job
        self.fork = fork
        self.run = run
        self.collected: Report = {}
        self._modules: list[types.ModuleType] = []
        self._raised: tuple[Any, Any, Any] = (None, "", None)
        self.wrong: BaseException | None = None
        self.late = False
        self._tally = Tally()

    # -- collection -------------------------------------------------------------------------------------------------
    def pytest_configure(self, config: Any) -> None:
        """Fills test modules, as they are made, with names of the candidate's that they use without importing them."""
        hook = config.pluginmanager.rewrite_hook
        config.addinivalue_line("markers", "asyncio: awaited by kgents where no plugin does")

        def made(spec: Any) -> types.ModuleType | None:
            if spec.origin is None or os.path.realpath(spec.origin) != self._job["path"]:
                return None
            module = types.ModuleType(spec.name)
            lend(vars(module))
            vars(module)["eval"] = evaluated
            self._modules.append(module)
            if self.run is not None:
                self.run.prefill(module)
            else:
                vars(module).update({name: getattr(self._stand, name) for name in self._job["names"]})
            return module

        hook.create_module = made

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: Any, name: str, obj: Any) -> Any:
        """A name of the candidate's is no test, whatever it is called."""
        theirs = name in self._job["names"] or name in (self.run.names if self.run else ())
        return [] if type(obj) is Placeholder or theirs else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Counts the tests that there are."""
        self.collected["items"] = len(items)

    def pytest_collectreport(self, report: Any) -> None:
        """Keeps the first failure."""
        if report.failed:
            self.collected.setdefault("error", last_line(str(report.longrepr)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> Any:
        """With all collected: a fork for each candidate goes on from here."""
        if self.fork is None or session.testsfailed:
            return None
        if elsewhere(self._stand.waiting, self._modules):
            self.late = True
            return True
        self.run = self.fork()
        try:
            self.run.start()
            self.run.bind(self._modules)
        except BaseException as wrong:
            self.wrong = wrong
            return True
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Any:
        """Patches that a test makes are made at the candidate's end as well."""
        assert self.run is not None
        with Patches(self.run.end).watching():
            return (yield)

    # -- the run ----------------------------------------------------------------------------------------------------
    @pytest.hookimpl
    def pytest_pyfunc_call(self, pyfuncitem: Any) -> Any:
        """Awaits a test that is a coroutine, where no other plugin did."""
        if not inspect.iscoroutinefunction(pyfuncitem.obj):
            return None
        import asyncio

        names = pyfuncitem._fixtureinfo.argnames
        asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """Keeps what was raised; whether that is a failure is known when the report is made."""
        self._raised = (item, call.when, call.excinfo)
        return (yield)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Notes the first failure of a run, and every case."""
        draft = self.run.draft if self.run is not None else self.collected
        draft["cases"] = draft.get("cases", 0) + (report.when == "call" and not report.skipped)
        if self._job["every"]:
            self._tally.add(report, self.collected["items"])
            draft["cases"], draft["right"] = self._tally.cases, self._tally.right
        item, when, raised = self._raised
        if report.failed and "kind" not in draft:
            if raised is None:
                draft["kind"], draft["test"], draft["error"] = "Failed", item.name, first_line(str(report.longrepr))
            else:
                self._note(draft, item, when, raised)

    def _note(self, draft: "Report", item: Any, when: str, raised: Any) -> None:
        draft["kind"], draft["test"] = raised.type.__name__, item.name
        draft["error"] = told(raised.value, raised.traceback, self._job["path"])
        if raised.type is FixtureLookupError:
            draft["unusable"] = f"fixture {raised.value.argname!r} not found"
        elif raised.type is ModuleNotFoundError and imported_here(raised.traceback, self._job["path"]):
            draft["unusable"] = str(raised.value)
        if isinstance(raised.value, Gone):
            draft["died"] = True


class Ending:
    """Ends the process when the tests have run: what other plugins do afterwards tells nothing more."""

    def __init__(self, plugin: Plugin, ended: Callable[[Plugin, bool, BaseException | None], None]) -> None:
        self._plugin = plugin
        self._ended = ended

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> Any:
        """Tells how it went; returns only where there was no run."""
        wrong: BaseException | None = None
        answer: Any = True
        try:
            answer = yield
        except (session.Failed, session.Interrupted):
            pass
        except BaseException as raised:
            wrong = raised
        self._ended(self._plugin, not session.testsfailed, wrong)
        if wrong is not None:
            raise wrong
        return answer


def told(wrong: BaseException, traceback: Any, path: str) -> str:
    """An exception in one line, with the line of the tests that it came through."""
    try:
        text = first_line(str(wrong))
    except BaseException:
        text = "?"
    lines = [entry.lineno + 1 for entry in traceback if os.path.realpath(str(entry.path)) == path]
    line = f" (line {lines[-1]} of the tests)" if lines else ""
    return f"{type(wrong).__name__}{': ' if text else ''}{text}{line}"


def imported_here(traceback: Any, path: str) -> bool:
    """Whether an exception was raised by an import that stands in the tests."""
    files = [os.path.realpath(str(entry.path)) for entry in traceback if "importlib" not in str(entry.path)]
    return bool(files) and files[-1] == path


def last_line(text: str) -> str:
    """What pytest says went wrong: the last line marked E, else the last line."""
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    return (marked or lines or ["?"])[-1][:300]


def folder_for(folder: str) -> None:
    """What tests and fixtures make temporarily is made below this folder."""
    os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
    os.environ["TMPDIR"] = folder
    tempfile.tempdir = folder
