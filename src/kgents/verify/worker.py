"""The processes that run tests: against a candidate that is elsewhere, or beside it.

Rule: the oracle's process never sees the candidate's code, and what the candidate's process says is not trusted.
"""

import os
import sys
import types
from typing import Any

from kgents.sandbox.inside import values as codec
from kgents.sandbox.inside.candidate import raised
from kgents.verify.collection import collected
from kgents.verify.proxy import CandidateDied, Line, Proxy


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
        job = channel.receive(header)
        channel.send(_verdict(job, codec.Channel(descriptors[0])))
        os.close(descriptors[0])
        random.setstate(chance)
        for module in job["modules"]:
            sys.modules.pop(module, None)
        gc.collect()


def _verdict(job: Any, candidate: codec.Channel) -> dict[str, Any]:
    said: dict[str, Any] = {"passed": False, "calls": 0}
    proxies: list[Proxy] = []
    line = Line(candidate, [[call.encode() for call in wave] for wave in job["foreseen"]])
    try:
        _oracle(job, line, proxies, said)
    except BaseException as wrong:
        said["error"] = _told(wrong)
        said["died"] = isinstance(wrong, CandidateDied)
        if line.forbidden:
            said["forbidden"] = line.forbidden
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
            said.update(died=True, load=raised(wrong)["raised"])
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
    if loaded.get("missing"):
        said["missing"] = loaded["missing"]
        raise CandidateDied("it lacks a name")
    if "missing" in loaded:
        loaded = line.receive()
    if "unreadable" in loaded:
        said["unreadable"] = loaded["unreadable"]
        raise CandidateDied("it is no program")
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
    exec(compile(job["setup"], "<setup>", "exec", dont_inherit=True), names)
    for proxy in proxies:
        names[proxy.__name__] = proxy
    if job["mode"] == "doctest":
        said["cases"] = _doctests(job["tests"], names)
    else:
        exec(compile(job["tests"], "<tests>", "exec", dont_inherit=True), names)
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
