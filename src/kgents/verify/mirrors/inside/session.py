"""The session of a test file: pytest of the user's interpreter collects once, and a fork of it judges each candidate.

Trusted: it runs the user's own tests as the user would. A candidate is only ever at the other end of a line. Where tests
ask something of the candidate while they are collected, each fork collects for itself.
"""

import ast
import importlib.util
import json
import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from . import paths
from .frames import HEADER, handed, receive, send
from .run import Run, stand_in

if TYPE_CHECKING:
    from .messages import CandidateJob, Prepared, TestsJob

_LATE = 77  # exit of a process that found out that tests must be collected for each candidate
_CPU = 60  # seconds of the tests' own work for one candidate


def main(descriptor: int) -> None:
    """Reads the job, says whether it can be done, and judges the candidates that are handed over until the line ends."""
    line = socket.socket(fileno=descriptor)
    job = receive(line)
    assert job is not None
    ready = prepared(job)
    send(line, {**ready, "pid": os.getpid()})
    if "unusable" in ready:
        return
    job.update(stand=ready["stand"], names=ready["names"], path=ready["path"])
    if not ready["late"]:
        child = os.fork()
        if child == 0:
            _silenced()
            _early(line, job)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != _LATE:
            return
    _silenced()
    _import("pytest")
    while (run := _next(line, job)) is not None:
        _late(run, job)


def _import(name: str) -> Any:
    return importlib.import_module(name)


def prepared(job: "TestsJob") -> "Prepared":
    """What is known before anything is run: modules that stand for the candidate, free names, the path of the file."""
    if importlib.util.find_spec("pytest") is None:
        return {"unusable": "pytest is not installed there", "lacks": "pytest"}
    try:
        tree = ast.parse(job["tests"].lstrip("\ufeff"))
    except (SyntaxError, ValueError) as wrong:
        return {"unusable": f"a syntax error in line {getattr(wrong, 'lineno', '?')}: {wrong}"}
    file = paths.file_of(job)
    sys.path[:0] = [os.path.dirname(file), *job["paths"]]
    try:
        stand, names = paths.stand_ins(tree, job)
    except ValueError as wrong:
        return {"unusable": str(wrong)}
    finally:
        del sys.path[0]
    return {"stand": stand, "names": names, "path": os.path.realpath(file), "late": False}


def _silenced() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)


def _early(line: socket.socket, job: "TestsJob") -> None:
    """Collects without a candidate, then forks for each; leaves with _LATE where that cannot be."""
    from .plugin import Plugin

    stand = stand_in(job["stand"])
    plugin = Plugin(stand, job, None, None)
    plugin.fork = lambda: _forked(line, job)
    wrong: BaseException | None = None
    try:
        _pytest(job, plugin)
    except BaseException as raised:
        wrong = raised
    if plugin.run is None:
        os._exit(_LATE)
    _finish(plugin.run, plugin.wrong or wrong)


def _forked(line: socket.socket, job: "TestsJob") -> Run:
    """In a child, the run of the candidate that it is for; the parent stays here until there are no more."""
    run = _next(line, job)
    if run is None:
        os._exit(0)
    return run


def _next(line: socket.socket, job: "TestsJob") -> Run | None:
    """Waits for a candidate. A child returns with its run; the parent goes on waiting, and returns None in the end."""
    while True:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        request = handed(line, 2)
        if request is None:
            return None
        more, descriptors = request
        child = os.fork()
        if child == 0:
            line.close()
            return _run(descriptors, job, more)
        for descriptor in descriptors:
            os.close(descriptor)


def _run(descriptors: list[int], job: "TestsJob", more: "CandidateJob") -> Run:
    candidate, reply = descriptors
    os.setpgid(0, 0)
    signal.setitimer(signal.ITIMER_REAL, more["wall"])
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU))
    os.write(reply, HEADER.pack(os.getpid()))
    from .plugin import folder_for

    folder_for(more["folder"])
    os.chdir(more["folder"])
    name = os.path.realpath(job["path"])

    def own(kind: type) -> bool:
        module = sys.modules.get(kind.__module__)
        return os.path.realpath(getattr(module, "__file__", None) or "") == name or kind.__module__ == "conftest"

    run = Run(candidate, {**job, **more}, own)
    run.reply = reply
    return run


def _late(run: Run, job: "TestsJob") -> None:
    from .plugin import Plugin

    wrong: BaseException | None = None
    try:
        run.start()
        plugin = Plugin(stand_in(job["stand"]), job, None, run)
        _pytest(job, plugin)
    except BaseException as raised:
        wrong = raised
    _finish(run, wrong)


def _finish(run: Run, wrong: BaseException | None) -> None:
    """Tells the report and ends this process."""
    body = json.dumps(run.report(None if isinstance(wrong, SystemExit) else wrong)).encode()
    rest = memoryview(HEADER.pack(len(body)) + body)
    with suppress(OSError):
        while rest:
            rest = rest[os.write(run.reply, rest) :]
    os._exit(0)


def _pytest(job: "TestsJob", plugin: Any) -> None:
    """Does not return where the tests were run."""
    from .plugin import Ending

    pytest = _import("pytest")
    os.environ.pop("PYTEST_ADDOPTS", None)
    pytest.main(paths.arguments(job), plugins=[plugin, Ending(plugin, _ended)])


def _ended(plugin: Any, fine: bool, wrong: BaseException | None) -> None:
    run = plugin.run
    if run is None:
        return
    if "error" in plugin.collected:
        run.draft.setdefault("collection", plugin.collected["error"])
        run.draft.setdefault("error", plugin.collected["error"])
    run.draft["passed"] = (
        fine and run.draft["cases"] > 0 and "kind" not in run.draft and "error" not in plugin.collected
    )
    _finish(run, plugin.wrong or wrong)
