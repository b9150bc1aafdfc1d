"""The two kinds of processes that judge programs, from outside: one runs a case, one is a checker of the user's."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from kgents.errors import UsageError
from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.forkserver import SandboxFault
from kgents.sandbox.inside import values
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.program import Program
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.stdio.inside.texts import receive_text, send_text

_CASE = "kgents.verify.stdio.inside.running:main"
_CHECKER = "kgents.verify.stdio.inside.checking:main"
_INSIDE = tuple(f"kgents.verify.stdio.inside.{name}" for name in ("texts", "streams", "running", "checking"))
_PRELOAD = ("shutil", "tempfile")  # what a folder in memory needs
_BROKEN = (OSError, EOFError, ValueError, RecursionError, KeyError)
RUNS = Program(_CASE, modules=_INSIDE, preload=_PRELOAD)  # what runs a candidate
_CHECKING = 60.0  # seconds for one opinion of a checker


@dataclass(slots=True)
class Ran:
    """What a program did with one standard input.

    raised      (exception, text, line of the program or None) that ended it
    value       what the function returned, where one was called and returned
    unreadable  [kind, message, line] of what is no program; missing: names that it lacks
    whole       it told its end; else `ended` says how it died, `late` that it took too long
    """

    stdout: str = ""
    complaint: str = ""
    exit: int = 0
    raised: tuple[str, str, int | None] | None = None
    value: Any = None
    returned: bool = False
    unreadable: list[Any] | None = None
    missing: tuple[str, ...] = ()
    forbidden: str = ""
    whole: bool = False
    late: bool = False
    ended: Ended = field(default_factory=Ended)


def run_case(sandbox: Sandbox, job: Mapping[str, object], stdin: str, wall: float) -> Ran:
    """Runs a program in a process of its own. What it does is in the result; SandboxFault is ours.

    job  source, defined, entry, args (encoded), prelude, seconds
    """
    program = replace(RUNS, limits=sandbox.candidate.limits, environment=sandbox.environment)
    process = sandbox.start(program, wall + 1)
    ran = Ran()
    try:
        channel = TimedChannel(process.socket, time.monotonic() + wall)
        with suppress(BrokenPipeError, ConnectionResetError):  # it may have said already why it is not run
            channel.send(dict(job))
            send_text(channel, stdin)
        _read(channel, ran)
        ran.whole = True
    except TimeoutError:
        ran.late = True
    except SandboxFault:
        raise
    except _BROKEN:
        pass
    finally:
        ran.ended = sandbox.left(process, wait=not ran.whole)
    return ran


def _read(channel: TimedChannel, ran: Ran) -> None:
    """Fills in what the process tells. ValueError where it has another form than ours."""
    told = channel.receive()
    if not isinstance(told, dict):
        raise ValueError("no end of a program")
    if "unreadable" in told:
        kind, message, line = told["unreadable"]
        ran.unreadable = [str(kind)[:100], str(message)[:300], line if type(line) is int else None]
        return
    if told.get("missing"):
        ran.missing = tuple(str(name)[:200] for name in list(told["missing"])[:100])
        return
    if type(told.get("exit")) is not int:
        raise ValueError("no end of a program")
    ran.exit = told["exit"]
    ran.complaint = str(told.get("complaint", ""))[:300]
    ran.forbidden = str(told.get("forbidden", ""))[:60]
    if told.get("raised") is not None:
        name, text, line = told["raised"]
        ran.raised = (str(name)[:100], str(text)[:300], line if type(line) is int else None)
    if "value" in told:
        try:
            ran.value, ran.returned = values.decode(told["value"]), True
        except values.MALFORMED as wrong:
            raise ValueError("no value") from wrong
    ran.stdout = receive_text(channel)


class Checker:
    """A checker of the user's, in a process of its own: it sees outputs of candidates as text. `close` ends it."""

    def __init__(self, source: str, sandbox: Sandbox) -> None:
        program = sandbox.program(_CHECKER, modules=_INSIDE, limits=sandbox.candidate.limits)
        self._sandbox = sandbox
        self._process = sandbox.start(program, _CHECKING * 60)
        channel = TimedChannel(self._process.socket, time.monotonic() + _CHECKING)
        try:
            channel.send({"source": source})
            told = channel.receive()
        except (*_BROKEN, TimeoutError) as wrong:
            self.close()
            raise SandboxFault(f"the checker's process ended: {wrong}") from wrong
        if "unusable" in told:
            self.close()
            raise UsageError(f"--checker cannot be loaded: {told['unusable']}", "define check(stdin, expected, got)")

    def difference(self, stdin: str, expected: str, got: str) -> str | None:
        """Why an output is not right, None where it is; that the checker raises on it is a reason. SandboxFault where its
        process does not live through it.
        """
        channel = TimedChannel(self._process.socket, time.monotonic() + _CHECKING)
        try:
            for text in (stdin, expected, got):
                send_text(channel, text)
            told = channel.receive()
        except (*_BROKEN, TimeoutError) as wrong:
            raise SandboxFault("the process of --checker ended, or took too long on an output") from wrong
        if "broken" in told:
            return f"check() raised {told['broken']}"
        return None if told["right"] else str(told["why"]) or "the checker says no"

    def close(self) -> None:
        """Ends its process."""
        self._sandbox.left(self._process, wait=False)
