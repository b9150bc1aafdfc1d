"""Tests that hand objects of the standard library, and of their own, to the candidate: right ones pass, wrong ones fail."""

from typing import NamedTuple


class Changed(NamedTuple):
    """A wrong program: lines of a right one, by its number, that are others."""

    right: int
    lines: tuple[tuple[str, str], ...]

    def of(self, programs: tuple[str, ...]) -> str:
        """The text, made of the right ones."""
        text = programs[self.right]
        for before, after in self.lines:
            assert text.count(f"\n{before}\n") == 1, before
            text = text.replace(f"\n{before}\n", f"\n{after}\n")
        return text


COUNTED = (  # a queue that is counted and not emptied
    """    async def main():
        n = 0
        while not q.empty():
            n += await q.get()
        return n
    return asyncio.run(main())""",
    "    return q.qsize() * 2",
)

LENT: dict[str, tuple[str, tuple[str, ...], tuple[Changed, ...]]] = {
    "coroutines: asyncio queue": (
        """
import asyncio
import pytest
def test_consume_all():
    async def main():
        q = asyncio.Queue()
        for n in range(4):
            q.put_nowait(n)
        got = await drain(q)
        assert got == [0, 1, 2, 3]
        assert q.empty()
        await asyncio.wait_for(q.join(), 0.5)
    asyncio.run(main())
@pytest.mark.asyncio
async def test_producer_consumer():
    q = asyncio.Queue(maxsize=2)
    async def producer():
        for n in range(6):
            await q.put(n)
        await q.put(None)
    task = asyncio.create_task(producer())
    assert await consume(q) == [0, 2, 4, 6, 8, 10]
    await task
@pytest.mark.asyncio
async def test_produce():
    q = asyncio.Queue(maxsize=1)
    task = asyncio.create_task(produce(q, "abc"))
    seen = []
    while (item := await q.get()) is not None:
        seen.append(item)
    await task
    assert seen == ["a", "b", "c"] and q.qsize() == 0
@pytest.mark.asyncio
async def test_nothing_there():
    q = asyncio.Queue()
    assert await first_or(q, "default", 0.01) == "default"
    q.put_nowait(5)
    assert await first_or(q, "default", 0.01) == 5
@pytest.mark.asyncio
async def test_full():
    q = asyncio.PriorityQueue(1)
    assert offer(q, (2, "b")) is True
    assert offer(q, (1, "a")) is False
    assert q.get_nowait() == (2, "b")
""",
        (
            """
import asyncio
async def drain(q):
    out = []
    while not q.empty():
        out.append(await q.get())
        q.task_done()
    return out
async def consume(q):
    out = []
    while True:
        item = await q.get()
        if item is None:
            return out
        out.append(item * 2)
async def produce(q, items):
    for item in items:
        await q.put(item)
    await q.put(None)
async def first_or(q, default, seconds):
    try:
        return await asyncio.wait_for(q.get(), seconds)
    except asyncio.TimeoutError:
        return default
def offer(q, item):
    try:
        q.put_nowait(item)
    except asyncio.QueueFull:
        return False
    return True
""",
            """
import asyncio
async def drain(q):
    out = []
    while True:
        try:
            out.append(q.get_nowait())
            q.task_done()
        except asyncio.QueueEmpty:
            return out
async def consume(q: asyncio.Queue):
    assert isinstance(q, asyncio.Queue)
    return [item * 2 async for item in _items(q)]
async def _items(q):
    while (item := await q.get()) is not None:
        yield item
async def produce(q, items):
    [await q.put(item) for item in [*items, None]]
async def first_or(q, default, seconds):
    try:
        async with asyncio.timeout(seconds):
            return await q.get()
    except TimeoutError:
        return default
def offer(q, item):
    if q.full():
        return False
    q.put_nowait(item)
    return True
""",
        ),
        (
            Changed(0, (("        q.task_done()", ""),)),
            Changed(
                0,
                (
                    ("    for item in items:", "    for item in reversed(items):"),
                    (
                        """    try:
        return await asyncio.wait_for(q.get(), seconds)
    except asyncio.TimeoutError:
        return default""",
                        "    return q.get_nowait() if not q.empty() else default",
                    ),
                    (
                        """    try:
        q.put_nowait(item)
    except asyncio.QueueFull:
        return False""",
                        "    q._queue.append(item)",
                    ),
                ),
            ),
        ),
    ),
    "coroutines: asyncio events and locks": (
        """
import asyncio
import pytest
@pytest.mark.asyncio
async def test_wait_for_event():
    event = asyncio.Event()
    order = []
    async def setter():
        await asyncio.sleep(0)
        order.append("set")
        event.set()
    task = asyncio.create_task(setter())
    assert await after(event, lambda: order.append("after") or "ok") == "ok"
    await task
    assert order == ["set", "after"]
@pytest.mark.asyncio
async def test_signals():
    event = asyncio.Event()
    await signal(event)
    assert event.is_set()
@pytest.mark.asyncio
async def test_lock_is_held():
    lock = asyncio.Lock()
    state = {"n": 0}
    async def slow():
        n = state["n"]
        assert lock.locked()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        state["n"] = n + 1
    await asyncio.gather(*(guarded(lock, slow) for _ in range(5)))
    assert state["n"] == 5
    assert not lock.locked()
@pytest.mark.asyncio
async def test_released_after_error():
    lock = asyncio.Lock()
    async def bad():
        raise ValueError("no")
    with pytest.raises(ValueError):
        await guarded(lock, bad)
    assert not lock.locked()
@pytest.mark.asyncio
async def test_semaphore():
    live, most = [], []
    sem = asyncio.Semaphore(2)
    async def job(n):
        live.append(n); most.append(len(live))
        await asyncio.sleep(0)
        live.remove(n)
        return n
    assert await pooled(sem, [lambda n=n: job(n) for n in range(5)]) == [0, 1, 2, 3, 4]
    assert max(most) == 2
""",
        (
            """
import asyncio
async def after(event, f):
    await event.wait()
    return f()
async def signal(event):
    event.set()
async def guarded(lock, job):
    async with lock:
        return await job()
async def pooled(sem, jobs):
    async def one(job):
        async with sem:
            return await job()
    return await asyncio.gather(*(one(job) for job in jobs))
""",
            """
import asyncio
async def after(event, f):
    if not event.is_set():
        await event.wait()
    return f()
async def signal(event):
    if event.is_set():
        return
    event.set()
async def guarded(lock, job):
    await lock.acquire()
    try:
        return await job()
    finally:
        lock.release()
async def pooled(sem, jobs):
    async def one(job):
        await sem.acquire()
        try:
            return await job()
        finally:
            sem.release()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(job)) for job in jobs]
    return [task.result() for task in tasks]
""",
        ),
        (
            Changed(0, (("    await event.wait()", ""),)),
            Changed(
                0,
                (
                    (
                        """    async with lock:
        return await job()""",
                        """    await lock.acquire()
    result = await job()
    lock.release()
    return result""",
                    ),
                ),
            ),
            Changed(
                0,
                (
                    (
                        """    async def one(job):
        async with sem:
            return await job()
    return await asyncio.gather(*(one(job) for job in jobs))""",
                        "    return await asyncio.gather(*(job() for job in jobs))",
                    ),
                ),
            ),
        ),
    ),
    "coroutines: asyncio condition and barrier": (
        """
import pytest
import asyncio
@pytest.mark.asyncio
async def test_condition():
    cond = asyncio.Condition()
    items = []
    async def add():
        for n in range(3):
            async with cond:
                items.append(n)
                cond.notify_all()
            await asyncio.sleep(0)
    task = asyncio.create_task(add())
    assert await wait_for_len(cond, items, 3) == [0, 1, 2]
    await task
@pytest.mark.asyncio
async def test_notify():
    cond = asyncio.Condition()
    woken = []
    async def waiter(n):
        async with cond:
            await cond.wait()
            woken.append(n)
    tasks = [asyncio.create_task(waiter(n)) for n in range(3)]
    await asyncio.sleep(0)
    await wake_one(cond)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(woken) == 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
@pytest.mark.asyncio
async def test_stream_reader():
    reader = asyncio.StreamReader()
    reader.feed_data(b"a=1\\nb=2\\n")
    reader.feed_eof()
    assert await pairs(reader) == {"a": "1", "b": "2"}
@pytest.mark.asyncio
async def test_stream_later():
    reader = asyncio.StreamReader()
    async def feed():
        for part in (b"x", b"=", b"9\\n"):
            reader.feed_data(part)
            await asyncio.sleep(0)
        reader.feed_eof()
    task = asyncio.create_task(feed())
    assert await pairs(reader) == {"x": "9"}
    await task
""",
        (
            """
async def wait_for_len(cond, items, n):
    async with cond:
        await cond.wait_for(lambda: len(items) >= n)
        return list(items)
async def wake_one(cond):
    async with cond:
        cond.notify()
async def pairs(reader):
    out = {}
    while line := await reader.readline():
        k, v = line.decode().strip().split("=")
        out[k] = v
    return out
""",
            """
async def wait_for_len(cond, items, n):
    async with cond:
        while len(items) < n:
            await cond.wait()
        return list(items)
async def wake_one(cond):
    async with cond:
        cond.notify(1)
async def pairs(reader):
    out = {}
    async for line in reader:
        k, _, v = line.decode().rstrip("\\n").partition("=")
        out[k] = v
    return out
""",
        ),
        (Changed(0, (("        cond.notify()", "        cond.notify_all()"),)),),
    ),
    "coroutines: asyncio futures and tasks": (
        """
import asyncio
import pytest
@pytest.mark.asyncio
async def test_resolves():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    resolve(future, 42)
    assert future.done() and future.result() == 42
@pytest.mark.asyncio
async def test_resolves_once():
    future = asyncio.get_running_loop().create_future()
    future.set_result(1)
    resolve(future, 42)
    assert future.result() == 1
@pytest.mark.asyncio
async def test_awaits():
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, 7)
    assert await doubled(future) == 14
@pytest.mark.asyncio
async def test_tasks():
    async def job(n):
        for _ in range(n):
            await asyncio.sleep(0)
        return n
    tasks = [asyncio.create_task(job(n)) for n in (3, 1, 2)]
    assert await results(tasks) == [3, 1, 2]
@pytest.mark.asyncio
async def test_first():
    cancelled = []
    async def job(n):
        try:
            for _ in range(n * 20):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            cancelled.append(n)
            raise
        return n
    tasks = [asyncio.create_task(job(n)) for n in (3, 1, 2)]
    assert await first(tasks) == 1
    await asyncio.sleep(0)
    assert sorted(cancelled) == [2, 3]
    assert tasks[0].cancelled() and tasks[1].done()
@pytest.mark.asyncio
async def test_error():
    async def bad():
        raise KeyError("x")
    task = asyncio.create_task(bad())
    assert await outcome(task) == "KeyError"
    async def good():
        return 5
    assert await outcome(asyncio.create_task(good())) == 5
@pytest.mark.asyncio
async def test_callback():
    future = asyncio.get_running_loop().create_future()
    seen = []
    on_done(future, seen.append)
    future.set_result("r")
    for _ in range(5):
        await asyncio.sleep(0)
    assert seen == ["r"]
""",
        (
            """
import asyncio
def resolve(future, value):
    if not future.done():
        future.set_result(value)
async def doubled(future):
    return 2 * await future
async def results(tasks):
    return await asyncio.gather(*tasks)
async def first(tasks):
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return done.pop().result()
async def outcome(task):
    try:
        return await task
    except Exception as wrong:
        return type(wrong).__name__
def on_done(future, f):
    future.add_done_callback(lambda fut: f(fut.result()))
""",
            """
import asyncio
def resolve(future, value):
    try:
        future.set_result(value)
    except asyncio.InvalidStateError:
        pass
async def doubled(future):
    return (await asyncio.wait_for(future, 5)) * 2
async def results(tasks):
    return [await task for task in tasks]
async def first(tasks):
    for done in asyncio.as_completed(tasks):
        value = await done
        break
    for task in tasks:
        if not task.done():
            task.cancel()
    return value
async def outcome(task):
    await asyncio.wait([task])
    wrong = task.exception()
    return task.result() if wrong is None else type(wrong).__name__
def on_done(future, f):
    def call(done):
        assert done is future and done.done()
        f(done.result())
    future.add_done_callback(call)
""",
        ),
        (
            Changed(
                0,
                (
                    (
                        """    if not future.done():
        future.set_result(value)""",
                        "    future.set_result(value)",
                    ),
                    ("    await asyncio.gather(*pending, return_exceptions=True)", ""),
                ),
            ),
            Changed(
                0,
                (
                    (
                        """    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)""",
                        "",
                    ),
                ),
            ),
            Changed(
                0,
                (
                    ("    return await asyncio.gather(*tasks)", "    return sorted(await asyncio.gather(*tasks))"),
                    ("    await asyncio.gather(*pending, return_exceptions=True)", ""),
                    (
                        "    future.add_done_callback(lambda fut: f(fut.result()))",
                        "    future.add_done_callback(lambda fut: f(fut))",
                    ),
                ),
            ),
        ),
    ),
    "coroutines: asyncio groups and loops": (
        """
import pytest
import asyncio
@pytest.mark.asyncio
async def test_group():
    seen = []
    async def job(n):
        await asyncio.sleep(0)
        seen.append(n)
    async with asyncio.TaskGroup() as group:
        spawn(group, job, [1, 2, 3])
    assert sorted(seen) == [1, 2, 3]
@pytest.mark.asyncio
async def test_own_jobs():
    async with asyncio.TaskGroup() as group:
        tasks = squares(group, [1, 2, 3])
    assert [task.result() for task in tasks] == [1, 4, 9]
@pytest.mark.asyncio
async def test_loop():
    loop = asyncio.get_running_loop()
    seen = []
    later(loop, seen.append, "x")
    assert seen == []
    for _ in range(5):
        await asyncio.sleep(0)
    assert seen == ["x"]
def test_own_loop():
    loop = asyncio.new_event_loop()
    async def job():
        await asyncio.sleep(0)
        return 3
    try:
        assert run_on(loop, job()) == 3
    finally:
        loop.close()
def test_queue_made_outside():
    q = asyncio.Queue()
    for n in (1, 2, 3):
        q.put_nowait(n)
    assert total(q) == 6
""",
        (
            """
import asyncio
def spawn(group, job, items):
    for item in items:
        group.create_task(job(item))
def squares(group, items):
    async def square(n):
        await asyncio.sleep(0)
        return n * n
    return [group.create_task(square(n)) for n in items]
def later(loop, f, *args):
    loop.call_soon(f, *args)
def run_on(loop, job):
    return loop.run_until_complete(job)
def total(q):
    async def main():
        n = 0
        while not q.empty():
            n += await q.get()
        return n
    return asyncio.run(main())
""",
            """
import asyncio
def spawn(group, job, items):
    return [group.create_task(job(item), name=str(item)) for item in items]
async def _square(n):
    return n * n
def squares(group, items):
    return [group.create_task(_square(n)) for n in items]
def later(loop, f, *args):
    assert loop is asyncio.get_event_loop()
    loop.call_later(0, f, *args)
def run_on(loop, job):
    task = loop.create_task(job)
    return loop.run_until_complete(task)
def total(q):
    n = 0
    while not q.empty():
        n += q.get_nowait()
    return n
""",
        ),
        (
            Changed(
                0,
                (
                    ("    for item in items:", "    for item in items[:-1]:"),
                    COUNTED,
                ),
            ),
            Changed(
                0,
                (
                    (
                        """        await asyncio.sleep(0)
        return n * n""",
                        "        return n * 2",
                    ),
                    COUNTED,
                ),
            ),
            Changed(
                0,
                (
                    ("        await asyncio.sleep(0)", ""),
                    ("    loop.call_soon(f, *args)", "    f(*args)"),
                    COUNTED,
                ),
            ),
        ),
    ),
    "queues and threads": (
        """
import queue, threading
import pytest
def test_drain():
    q = queue.Queue()
    for n in range(3):
        q.put(n)
    assert drain(q) == [0, 1, 2]
    assert q.empty()
    assert q.unfinished_tasks == 0
def test_simple_queue():
    q = queue.SimpleQueue()
    q.put("a")
    assert drain_simple(q) == ["a"]
def test_event():
    stop = threading.Event()
    stop.set()
    assert loop_until(stop, lambda: 1 / 0) == 0
    stop.clear()
    n = []
    def tick():
        n.append(1)
        if len(n) == 3:
            stop.set()
    assert loop_until(stop, tick) == 3
def test_lock():
    lock = threading.Lock()
    seen = []
    assert locked(lock, lambda: seen.append(lock.locked())) is None
    assert seen == [True] and not lock.locked()
    def bad():
        raise ValueError
    with pytest.raises(ValueError):
        locked(lock, bad)
    assert not lock.locked()
def test_condition():
    c = threading.Condition()
    assert with_condition(c) == "ok"
def test_semaphore():
    s = threading.Semaphore(1)
    assert attempt(s) is True
    assert attempt(s) is False
def test_local_and_timer():
    box = threading.local()
    remember(box, 5)
    assert box.value == 5
def test_barrier():
    b = threading.Barrier(1)
    assert pass_barrier(b) == 0
""",
        (
            """
import queue
def drain(q):
    out = []
    while True:
        try:
            out.append(q.get_nowait())
        except queue.Empty:
            return out
        q.task_done()
def drain_simple(q):
    out = []
    while not q.empty():
        out.append(q.get())
    return out
def loop_until(stop, f):
    n = 0
    while not stop.is_set():
        f()
        n += 1
    return n
def locked(lock, f):
    with lock:
        return f()
def with_condition(c):
    with c:
        c.notify_all()
        return "ok"
def attempt(s):
    return s.acquire(blocking=False)
def remember(box, value):
    box.value = value
def pass_barrier(b):
    return b.wait()
""",
            """
import queue, threading
def drain(q):
    assert isinstance(q, queue.Queue)
    out = []
    while not q.empty():
        out.append(q.get(timeout=1))
        q.task_done()
    q.join()
    return out
def drain_simple(q):
    out = []
    try:
        while True:
            out.append(q.get(block=False))
    except queue.Empty:
        return out
def loop_until(stop, f):
    n = 0
    while not stop.wait(0):
        f()
        n += 1
    return n
def locked(lock, f):
    lock.acquire()
    try:
        f()
    finally:
        lock.release()
def with_condition(c):
    c.acquire()
    c.notify(1)
    c.release()
    return "ok"
def attempt(s):
    return s.acquire(timeout=0)
def remember(box, value):
    setattr(box, "value", value)
def pass_barrier(b):
    return b.wait(timeout=1)
""",
        ),
        (
            Changed(
                0,
                (
                    (
                        """    out = []
    while True:
        try:
            out.append(q.get_nowait())
        except queue.Empty:
            return out
        q.task_done()""",
                        "    return [q.get() for _ in range(q.qsize())]",
                    ),
                ),
            ),
            Changed(
                0,
                (
                    (
                        """    with lock:
        return f()""",
                        """    lock.acquire()
    f()
    lock.release()""",
                    ),
                ),
            ),
        ),
    ),
    "streams": (
        """
import io, pathlib
import pytest
def test_text():
    f = io.StringIO("a 1\\nb 2\\n\\nc 3")
    assert table(f) == {"a": 1, "b": 2, "c": 3}
    assert f.read() == ""
def test_writes():
    out = io.StringIO()
    report(out, {"x": 1, "y": 2})
    assert out.getvalue() == "x: 1\\ny: 2\\n"
def test_bytes():
    f = io.BytesIO(b"\\x00\\x05hello\\x00\\x02hi")
    assert messages(f) == [b"hello", b"hi"]
def test_not_closed():
    f = io.StringIO("a 1")
    table(f)
    assert not f.closed
def test_path(tmp_path):
    p = tmp_path / "in.txt"
    p.write_text("q 7\\n")
    assert table_of(p) == {"q": 7}
    assert isinstance(p, pathlib.Path)
    with p.open() as f:
        assert table(f) == {"q": 7}
def test_tail():
    f = io.BytesIO(b"x" * 100 + b"end")
    assert last(f, 3) == b"end"
    assert f.tell() == 103
def test_csv_and_json():
    import json
    f = io.StringIO("n,v\\na,1\\nb,2\\n")
    assert rows(f) == [{"n": "a", "v": "1"}, {"n": "b", "v": "2"}]
    assert load(io.StringIO('{"a": [1]}')) == {"a": [1]}
    out = io.StringIO()
    dump({"k": 1}, out)
    assert json.loads(out.getvalue()) == {"k": 1}
def test_copy():
    a, b = io.BytesIO(b"abc" * 5), io.BytesIO()
    assert copied(a, b) == 15
    assert b.getvalue() == b"abc" * 5
""",
        (
            """
import csv, json, shutil
def table(f):
    out = {}
    for line in f:
        if line.strip():
            k, v = line.split()
            out[k] = int(v)
    return out
def report(out, d):
    for k, v in d.items():
        print(f"{k}: {v}", file=out)
def messages(f):
    out = []
    while head := f.read(2):
        out.append(f.read(int.from_bytes(head, "big")))
    return out
def table_of(p):
    with p.open() as f:
        return table(f)
def last(f, n):
    f.seek(-n, 2)
    return f.read()
def rows(f):
    return list(csv.DictReader(f))
def load(f):
    return json.load(f)
def dump(d, out):
    json.dump(d, out)
def copied(a, b):
    shutil.copyfileobj(a, b)
    return b.tell()
""",
            """
import csv, io, json, os
def table(f):
    return {k: int(v) for k, v in (line.split() for line in f.read().splitlines() if line)}
def report(out, d):
    assert isinstance(out, io.TextIOBase)
    out.writelines(f"{k}: {v}\\n" for k, v in d.items())
def messages(f):
    data, out = f.getvalue() if hasattr(f, "getvalue") else f.read(), []
    while data:
        n = int.from_bytes(data[:2], "big")
        out.append(data[2:2 + n])
        data = data[2 + n:]
    return out
def table_of(p):
    return table(io.StringIO(p.read_text()))
def last(f, n):
    f.seek(0, os.SEEK_END)
    f.seek(f.tell() - n)
    return f.read(n)
def rows(f):
    lines = [line.rstrip("\\n").split(",") for line in f.readlines()]
    return [dict(zip(lines[0], line)) for line in lines[1:]]
def load(f):
    return json.loads(f.read())
def dump(d, out):
    out.write(json.dumps(d))
def copied(a, b):
    return b.write(a.read())
""",
        ),
        (
            Changed(
                0,
                (
                    (
                        "            out[k] = int(v)",
                        """            out[k] = int(v)
    f.close()""",
                    ),
                ),
            ),
            Changed(
                0,
                (
                    ('        print(f"{k}: {v}", file=out)', '        print(f"{k}: {v}")'),
                    (
                        '        out.append(f.read(int.from_bytes(head, "big")))',
                        '        out.append(f.read(int.from_bytes(head, "little")))',
                    ),
                ),
            ),
        ),
    ),
    "dates and numbers of the tests": (
        """
import datetime, decimal
from decimal import Decimal
import pytest
class Frozen(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 2, 29, 12, 0, tzinfo=tz)
class Tz(datetime.tzinfo):
    def utcoffset(self, when): return datetime.timedelta(hours=5, minutes=30)
    def dst(self, when): return datetime.timedelta(0)
    def tzname(self, when): return "IST"
class Money(Decimal):
    pass
def test_subclass():
    assert days_between(Frozen(2024, 1, 1), Frozen(2024, 3, 1)) == 60
    assert stamp(Frozen(2024, 1, 2, 3, 4)) == "2024-01-02 03:04"
def test_class_handed():
    assert is_leap_today(Frozen) is True
def test_tz():
    when = datetime.datetime(2024, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
    assert local(when, Tz()).isoformat() == "2024-01-01T05:30:00+05:30"
def test_context():
    context = decimal.Context(prec=4, rounding=decimal.ROUND_DOWN)
    assert divide(Decimal(2), Decimal(3), context) == Decimal("0.6666")
    assert decimal.getcontext().prec == 28
def test_localcontext():
    with decimal.localcontext() as c:
        c.prec = 5
        assert third() == Decimal("0.33333")
def test_number_subclass():
    assert total([Money("1.10"), Money("2.20")]) == Decimal("3.30")
def test_bool_and_int_kinds():
    class Age(int): pass
    assert older(Age(3)) == 4
""",
        (
            """
import decimal
from decimal import Decimal
def days_between(a, b):
    return (b - a).days
def stamp(when):
    return when.strftime("%Y-%m-%d %H:%M")
def is_leap_today(kind):
    year = kind.now().year
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
def local(when, tz):
    return when.astimezone(tz)
def divide(a, b, context):
    return context.divide(a, b)
def third():
    return Decimal(1) / Decimal(3)
def total(items):
    return sum(items, Decimal(0))
def older(age):
    return age + 1
""",
            """
import calendar, decimal
def days_between(a, b):
    return b.toordinal() - a.toordinal()
def stamp(when):
    return f"{when:%Y-%m-%d %H:%M}"
def is_leap_today(kind):
    return calendar.isleap(kind.now().year)
def local(when, tz):
    return (when + tz.utcoffset(when)).replace(tzinfo=tz)
def divide(a, b, context):
    with decimal.localcontext(context):
        return a / b
def third():
    return 1 / decimal.Decimal(3)
def total(items):
    t = decimal.Decimal("0")
    for item in items:
        t += item
    return t
def older(age):
    return int(age) + 1
""",
        ),
        (
            Changed(
                0,
                (
                    (
                        """    year = kind.now().year
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)""",
                        """    import datetime
    return datetime.datetime.now().year == 2024""",
                    ),
                ),
            ),
            Changed(
                0,
                (
                    (
                        """    year = kind.now().year
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)""",
                        "    return kind.now().year == 2023",
                    ),
                    ("    return Decimal(1) / Decimal(3)", '    return Decimal("0.33333")'),
                ),
            ),
        ),
    ),
    "iterators and managers": (
        """
import contextlib, itertools
import pytest
def numbers(log):
    try:
        for n in range(100):
            log.append(n)
            yield n
    finally:
        log.append("closed")
class Countdown:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n == 0: raise StopIteration
        self.n -= 1
        return self.n
class Room:
    def __init__(self): self.log = []
    def __enter__(self): self.log.append("in"); return self
    def __exit__(self, kind, wrong, trace):
        self.log.append(kind.__name__ if kind else "out")
        return kind is KeyError
def test_lazy():
    log = []
    assert take(numbers(log), 3) == [0, 1, 2]
    assert log == [0, 1, 2, "closed"]
def test_own_iterator():
    it = Countdown(4)
    assert take(it, 2) == [3, 2] and it.n == 2
def test_infinite():
    assert take(itertools.count(5), 2) == [5, 6]
    assert take(itertools.repeat("x"), 2) == ["x", "x"]
    assert take(iter([1]), 5) == [1]
    assert take(map(str, range(9)), 1) == ["0"]
    assert take(zip("ab", "cd"), 1) == [("a", "c")]
def test_pairs():
    assert list(pairs(iter("abcde"))) == [("a", "b"), ("c", "d")]
def test_room():
    room = Room()
    assert inside(room, lambda r: len(r.log)) == 1
    assert room.log == ["in", "out"]
    assert inside(room, lambda r: {}["x"]) is None
    with pytest.raises(ZeroDivisionError):
        inside(room, lambda r: 1 / 0)
    assert room.log[-1] == "ZeroDivisionError"
def test_contextmanager():
    log = []
    @contextlib.contextmanager
    def cm():
        log.append("in")
        try:
            yield 7
        finally:
            log.append("out")
    assert inside(cm(), lambda n: n * 2) == 14
    assert log == ["in", "out"]
def test_exit_stack():
    log = []
    with contextlib.ExitStack() as stack:
        register(stack, lambda: log.append("bye"))
        assert log == []
    assert log == ["bye"]
def test_closing():
    log = []
    g = numbers(log)
    assert take_and_close(g, 2) == [0, 1]
    assert log == [0, 1, "closed"]
""",
        (
            """
from itertools import islice
def take(it, n):
    return list(islice(it, n))
def pairs(it):
    return zip(it, it)
def inside(cm, f):
    with cm as value:
        return f(value)
def register(stack, f):
    stack.callback(f)
def take_and_close(g, n):
    out = take(g, n)
    g.close()
    return out
""",
            """
import contextlib
def take(it, n):
    out = []
    if n:
        for item in it:
            out.append(item)
            if len(out) == n:
                break
    return out
def pairs(it):
    while True:
        try:
            yield next(it), next(it)
        except StopIteration:
            return
def inside(cm, f):
    with contextlib.ExitStack() as stack:
        return f(stack.enter_context(cm))
def register(stack, f):
    stack.push(lambda *exc: f() and False)
def take_and_close(g, n):
    with contextlib.closing(g):
        return [next(g) for _ in range(n)]
""",
        ),
        (
            Changed(
                0,
                (
                    ("    return list(islice(it, n))", "    return list(it)[:n]"),
                    ("    out = take(g, n)", "    out = list(islice(g, n))"),
                ),
            ),
            Changed(
                0,
                (
                    (
                        """    with cm as value:
        return f(value)""",
                        """    value = cm.__enter__()
    result = f(value)
    cm.__exit__(None, None, None)
    return result""",
                    ),
                ),
            ),
            Changed(0, (("    stack.callback(f)", "    f()"),)),
        ),
    ),
    "context variables": (
        """
import contextvars, asyncio
VAR = contextvars.ContextVar("VAR", default="none")
USER = contextvars.ContextVar("USER")
def test_reads():
    assert read(VAR) == "none"
    token = VAR.set("here")
    try:
        assert read(VAR) == "here"
    finally:
        VAR.reset(token)
def test_with_default():
    assert read_or(USER, "anon") == "anon"
def test_sets_and_resets():
    seen = []
    assert scoped(VAR, "inner", lambda: seen.append(VAR.get())) is None
    assert seen == ["inner"] and VAR.get() == "none"
def test_context():
    context = contextvars.copy_context()
    context.run(VAR.set, "ctx")
    assert run_in(context, lambda: VAR.get()) == "ctx"
    assert VAR.get() == "none"
""",
        (
            """
def read(var):
    return var.get()
def read_or(var, default):
    return var.get(default)
def scoped(var, value, f):
    token = var.set(value)
    try:
        f()
    finally:
        var.reset(token)
def run_in(context, f):
    return context.run(f)
""",
            """
def read(var):
    return var.get()
def read_or(var, default):
    try:
        return var.get()
    except LookupError:
        return default
def scoped(var, value, f):
    old = var.get()
    var.set(value)
    f()
    var.set(old)
def run_in(context, f):
    return context.run(lambda: f())
""",
        ),
        (
            Changed(
                0,
                (
                    (
                        """    try:
        f()
    finally:
        var.reset(token)""",
                        "    f()",
                    ),
                ),
            ),
            Changed(0, (("    return context.run(f)", "    return f()"),)),
        ),
    ),
    "data classes of the tests": (
        """
import dataclasses, enum, typing, collections
from dataclasses import dataclass, field, replace
import pytest
@dataclass
class Item:
    name: str
    price: float
    tags: list = field(default_factory=list)
    @property
    def label(self): return f"{self.name}@{self.price}"
@dataclass(frozen=True, order=True)
class P:
    x: int
    y: int
class Color(enum.Enum):
    RED = 1
    BLUE = 2
class Row(typing.NamedTuple):
    a: int
    b: str = "d"
Pt = collections.namedtuple("Pt", "x y")
class Bag(collections.UserDict):
    pass
class Stack(collections.UserList):
    pass
class Text(str):
    pass
def test_total():
    assert total([Item("a", 1.5), Item("b", 2.0)]) == 3.5
    assert cheapest([Item("a", 1.5), Item("b", 0.5)]).name == "b"
    items = [Item("a", 1.5)]
    assert cheapest(items) is items[0]
def test_changes():
    item = Item("a", 1.0)
    assert tagged(item, "new") is item
    assert item.tags == ["new"] and item.label == "a@1.0"
def test_raised():
    item = Item("a", 1.0)
    assert raised(item, 2).price == 3.0 and item.price == 1.0
    assert isinstance(raised(item, 2), Item)
def test_fields():
    assert as_row(Item("a", 1.0, ["t"])) == {"name": "a", "price": 1.0, "tags": ["t"]}
def test_points():
    assert biggest([P(1, 2), P(3, 0), P(2, 9)]) == P(3, 0)
    assert swapped(P(1, 2)) == P(2, 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        move(P(1, 2))
def test_enum():
    assert names(Color) == ["RED", "BLUE"]
    assert other(Color.RED) is Color.BLUE
    assert {Color.RED: 1}[pick(Color, "RED")] == 1
def test_tuples():
    assert swap_row(Row(1, "x")) == ("x", 1)
    assert renamed(Row(1)) == Row(2, "d") and isinstance(renamed(Row(1)), Row)
    assert width([Pt(0, 0), Pt(5, 1)]) == 5
def test_collections():
    bag = Bag(a=1)
    bump(bag, "a"); bump(bag, "b")
    assert bag == {"a": 2, "b": 1}
    stack = Stack([1, 2])
    assert push(stack, 3) == 3 and list(stack) == [1, 2, 3]
    chain = collections.ChainMap({"a": 1}, {"a": 2, "b": 3})
    assert flat(chain) == {"a": 1, "b": 3}
    d = collections.defaultdict(list)
    group(d, ["aa", "b", "cc"])
    assert d == {2: ["aa", "cc"], 1: ["b"]}
    assert shout(Text("hi")) == "HI"
""",
        (
            """
from dataclasses import replace, asdict
def total(items): return sum(item.price for item in items)
def cheapest(items): return min(items, key=lambda item: item.price)
def tagged(item, tag):
    item.tags.append(tag)
    return item
def raised(item, by): return replace(item, price=item.price + by)
def as_row(item): return asdict(item)
def biggest(points): return max(points)
def swapped(p): return type(p)(p.y, p.x)
def move(p): p.x = 5
def names(kind): return [each.name for each in kind]
def other(color):
    return next(each for each in type(color) if each is not color)
def pick(kind, name): return kind[name]
def swap_row(row):
    a, b = row
    return (b, a)
def renamed(row): return row._replace(a=row.a + 1)
def width(points): return max(p.x for p in points) - min(p.x for p in points)
def bump(bag, key): bag[key] = bag.get(key, 0) + 1
def push(stack, item):
    stack.append(item)
    return len(stack)
def flat(chain): return dict(chain)
def group(d, words):
    for word in words: d[len(word)].append(word)
def shout(text): return text.upper()
""",
            """
import dataclasses, copy
def total(items):
    t = 0
    for item in items: t += item.price
    return t
def cheapest(items): return sorted(items, key=lambda item: item.price)[0]
def tagged(item, tag):
    item.tags = item.tags + [tag]
    return item
def raised(item, by):
    new = copy.copy(item)
    new.price += by
    return new
def as_row(item): return {f.name: getattr(item, f.name) for f in dataclasses.fields(item)}
def biggest(points): return sorted(points)[-1]
def swapped(p): return p.__class__(x=p.y, y=p.x)
def move(p): setattr(p, "x", 5)
def names(kind): return list(kind.__members__)
def other(color):
    return type(color).BLUE if color.name == "RED" else type(color).RED
def pick(kind, name): return getattr(kind, name)
def swap_row(row): return (row.b, row.a)
def renamed(row): return type(row)(row.a + 1, *row[1:])
def width(points):
    xs = [x for x, _ in points]
    return max(xs) - min(xs)
def bump(bag, key):
    if key in bag: bag[key] += 1
    else: bag[key] = 1
def push(stack, item):
    stack += [item]
    return len(stack)
def flat(chain): return {k: chain[k] for k in chain}
def group(d, words):
    for word in words: d[len(word)] += [word]
def shout(text): return "".join(c.upper() for c in text)
""",
        ),
        (
            Changed(
                0,
                (
                    (
                        "def cheapest(items): return min(items, key=lambda item: item.price)",
                        "def cheapest(items): return replace(min(items, key=lambda item: item.price))",
                    ),
                ),
            ),
            Changed(
                0,
                (
                    (
                        "def raised(item, by): return replace(item, price=item.price + by)",
                        """def raised(item, by):
    item.price += by
    return item""",
                    ),
                ),
            ),
        ),
    ),
    "callables": (
        """
import functools, operator
from unittest import mock
from concurrent.futures import ThreadPoolExecutor, Future
import pytest
class Adder:
    def __init__(self, n): self.n = n
    def __call__(self, x, *, twice=False): return (x + self.n) * (2 if twice else 1)
    def add(self, x): return x + self.n
    @staticmethod
    def one(x): return 1
    @classmethod
    def make(cls, n): return cls(n)
@functools.lru_cache
def cached(n): return n * 10
def test_kinds():
    assert apply(Adder(1), 4) == 5
    assert apply(Adder(2).add, 4) == 6
    assert apply(Adder.one, 4) == 1
    assert apply(functools.partial(pow, 2), 3) == 8
    assert apply(operator.itemgetter(1), "abc") == "b"
    assert apply(operator.attrgetter("real"), 3) == 3
    assert apply(str.upper, "a") == "A"
    assert apply(len, [1]) == 1
    assert apply(cached, 4) == 40 and cached.cache_info().currsize == 1
    assert apply(Adder.make, 3).n == 3
def test_keyword():
    assert apply_twice(Adder(1), 2) == 6
def test_names():
    def foo(a, b=2): "Doc."
    assert described(foo) == ("foo", 2)
    assert described(lambda *a: 0) == ("<lambda>", 1)
def test_wraps():
    @logged
    def bar(x):
        "Bar."
        return x
    assert bar.__name__ == "bar" and bar.__doc__ == "Bar." and bar(3) == 3
    assert bar.__wrapped__(4) == 4
def test_recursion():
    def fact(n, rec): return 1 if n == 0 else n * rec(n - 1, rec)
    assert fix(fact)(5) == 120
def test_pool():
    with ThreadPoolExecutor(2) as pool:
        assert mapped(pool, abs, [-1, 2, -3]) == [1, 2, 3]
def test_future():
    f = Future()
    finish(f, 3)
    assert f.result(0) == 3
def test_mock():
    m = mock.Mock(return_value=5)
    assert apply(m, 1) == 5
    m.assert_called_once_with(1)
    m = mock.Mock(side_effect=[ValueError, 7])
    assert retried(m) == 7 and m.call_count == 2
""",
        (
            """
import functools, inspect
def apply(f, x): return f(x)
def apply_twice(f, x): return f(x, twice=True)
def described(f): return f.__name__, len(inspect.signature(f).parameters)
def logged(f):
    @functools.wraps(f)
    def inner(*a, **k): return f(*a, **k)
    return inner
def fix(f):
    return lambda n: f(n, f)
def mapped(pool, f, xs): return list(pool.map(f, xs))
def finish(f, v): f.set_result(v)
def retried(f):
    try: return f()
    except ValueError: return f()
""",
            """
import functools, inspect
def apply(f, x): return (lambda *a: f(*a))(x)
def apply_twice(f, x): return functools.partial(f, twice=True)(x)
def described(f): return f.__qualname__.split(".")[-1], len(inspect.getfullargspec(f).args or [0])
def logged(f):
    def inner(*a, **k): return f(*a, **k)
    functools.update_wrapper(inner, f)
    return inner
def fix(f): return functools.partial(lambda n, g: g(n, g), g=f)
def mapped(pool, f, xs):
    futures = [pool.submit(f, x) for x in xs]
    return [future.result() for future in futures]
def finish(f, v):
    if not f.done(): f.set_result(v)
def retried(f):
    while True:
        try: return f()
        except ValueError: continue
""",
        ),
        (
            Changed(0, (("def apply_twice(f, x): return f(x, twice=True)", "def apply_twice(f, x): return f(f(x))"),)),
            Changed(0, (("    @functools.wraps(f)", ""),)),
        ),
    ),
    "coroutines: async iterators and managers": (
        """
import asyncio, contextlib
import pytest
async def numbers(n, log):
    try:
        for i in range(n):
            await asyncio.sleep(0)
            yield i
    finally:
        log.append("closed")
class Pages:
    def __init__(self, *pages): self.pages = list(pages)
    def __aiter__(self): return self
    async def __anext__(self):
        await asyncio.sleep(0)
        if not self.pages: raise StopAsyncIteration
        return self.pages.pop(0)
class Session:
    def __init__(self): self.log = []
    async def __aenter__(self):
        await asyncio.sleep(0)
        self.log.append("open"); return self
    async def __aexit__(self, *exc):
        self.log.append("close")
    async def get(self, url):
        await asyncio.sleep(0)
        if url == "bad": raise ConnectionError(url)
        return {"url": url}
@pytest.mark.asyncio
async def test_collect():
    log = []
    assert await collect(numbers(4, log)) == [0, 1, 2, 3] and log == ["closed"]
    assert await collect(Pages("a", "b")) == ["a", "b"]
@pytest.mark.asyncio
async def test_session():
    session = Session()
    assert await fetch(session, ["x", "y"]) == ["x", "y"]
    assert session.log == ["open", "close"]
    with pytest.raises(ConnectionError):
        await fetch(session, ["bad"])
    assert session.log == ["open", "close"] * 2
@pytest.mark.asyncio
async def test_acm():
    log = []
    @contextlib.asynccontextmanager
    async def cm():
        log.append("in")
        try: yield "v"
        finally: log.append("out")
    assert await within(cm()) == "v" and log == ["in", "out"]
@pytest.mark.asyncio
async def test_timeouts():
    async def slow():
        await asyncio.sleep(.3)
    assert await limited(slow, 0.01) == "late"
    async def fast(): return "ok"
    assert await limited(fast, 1) == "ok"
""",
        (
            """
import asyncio
async def collect(it): return [x async for x in it]
async def fetch(session, urls):
    async with session as s:
        return [(await s.get(u))["url"] for u in urls]
async def within(cm):
    async with cm as v:
        return v
async def limited(f, s):
    try: return await asyncio.wait_for(f(), s)
    except asyncio.TimeoutError: return "late"
""",
            """
import asyncio, contextlib
async def collect(it):
    out = []
    it = aiter(it)
    while True:
        try: out.append(await anext(it))
        except StopAsyncIteration: return out
async def fetch(session, urls):
    async with contextlib.AsyncExitStack() as stack:
        s = await stack.enter_async_context(session)
        answers = await asyncio.gather(*(s.get(u) for u in urls))
        return [a["url"] for a in answers]
async def within(cm):
    v = await cm.__aenter__()
    await cm.__aexit__(None, None, None)
    return v
async def limited(f, s):
    task = asyncio.create_task(f())
    done, _ = await asyncio.wait({task}, timeout=s)
    if done: return task.result()
    task.cancel()
    return "late"
""",
        ),
        (
            Changed(
                0,
                (
                    (
                        "async def collect(it): return [x async for x in it]",
                        "async def collect(it): return [x async for x in it][:3]",
                    ),
                ),
            ),
            Changed(
                0,
                (
                    (
                        """    async with session as s:
        return [(await s.get(u))["url"] for u in urls]""",
                        """    s = await session.__aenter__()
    out = [(await s.get(u))["url"] for u in urls]
    await session.__aexit__(None, None, None)
    return out""",
                    ),
                ),
            ),
            Changed(
                0,
                (
                    (
                        """    try: return await asyncio.wait_for(f(), s)
    except asyncio.TimeoutError: return "late\"""",
                        "    return await f()",
                    ),
                ),
            ),
        ),
    ),
    "coroutines: background tasks": (
        """
import asyncio
import pytest
@pytest.mark.asyncio
async def test_ticker():
    seen = []
    t = Ticker(lambda: seen.append(1), 0.01)
    await t.start()
    await asyncio.sleep(0.06)
    await t.stop()
    n = len(seen)
    assert n >= 3
    await asyncio.sleep(0.03)
    assert len(seen) == n
@pytest.mark.asyncio
async def test_spawned():
    seen = []
    task = spawn(seen.append, "x")
    assert seen == []
    await asyncio.sleep(0.02)
    assert seen == ["x"] and task.done()
@pytest.mark.asyncio
async def test_cancelled():
    task = spawn_forever()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
@pytest.mark.asyncio
async def test_debounce():
    seen = []
    d = debounced(seen.append, 0.01)
    d(1); d(2); d(3)
    await asyncio.sleep(0.05)
    assert seen == [3]
@pytest.mark.asyncio
async def test_workers():
    q = asyncio.Queue()
    out = []
    workers = start_workers(q, out, 2)
    for n in range(6):
        await q.put(n)
    await asyncio.wait_for(q.join(), 2)
    for w in workers: w.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    assert sorted(out) == [0, 1, 4, 9, 16, 25]
@pytest.mark.asyncio
async def test_shared_state():
    bus = Bus()
    inbox = bus.subscribe("a")
    await bus.publish("a", 1)
    assert await asyncio.wait_for(inbox.get(), 1) == 1
    assert inbox.empty()
""",
        (
            """
import asyncio
class Ticker:
    def __init__(self, f, every):
        self.f, self.every, self.task = f, every, None
    async def _run(self):
        while True:
            await asyncio.sleep(self.every)
            self.f()
    async def start(self):
        self.task = asyncio.create_task(self._run())
    async def stop(self):
        self.task.cancel()
        try: await self.task
        except asyncio.CancelledError: pass
def spawn(f, x):
    async def job():
        await asyncio.sleep(0)
        f(x)
    return asyncio.create_task(job())
def spawn_forever():
    return asyncio.ensure_future(asyncio.sleep(1000))
def debounced(f, wait):
    handle = None
    def call(*a):
        nonlocal handle
        if handle: handle.cancel()
        handle = asyncio.get_running_loop().call_later(wait, f, *a)
    return call
def start_workers(q, out, n):
    async def work():
        while True:
            x = await q.get()
            out.append(x * x)
            q.task_done()
    return [asyncio.create_task(work()) for _ in range(n)]
class Bus:
    def __init__(self): self.subs = {}
    def subscribe(self, topic):
        q = asyncio.Queue()
        self.subs.setdefault(topic, []).append(q)
        return q
    async def publish(self, topic, item):
        for q in self.subs.get(topic, []): await q.put(item)
""",
        ),
        (
            Changed(
                0,
                (
                    (
                        """        self.task.cancel()
        try: await self.task
        except asyncio.CancelledError: pass""",
                        "        pass",
                    ),
                    (
                        """    handle = None
    def call(*a):
        nonlocal handle
        if handle: handle.cancel()
        handle = asyncio.get_running_loop().call_later(wait, f, *a)
    return call""",
                        "    return f",
                    ),
                    (
                        """    async def work():
        while True:
            x = await q.get()
            out.append(x * x)
            q.task_done()
    return [asyncio.create_task(work()) for _ in range(n)]""",
                        "    return []",
                    ),
                    (
                        """    def __init__(self): self.subs = {}
    def subscribe(self, topic):
        q = asyncio.Queue()
        self.subs.setdefault(topic, []).append(q)
        return q
    async def publish(self, topic, item):
        for q in self.subs.get(topic, []): await q.put(item)""",
                        "    pass",
                    ),
                ),
            ),
        ),
    ),
    "loggers and options": (
        """
import argparse, configparser, logging
import pytest
def test_logger(caplog):
    logger = logging.getLogger("app")
    with caplog.at_level(logging.INFO, logger="app"):
        announce(logger, ["a", "b"])
    assert [r.getMessage() for r in caplog.records] == ["got a", "got b"]
    assert caplog.records[0].levelname == "INFO"
def test_adapter(caplog):
    adapter = logging.LoggerAdapter(logging.getLogger("app"), {"id": 1})
    with caplog.at_level(logging.INFO, logger="app"):
        announce(adapter, ["z"])
    assert caplog.messages == ["got z"]
def test_parser():
    parser = argparse.ArgumentParser()
    add_options(parser)
    args = parser.parse_args(["--count", "3"])
    assert args.count == 3
    assert parser.parse_args([]).count == 1
def test_config():
    config = configparser.ConfigParser()
    config.read_string("[a]\\nx = 5\\n")
    assert setting(config, "a", "x", 0) == 5
    assert setting(config, "a", "y", 7) == 7
    assert setting(config, "b", "y", 7) == 7
""",
        (
            """
def announce(logger, items):
    for item in items:
        logger.info("got %s", item)
def add_options(parser):
    parser.add_argument("--count", type=int, default=1)
def setting(config, section, key, default):
    return config.getint(section, key, fallback=default)
""",
            """
def announce(logger, items):
    for item in items:
        logger.log(20, f"got {item}")
def add_options(parser):
    group = parser.add_argument_group("all")
    group.add_argument("-c", "--count", type=int, default=1, help="how many")
def setting(config, section, key, default):
    if config.has_option(section, key):
        return int(config[section][key])
    return default
""",
        ),
        (
            Changed(0, (('        logger.info("got %s", item)', '        logger.warning("got %s", item)'),)),
            Changed(
                0,
                (
                    (
                        '    parser.add_argument("--count", type=int, default=1)',
                        '    parser.add_argument("--count", default=1)',
                    ),
                ),
            ),
        ),
    ),
    "archives and messages": (
        """
import csv, email.message, hashlib, io, struct, urllib.parse, zipfile
def test_zip():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as z:
        z.writestr("a.txt", "hello")
        z.writestr("b/c.txt", "yo")
    with zipfile.ZipFile(data) as z:
        assert sizes(z) == {"a.txt": 5, "b/c.txt": 2}
def test_reader():
    assert column(csv.reader(io.StringIO("a,b\\n1,2\\n3,4\\n")), "b") == ["2", "4"]
    out = io.StringIO()
    write_rows(csv.writer(out, lineterminator="\\n"), [[1, "x y"], [2, 'q,"']])
    assert out.getvalue() == '1,x y\\n2,"q,\"""\\n'
def test_message():
    m = email.message.EmailMessage()
    m["Subject"] = "Hi"
    m.set_content("body")
    assert subject(m) == "Hi"
def test_url():
    assert host(urllib.parse.urlsplit("http://a.b:80/x?q=1")) == "a.b"
def test_struct_and_hash():
    assert unpacked(struct.Struct(">HB"), b"\\x01\\x02\\x03") == (258, 3)
    h = hashlib.sha256()
    fed(h, [b"a", b"b"])
    assert h.hexdigest() == hashlib.sha256(b"ab").hexdigest()
""",
        (
            """
def sizes(z): return {i.filename: i.file_size for i in z.infolist()}
def column(reader, name):
    head = next(reader)
    at = head.index(name)
    return [row[at] for row in reader]
def write_rows(writer, rows): writer.writerows(rows)
def subject(m): return m["Subject"]
def host(url): return url.hostname
def unpacked(s, data): return s.unpack(data)
def fed(h, parts):
    for part in parts: h.update(part)
""",
            """
def sizes(z): return {n: len(z.read(n)) for n in z.namelist()}
def column(reader, name):
    rows = list(reader)
    return [dict(zip(rows[0], row))[name] for row in rows[1:]]
def write_rows(writer, rows):
    for row in rows: writer.writerow(row)
def subject(m): return m.get("subject")
def host(url): return url.netloc.split(":")[0]
def unpacked(s, data): return tuple(s.unpack_from(data, 0))
def fed(h, parts): h.update(b"".join(parts))
""",
        ),
        (
            Changed(
                0,
                (
                    (
                        "def write_rows(writer, rows): writer.writerows(rows)",
                        "def write_rows(writer, rows): writer.writerows(rows[1:])",
                    ),
                    ("def host(url): return url.hostname", "def host(url): return url.netloc"),
                ),
            ),
        ),
    ),
    "trees of XML": (
        """
import xml.etree.ElementTree as ET
SHOP = "<shop><item id='1'>tea</item><box><item id='2'>milk</item></box></shop>"
def test_names():
    assert names(ET.fromstring(SHOP)) == ["tea", "milk"]
    assert names(ET.fromstring("<shop/>")) == []
def test_children():
    assert children(ET.fromstring(SHOP)) == ["item", "box"]
def test_add():
    root = ET.fromstring(SHOP)
    add(root.find("box"), "3", "salt")
    assert ET.tostring(root, "unicode").count("item") == 6
    assert root.find("box")[1].text == "salt" and root.find("box")[1].get("id") == "3"
def test_renamed():
    root = ET.fromstring(SHOP)
    assert renamed(root, "1", "coffee") is None
    assert root.find("item").text == "coffee"
""",
        (
            """
def names(root): return [item.text for item in root.iter("item")]
def children(root): return [child.tag for child in root]
def add(box, number, name):
    box.append(box.makeelement("item", {}))
    box[-1].text = name
    box[-1].attrib["id"] = number
def renamed(root, number, name):
    root.find(f".//item[@id='{number}']").text = name
""",
            """
def names(root): return [item.text for item in root.findall(".//item")]
def children(root): return [root[at].tag for at in range(len(root))]
def add(box, number, name):
    item = box.makeelement("item", {"id": number})
    item.text = name
    box.append(item)
def renamed(root, number, name):
    for item in root.iter("item"):
        if item.get("id") == number:
            item.text = name
""",
        ),
        (
            Changed(
                1,
                (
                    (
                        'def names(root): return [item.text for item in root.findall(".//item")]',
                        'def names(root): return [item.text for item in root.findall("item")]',
                    ),
                ),
            ),
        ),
    ),
}
