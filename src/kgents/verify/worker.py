"""What runs inside the sandbox: the side of the candidate, and the side of the oracle.

Rule: nothing the candidate's side says is trusted. Expected values never enter it: it is told what to call with which
arguments, and answers with plain values. The oracle's side runs tests; it never sees the candidate's code.
"""

import os
import sys
import types
from typing import Any

from kgents.verify import codec
from kgents.verify.collection import collected
from kgents.verify.proxy import CandidateDied, Line, Proxy

_SCALARS = frozenset({int, float, str, bool, type(None), bytes, complex})
REHEARSALS = 20


class _CallTimeout(BaseException):
    pass


def candidate_main(fd: int) -> None:
    """Loads the candidate, then calls what it is told to call, some at a time, until the channel ends."""
    channel = codec.Channel(fd)
    job = channel.receive_job()
    module = types.ModuleType("candidate")
    sys.modules["candidate"] = module
    names = module.__dict__
    try:
        exec(job["program"] if "program" in job else compile(job["source"], "<candidate>", "exec"), names)
        channel.send({"ok": True})
    except BaseException as wrong:
        channel.send(_raised(wrong))
    while True:
        try:
            calls = channel.receive()
        except EOFError:
            return
        for entry, arguments, keywords in calls:
            channel.send(_answer(names, entry, arguments, keywords, job["seconds"]))


def rehearse() -> None:
    """Judges a small program in this process, some times over: what the interpreter does only once per process, such as
    specialising code and looking up names, need not be done in every child.
    """
    import socket

    program = "def f(a, b=0):\n    return [a, b, {}, (), '', 1.5]\n"
    calls = [["f", [number, "text", 2.5, [1]][:2], None] for number in range(4)]
    job = codec.job({"program": compile(program, "<candidate>", "exec"), "seconds": 0.0})
    for _ in range(REHEARSALS):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.sendall(codec.frame(job) + codec.frame(codec.dumps(calls)))
            ours.shutdown(socket.SHUT_WR)
            candidate_main(theirs.fileno())
    del sys.modules["candidate"]


def _answer(names: dict[str, Any], entry: str, encoded: Any, keywords: Any, seconds: float) -> Any:
    """The answer to one call; with a limit of CPU `seconds` also what it took."""
    if not seconds:
        try:
            return _called(names, entry, encoded, keywords)
        except BaseException as wrong:
            return _raised(wrong)
    import signal
    import time

    def ring(*_: Any) -> None:
        raise _CallTimeout

    begun = time.process_time()
    try:
        signal.signal(signal.SIGPROF, ring)
        try:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            answer = _called(names, entry, encoded, keywords)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except BaseException as wrong:
        answer = _raised(wrong)
    return {**answer, "cpu_s": time.process_time() - begun}


def _called(names: dict[str, Any], entry: str, encoded: Any, keywords: Any) -> dict[str, Any]:
    arguments = codec.decode(encoded)
    if entry.endswith("()"):
        return {"value": codec.encode(_played(names[entry.removesuffix("()")], *arguments))}
    value = names[entry](*arguments, **(codec.decode(keywords) if keywords else {}))
    if hasattr(type(value), "__await__"):
        value = _awaited(value)
    answer = {"value": codec.encode(value)}
    if any(type(argument) not in _SCALARS for argument in arguments):
        left = codec.encode(arguments)
        if left != encoded:
            answer["args"] = left
    return answer


def _played(kind: Any, made_with: list[Any], script: list[Any]) -> list[Any]:
    """What an object answers to a script, step by step, and what it shows afterwards."""
    thing = kind(*made_with)
    said: list[Any] = []
    for name, arguments in script:
        try:
            found = getattr(thing, name)
            value = found(*arguments) if callable(found) else found
            said.append(_plain(_awaited(value) if hasattr(type(value), "__await__") else value, thing))
        except Exception as wrong:
            said.append(("raised", type(wrong).__name__))
    shown = [(name, _plain(value, thing)) for name, value in sorted(getattr(thing, "__dict__", {}).items())]
    return [said, [pair for pair in shown if not pair[0].startswith("_")]]


def _plain(value: Any, thing: Any) -> Any:
    """A value of an object's answer; objects of the candidate's own classes by the name of their class."""
    if value is thing:
        return ("itself",)
    own = type(value).__module__ == "candidate" and not hasattr(type(value), "__dataclass_fields__")
    return ("object", type(value).__name__) if own else value


def _awaited(value: Any) -> Any:
    """Drives a coroutine that waits for nothing outside; sockets for an event loop are not to be had in here."""
    try:
        while True:
            value.send(None)
    except StopIteration as end:
        return end.value


def _raised(wrong: BaseException) -> Any:
    kind = type(wrong)
    try:
        text = str(wrong)[:300]
    except BaseException:
        text = "?"
    return {"raised": [kind.__name__, [base.__name__ for base in kind.__mro__][:12], text]}


def oracle_main(fd: int) -> None:
    """Runs test programs against proxies, one after another; says whether each passed, and why not."""
    import gc
    import random
    import socket

    channel = codec.Channel(fd)
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fd)
    chance = random.getstate()
    while True:
        header, descriptors, _, _ = socket.recv_fds(end, 4, 1)
        if len(header) < 4 or not descriptors:
            return
        job = channel.receive_job(header)
        channel.send(_verdict(job, codec.Channel(descriptors[0])))
        os.close(descriptors[0])
        random.setstate(chance)
        for module in job["modules"]:
            sys.modules.pop(module, None)
        gc.collect()


def _verdict(job: Any, candidate: codec.Channel) -> dict[str, Any]:
    said: dict[str, Any] = {"passed": False, "calls": 0}
    proxies: list[Proxy] = []
    line = Line(candidate, job["foreseen"])
    try:
        _oracle(job, line, proxies, said)
    except BaseException as wrong:
        said["error"] = _told(wrong)
        said["died"] = isinstance(wrong, CandidateDied)
    said["calls"] = sum(proxy.calls for proxy in proxies)
    if said["passed"] and not said["calls"]:
        said.update(passed=False, error="the tests never called the candidate")
    if line.strayed:
        said.update(passed=False, strayed=True)
    return said


def inside_main(fd: int) -> None:
    """Runs a candidate and its tests in one process; what it says is not to be believed without controls."""
    channel = codec.Channel(fd)
    job = channel.receive()
    module = types.ModuleType("candidate")
    sys.modules["candidate"] = module
    said: dict[str, Any] = {"passed": False}
    try:
        try:
            exec(compile(job["source"], "<candidate>", "exec"), module.__dict__)
        except BaseException as wrong:
            said.update(died=True, load=_raised(wrong)["raised"])
            raise
        names: dict[str, Any] = {"__name__": "tests"}
        for other in job["modules"]:
            sys.modules[other] = module
        exec(compile(job["setup"], "<setup>", "exec"), names)
        names.update({name: module.__dict__[name] for name in job["names"] if name in module.__dict__})
        exec(compile(job["tests"], "<tests>", "exec"), names)
        said["cases"] = collected(names, job["names"], job["entry"], said)
        said["passed"] = True
    except BaseException as wrong:
        said["error"] = _told(wrong)
    channel.send(said)


def _oracle(job: Any, line: Line, proxies: list[Proxy], said: dict[str, Any]) -> None:
    try:
        loaded = line.receive()
    except CandidateDied as wrong:
        raise CandidateDied(f"while it was loaded: {wrong}") from None
    if loaded.get("ok") is not True:
        said["load"] = loaded.get("raised")
        raise CandidateDied("it could not be loaded")
    names: dict[str, Any] = {"__name__": "tests"}
    for name in job["names"]:
        proxies.append(Proxy(line, name))
        names[name] = proxies[-1]
    for module in job["modules"]:
        sys.modules[module] = stand_in = types.ModuleType(module)
        stand_in.__dict__.update({proxy.__name__: proxy for proxy in proxies})
    exec(job["setup"], names)
    for proxy in proxies:
        names[proxy.__name__] = proxy
    if job["mode"] == "doctest":
        said["cases"] = _doctests(job["tests"], names)
    else:
        exec(job["tests"], names)
        said["cases"] = collected(names, job["names"], job["entry"], said)
    said["passed"] = True


def _doctests(text: str, names: dict[str, Any]) -> int:
    import doctest

    parsed = doctest.DocTestParser().get_doctest(text, names, "spec", None, 0)
    wrong: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(parsed, out=wrong.append)
    if runner.failures:
        lines = [line.strip() for line in "".join(wrong).splitlines() if line.strip() and not line.startswith("*")]
        raise AssertionError(" ".join(lines[1:])[:300])
    return len(parsed.examples)


def _told(wrong: BaseException) -> str:
    try:
        text = str(wrong)[:300]
    except BaseException:
        text = "?"
    line = next((frame for frame in _lines(wrong)), None)
    place = f" (line {line} of the tests)" if line else ""
    return f"{type(wrong).__name__}{': ' if text else ''}{text}{place}"


def _lines(wrong: BaseException) -> list[int]:
    lines: list[int] = []
    trace = wrong.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<tests>":
            lines.insert(0, trace.tb_lineno)
        trace = trace.tb_next
    return lines
