"""What one end does when the other asks: calls, attributes, special methods, coroutines, line-ups, patches."""

import asyncio
import builtins
import copy
import inspect
import sys
import threading
from collections.abc import Callable
from typing import Any

from .lineup import line_up

_LOOP: list[asyncio.AbstractEventLoop] = []
_TASKS: dict[int, tuple[Any, asyncio.Task[Any]]] = {}  # coroutines that were begun, by id
_POLL = 0.05  # seconds after which the other end looks again, at most
_IDLE = 0.001  # where nothing is due at this end


def perform(operation: Any, thing: Any, arguments: list[Any], keywords: dict[str, object]) -> Any:
    """The answer to one operation. ValueError for one that there is not; else what it raises."""
    if operation == "call":
        return thing(*arguments, **keywords)
    done = _OPERATIONS.get(operation)
    if done is None:
        raise ValueError("no such operation")
    return done(thing, *arguments)


def _dunder(thing: Any, name: str, *arguments: Any) -> Any:
    if name in ("__exit__", "__aexit__") and len(arguments) == 3 and arguments[2] is True:
        arguments = (*arguments[:2], _traceback(arguments[1]))
    return getattr(type(thing), name)(thing, *arguments)


def _traceback(wrong: Any) -> Any:
    """A traceback of this process for an exception that was raised in the other one."""
    try:
        raise wrong
    except BaseException:
        return sys.exc_info()[2]


def awaited(thing: Any) -> Any:
    """What a coroutine returns; in a thread of its own where a loop runs in this one already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _driven(thing)
    answers: list[tuple[bool, Any]] = []

    def run() -> None:
        try:
            answers.append((True, asyncio.run(_whole(thing))))
        except BaseException as wrong:
            answers.append((False, wrong))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    fine, answer = answers[0]
    if not fine:
        raise answer
    return answer


def _driven(thing: Any) -> Any:
    """By a loop, or by hand where the system gives none."""
    whole = _whole(thing)
    try:
        loop = _loop()
    except OSError:
        try:
            while True:
                whole.send(None)
        except StopIteration as end:
            return end.value
    return loop.run_until_complete(whole)


async def _whole(thing: Any) -> Any:
    return await thing


def _loop() -> asyncio.AbstractEventLoop:
    if not _LOOP:
        _LOOP.append(asyncio.new_event_loop())
    return _LOOP[0]


def _step(thing: Any, turns: bool) -> float | None:
    """Seconds until a coroutine, which is begun at first, may go on here; None where it has ended, or must not wait.

    turns  whether the loop that it is on makes a turn; never that which runs in this thread: it is that of whoever waits for
           the other end, and turns by itself in between
    """
    try:
        loop: Any = asyncio.get_running_loop()
        runs = True
    except RuntimeError:
        runs = False
        try:
            loop = _loop()
        except OSError:
            return None
    if id(thing) not in _TASKS:
        _TASKS[id(thing)] = (thing, loop.create_task(_whole(thing)))
        return 0.0
    task = _TASKS[id(thing)][1]
    if turns is True and not runs:
        loop.call_soon(loop.stop)
        loop.run_forever()
    if task.done():
        return None
    if loop._ready or not loop._scheduled:
        return _IDLE if runs and not loop._ready else 0.0
    return float(max(0.0, min(loop._scheduled[0].when() - loop.time(), _POLL)))


def _ended(thing: Any) -> Any:
    """What a coroutine comes to."""
    _, task = _TASKS.pop(id(thing), (None, None))
    if task is None:
        return awaited(thing)
    return task.result() if task.done() else _loop().run_until_complete(task)


def _cancel(thing: Any) -> None:
    """Cancels a coroutine that was begun, and waits until it has ended, unless the loop that runs has to see to it."""
    _, task = _TASKS.pop(id(thing), (None, None))
    if task is not None and not task.done():
        task.cancel()
        if not task.get_loop().is_running():
            task.get_loop().run_until_complete(asyncio.wait([task]))


def _signature(thing: Any) -> list[tuple[str, int, bool, Any]]:
    return [
        (
            each.name,
            int(each.kind),
            each.default is not each.empty,
            None if each.default is each.empty else each.default,
        )
        for each in inspect.signature(thing).parameters.values()
    ]


def _patch(thing: None, module: str, name: str, value: Any) -> None:
    """Gives a module of the standard library, or one that is loaded, another attribute."""
    setattr(sys.modules.get(module) or __import__(module, fromlist=["x"]), name, value)


def _directory(thing: Any) -> list[str]:
    return dir(thing)


_OPERATIONS: dict[Any, Callable[..., Any]] = {
    "get": getattr,
    "set": setattr,
    "del": delattr,
    "dunder": _dunder,
    "dir": _directory,
    "await": _ended,
    "step": _step,
    "cancel": _cancel,
    "next": next,
    "send": lambda thing, sent: thing.send(sent),
    "throw": lambda thing, wrong: thing.throw(wrong),
    "close": lambda thing: thing.close(),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "signature": _signature,
    "input": lambda thing, *prompt: builtins.input(*prompt),
    "readline": lambda thing, *size: sys.stdin.readline(*size),
    "read": lambda thing, *size: sys.stdin.read(*size),
    "line-up": lambda thing, *row: line_up(thing, row),
    "patch": _patch,
}
