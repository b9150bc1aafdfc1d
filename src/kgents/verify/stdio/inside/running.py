"""The process of one case: a program runs to its end with the standard input of the case, or a function of it is called.

Rule: nothing that is told here is trusted; it says what a program printed, and the expected output is not known here.
"""

import atexit
import os
import resource
import sys
import threading
import types
from typing import Any

from kgents.sandbox.inside import values, watch
from kgents.sandbox.inside.exits import exit_status
from kgents.sandbox.inside.facts import UNREADABLE, compiled, error_of, unbound
from kgents.sandbox.inside.rehearsing import REHEARSALS
from kgents.verify.stdio.inside.streams import Streams, TooMuch
from kgents.verify.stdio.inside.texts import receive_text, send_text

FILE = "<solution>"
_STREAMS: list[Streams] = []  # those that stand in their place already
_PROGRAM = "def f(a, b=0):\n    return [a, b, {}, (), '', 1.5]\nprint(f(1))\n"


def main(fd: int) -> None:
    """Runs one case."""
    channel = values.Channel(fd)
    job = channel.receive()
    typed = receive_text(channel)
    try:
        program, missing = compiled(job["source"], job["defined"], FILE)
    except UNREADABLE as wrong:
        channel.send({"unreadable": error_of(wrong)})
        return
    _Case(channel, job, typed).run(program, missing)


def rehearse_main() -> None:
    """Reads a small program in this process: see `rehearsing`. Children find their streams in their place."""
    for _ in range(REHEARSALS):
        compiled(_PROGRAM, ["f"], FILE)
        values.dumps({"exit": 0, "value": values.encode([1, 2.5, "text", None])})
    _STREAMS.append(Streams())


class _Case:
    """One run. What it came to is told once: at the program's end, or when it leaves by `os._exit`."""

    def __init__(self, channel: values.Channel, job: dict[str, Any], typed: str) -> None:
        self._channel = channel
        self._job = job
        self._streams = _STREAMS.pop() if _STREAMS else Streams()
        self._streams.type(typed.encode("utf-8", "replace"))
        self._exit = os._exit
        os._exit = self._left  # type: ignore[assignment]
        self._ends: dict[str, Any] = {"exit": 0}
        self._missing: list[str] = []

    def run(self, program: types.CodeType, missing: list[str]) -> None:
        """To the end of the program and of its threads, as the interpreter does it.

        missing  names that it does not define as far as can be read
        """
        self._missing = missing
        if self._job["seconds"]:
            resource.setrlimit(resource.RLIMIT_CPU, (self._job["seconds"], self._job["seconds"] + 1))
        name = self._job["entry"]
        module = types.ModuleType("solution" if name else "__main__")
        sys.modules[module.__name__] = module
        sys.argv = ["solution.py"]
        try:
            exec(compile(self._job["prelude"], "<prelude>", "exec"), module.__dict__)
            exec(program, module.__dict__)
            self._missing = unbound(missing, module.__dict__)
            if name and not self._missing and not self._has_run():
                value = _called(module, name, values.decode(self._job["args"]))
                self._ends["value"] = values.encode(value)
        except BaseException as wrong:
            self._note(wrong)
        for last in (threading._shutdown, atexit._run_exitfuncs, self._flush):  # type: ignore[attr-defined]
            try:
                last()
            except BaseException as wrong:
                self._note(wrong)
        self._tell()

    def _has_run(self) -> bool:
        """Whether a program that was to define a function did its work when it was loaded."""
        self._flush()
        return not self._job["args"] and bool(self._streams.raw[0].used or self._streams.raw[1].node.data)

    def _note(self, wrong: BaseException) -> None:
        if isinstance(wrong, SystemExit):
            code = wrong.code
            self._ends["exit"] = exit_status(code)
            if isinstance(code, str):
                self._ends["complaint"] = code[:300]
            return
        self._ends["exit"] = 1
        if isinstance(wrong, TooMuch):
            self._ends["raised"] = ["TooMuch", "", None]
            return
        line = None
        trace = wrong.__traceback__
        while trace is not None:
            line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == FILE else line
            trace = trace.tb_next
        try:
            text = str(wrong)[:300]
        except BaseException:
            text = "?"
        self._ends["raised"] = [type(wrong).__name__, text, line]

    def _flush(self) -> None:
        for stream in (sys.stdout, sys.__stdout__):
            if stream is not None and not stream.closed:
                stream.flush()

    def _left(self, status: int) -> None:
        """In the place of `os._exit`: what was not flushed is lost, as it is there."""
        self._ends["exit"] = status & 0xFF
        self._tell()

    def _tell(self) -> None:
        if self._missing:
            self._channel.send({"missing": self._missing})
            self._exit(0)
        tried = {"forbidden": watch.attempts[0]} if watch.attempts else {}
        complaint = self._ends.pop("complaint", "") or self._streams.text(2)[-300:]
        self._channel.send({**self._ends, **tried, "complaint": complaint})
        send_text(self._channel, self._streams.text(1))
        self._exit(0)


def _called(module: types.ModuleType, name: str, arguments: list[Any]) -> Any:
    """What a function of a program returns: one of its own, or a method of its class `Solution`."""
    owner: Any = module
    if not hasattr(module, name) and hasattr(module, "Solution"):
        owner = module.Solution()
    value = getattr(owner, name)(*arguments)
    if hasattr(type(value), "__await__"):
        try:
            while True:
                value.send(None)
        except StopIteration as end:
            return end.value
    return value
