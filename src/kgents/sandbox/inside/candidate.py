"""The candidate's process: loads a program, calls what it is told to call, and answers with plain values.

Rule: nothing that is answered here is trusted. Expected values never enter this process.
"""

import sys
import types
from typing import TYPE_CHECKING, Any

from kgents.sandbox.inside import values as codec
from kgents.sandbox.inside import watch
from kgents.sandbox.inside.facts import UNREADABLE, compiled, error_of, unbound
from kgents.sandbox.inside.rehearsing import rehearsed

if TYPE_CHECKING:
    from kgents.sandbox.inside.messages import Answer

_SCALARS = frozenset({int, float, str, bool, type(None), bytes, complex})


class _CallTimeout(BaseException):
    pass


def main(fd: int) -> None:
    """Loads the candidate, then calls what it is told to call, some at a time, until the channel ends."""
    channel = codec.Channel(fd)
    job = channel.receive()
    module = types.ModuleType("candidate")
    sys.modules["candidate"] = module
    names = module.__dict__
    try:
        program, missing = compiled(job["source"], job["defined"])
    except UNREADABLE as wrong:
        channel.send({"unreadable": error_of(wrong)})
        return
    try:
        exec(program, names)
        told: Answer = {"ok": True}
        missing = unbound(missing, names)
    except BaseException as wrong:
        told = raised(wrong)
    if missing:
        channel.send({"missing": missing})
    channel.send(told)
    while True:
        try:
            calls = channel.receive()
        except EOFError:
            return
        for entry, arguments, keywords in calls:
            channel.send(_answer(names, entry, arguments, keywords, job["seconds"]))


def rehearse_main() -> None:
    """Judges a small program in this process: see `rehearsing`."""
    program = "def f(a, b=0):\n    return [a, b, {}, (), '', 1.5]\n"
    calls = [["f", [number, "text", 2.5, [1]][:2], None] for number in range(4)]
    job = {"source": program, "defined": ["f"], "seconds": 0.0}
    rehearsed(main, b"".join(codec.frame(codec.dumps(each)) for each in (job, calls)))
    del sys.modules["candidate"]
    watch.attempts.clear()


def _answer(names: dict[str, Any], entry: str, encoded: Any, keywords: Any, seconds: float) -> "Answer":
    """The answer to one call; with a limit of CPU `seconds` also what it took."""
    if not seconds:
        try:
            return _called(names, entry, encoded, keywords)
        except BaseException as wrong:
            return raised(wrong)
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
        answer = raised(wrong)
    return {**answer, "cpu_s": time.process_time() - begun}


def _called(names: dict[str, Any], entry: str, encoded: Any, keywords: Any) -> "Answer":
    arguments = codec.decode(encoded)
    if entry.endswith("()"):
        return {"value": codec.encode(_played(names[entry.removesuffix("()")], *arguments))}
    value = names[entry](*arguments, **(codec.decode(keywords) if keywords else {}))
    if hasattr(type(value), "__await__"):
        value = _awaited(value)
    answer: Answer = {"value": codec.encode(value)}
    if any(type(argument) not in _SCALARS for argument in arguments):
        left = codec.encode(arguments)
        if left != encoded:
            answer["args"] = left
    return answer


def _played(kind: Any, made_with: list[Any], script: list[Any]) -> list[Any]:
    """What an object answers to a script, step by step, and what it shows afterwards."""
    thing = kind(*made_with)
    answers: list[Any] = []
    for name, arguments in script:
        try:
            attribute = getattr(thing, name)
            value = attribute(*arguments) if callable(attribute) else attribute
            answers.append(_plain(_awaited(value) if hasattr(type(value), "__await__") else value, thing))
        except Exception as wrong:
            answers.append(("raised", type(wrong).__name__))
    shown = [(name, _plain(value, thing)) for name, value in sorted(getattr(thing, "__dict__", {}).items())]
    return [answers, [pair for pair in shown if not pair[0].startswith("_")]]


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


def raised(wrong: BaseException) -> "Answer":
    kind = type(wrong)
    try:
        text = str(wrong)[:300]
    except BaseException:
        text = "?"
    answer: Answer = {"raised": [kind.__name__, [base.__name__ for base in kind.__mro__][:12], text]}
    return {**answer, "forbidden": watch.attempts[0]} if watch.attempts else answer
