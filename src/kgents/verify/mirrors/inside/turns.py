"""Coroutines, futures and loops of both ends: what waits at one end goes on together with what waits at the other.

For one turn of the tests' loop the candidate's makes one, whoever asks for it: a coroutine that is waited for, or, while
none is, a call of the loop itself, so that tasks which the candidate left running go on.
"""

import asyncio
import threading
import weakref
from collections.abc import Callable
from typing import Any

_LOOP: list[asyncio.AbstractEventLoop] = []
_TASKS: dict[int, tuple[Any, asyncio.Task[Any]]] = {}  # coroutines that were begun, by id
_TURNED: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()  # which asked the other end's loop in this turn
_KEPT: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()  # which will ask for a turn by themselves
_WAITED: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, int] = weakref.WeakKeyDictionary()  # by coroutines
_POLL = 0.05  # seconds after which the other end looks again, at most
_IDLE = 0.001  # where nothing is due at this end


def on_loop(thing: Any, arguments: list[Any], keywords: dict[str, object]) -> Any:
    """What a call returns that the other end makes on a running loop: one runs here as well."""
    if asyncio._get_running_loop() is not None:
        return thing(*arguments, **keywords)
    asyncio._set_running_loop(_loop())
    try:
        return thing(*arguments, **keywords)
    finally:
        asyncio._set_running_loop(None)


def renew(thing: None) -> None:
    """Ends the loop of this end, as `asyncio.run` ends one: the other end has a new one."""
    _TASKS.clear()
    loop = _LOOP[0] if _LOOP else None
    if loop is None or loop.is_running() or loop.is_closed() or asyncio._get_running_loop() is not None:
        return
    _LOOP.clear()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=1))
    loop.close()


def turn(thing: None) -> float | None:
    """One turn of the loop of this end; seconds until the next is due, None where nothing is left on it."""
    if not _LOOP or _LOOP[0].is_closed():
        return None
    loop: Any = _LOOP[0]
    if asyncio._get_running_loop() is None and (loop._ready or loop._scheduled):
        loop.call_soon(loop.stop)
        loop.run_forever()
    return _due(loop) if loop._ready or loop._scheduled or asyncio.all_tasks(loop) else None


def _due(loop: Any) -> float:
    """Seconds until something on a loop may go on."""
    if loop._ready:
        return 0.0
    if not loop._scheduled:
        return _IDLE
    return float(max(0.0, min(loop._scheduled[0].when() - loop.time(), _POLL)))


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


def step(thing: Any, turns: bool) -> float | None:
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
    return _due(loop)


def ended(thing: Any) -> Any:
    """What a coroutine comes to."""
    _, task = _TASKS.pop(id(thing), (None, None))
    if task is None:
        return awaited(thing)
    return task.result() if task.done() else _loop().run_until_complete(task)


def cancel(thing: Any) -> None:
    """Cancels a coroutine that was begun, and waits until it has ended, unless the loop that runs has to see to it."""
    _, task = _TASKS.pop(id(thing), (None, None))
    if task is not None and not task.done():
        task.cancel()
        if not task.get_loop().is_running():
            task.get_loop().run_until_complete(asyncio.wait([task]))


def coroutine_of(peer: Any, original: Callable[[], Any]) -> Any:
    """A local coroutine that has the one which `found` gives run to its end. On asyncio it goes on in steps, so that time
    limits, cancelling and other tasks of both ends come in between; for one turn of this loop the other makes one.
    """

    async def run() -> Any:
        loop = asyncio._get_running_loop()
        if loop is None:
            return peer.ask("await", original())
        _WAITED[loop] = _WAITED.get(loop, 0) + 1
        try:
            await _stepped(peer, original)
        finally:
            _WAITED[loop] -= 1
            if peer.guard is not None:
                keep_turning(peer)
        return peer.ask("await", original())

    return run()


async def _stepped(peer: Any, original: Callable[[], Any]) -> None:
    while (due := peer.ask("step", original(), _turns())) is not None:
        try:
            await asyncio.sleep(float(due))
        except asyncio.CancelledError:
            peer.ask("cancel", original())
            raise


def _turns() -> bool:
    """Whether nobody has asked the other loop for a turn in this turn of the loop."""
    loop = asyncio.get_running_loop()
    if loop in _TURNED:
        return False
    _TURNED.add(loop)
    loop.call_soon(_TURNED.discard, loop)
    return True


def keep_turning(peer: Any) -> None:
    """Has the loop that runs here, where one does, ask the other end for a turn in each of its own until nothing is left."""
    loop = asyncio._get_running_loop()
    if loop is not None and loop not in _KEPT and not _WAITED.get(loop):
        _KEPT.add(loop)
        loop.call_soon(_tick, peer, loop)


def _tick(peer: Any, loop: asyncio.AbstractEventLoop) -> None:
    _KEPT.discard(loop)
    if _WAITED.get(loop):
        return
    due = peer.ask("turn", None) if _turns() else 0.0
    if due is None or loop in _KEPT:
        return
    _KEPT.add(loop)
    loop.call_later(float(due), _tick, peer, loop) if due else loop.call_soon(_tick, peer, loop)


def future_body(peer: Any) -> dict[str, object]:
    """What the class of futures and tasks of the other end has, so that asyncio takes them for some here."""
    return {
        "_asyncio_future_blocking": False,
        "_cancel_message": None,
        "_make_cancelled_error": lambda future: asyncio.CancelledError(),
        "__await__": lambda future: coroutine_of(peer, lambda: future).__await__(),
        "get_loop": lambda future: asyncio._get_running_loop() or _loop(),
    }


def is_future(value: object) -> bool:
    """Whether it is a future or a task of asyncio."""
    return asyncio.isfuture(value)


def is_loop(value: object) -> bool:
    """Whether it is a loop of asyncio."""
    return isinstance(value, asyncio.AbstractEventLoop)


def loop_of_this_end() -> asyncio.AbstractEventLoop:
    """The loop that goes on with that of the other end."""
    return asyncio._get_running_loop() or _loop()
