"""More tests as people write them: for each a right candidate, and wrong ones that pytest fails."""

SHAPES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "coroutines of the tests": (
        """
import asyncio
import pytest
def counted(live, most):
    async def job(n):
        live.append(n)
        most.append(len(live))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        live.remove(n)
        return n * n
    return job
async def test_at_most_two():
    most = []
    job = counted([], most)
    assert await limited([job(n) for n in range(5)], 2) == [0, 1, 4, 9, 16]
    assert max(most) == 2
def test_of_a_plain_function():
    most = []
    job = counted([], most)
    assert run([job(n) for n in range(5)], 3) == [0, 1, 4, 9, 16]
    assert max(most) == 3
async def test_events_of_the_loop_of_the_tests():
    event, ended = asyncio.Event(), []
    async def waits():
        await event.wait()
        return "waited"
    async def sets():
        event.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("sets")
    assert await first(waits(), sets()) == "waited"
    assert ended == ["sets"]
async def test_what_it_raises():
    async def broken():
        await asyncio.sleep(0)
        raise KeyError("gone")
    with pytest.raises(KeyError, match="gone"):
        await limited([broken()], 1)
""",
        """
import asyncio
async def limited(coroutines, n):
    free = asyncio.Semaphore(n)
    async def one(coroutine):
        async with free:
            return await coroutine
    return await asyncio.gather(*map(one, coroutines))
def run(coroutines, n):
    return asyncio.run(limited(coroutines, n))
async def first(*coroutines):
    tasks = [asyncio.ensure_future(each) for each in coroutines]
    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    return done.pop().result()
""",
        (
            # all at once
            """
import asyncio
async def limited(coroutines, n):
    return await asyncio.gather(*coroutines)
def run(coroutines, n):
    return asyncio.run(limited(coroutines, n))
async def first(*coroutines):
    tasks = [asyncio.ensure_future(each) for each in coroutines]
    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    return done.pop().result()
""",
            # one after the other, and what is left is left running
            """
import asyncio
async def limited(coroutines, n):
    return [await each for each in coroutines]
def run(coroutines, n):
    return asyncio.run(limited(coroutines, n))
async def first(*coroutines):
    tasks = [asyncio.ensure_future(each) for each in coroutines]
    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return done.pop().result()
""",
        ),
    ),
    "fixtures with parameters": (
        """
import pytest
@pytest.fixture(params=[1, 2, 5], ids=lambda n: f"n={n}")
def n(request): return request.param
@pytest.fixture
def stack(n):
    s = Stack()
    for i in range(n): s.push(i)
    yield s
    assert len(s) == 0
def test_pop_all(stack, n):
    assert [stack.pop() for _ in range(n)] == list(range(n))[::-1]
def test_empty():
    with pytest.raises(IndexError, match="empty"): Stack().pop()
""",
        """class Stack:
    def __init__(self): self._i=[]
    def push(self,x): self._i.append(x)
    def pop(self):
        if not self._i: raise IndexError("pop from empty stack")
        return self._i.pop()
    def __len__(self): return len(self._i)
""",
        (
            """class Stack:
    def __init__(self): self._i=[]
    def push(self,x): self._i.append(x)
    def pop(self):
        if not self._i: raise IndexError("pop from empty stack")
        return self._i.pop(0)
    def __len__(self): return len(self._i)
""",
            """class Stack:
    def __init__(self): self._i=[]
    def push(self,x): self._i.append(x)
    def pop(self):
        if not self._i: raise IndexError("nothing")
        return self._i[-1] if 0 else self._i.pop()
    def __len__(self): return len(self._i)
""",
        ),
    ),
    "records of a log": (
        """
import logging
def test_warns(caplog):
    with caplog.at_level(logging.INFO, logger="app"):
        assert load({"a": 1, "b": None}) == {"a": 1}
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [("WARNING", "dropped b"), ("INFO", "1 loaded")]
    assert "dropped b" in caplog.text
    caplog.clear()
    load({})
    assert caplog.record_tuples == [] or caplog.record_tuples == [("app", logging.WARNING, "empty")]
""",
        """import logging
log=logging.getLogger("app")
def load(d):
    if not d:
        log.warning("empty"); return {}
    out={}
    for k,v in d.items():
        if v is None: log.warning("dropped %s",k)
        else: out[k]=v
    log.info("%d loaded",len(out))
    return out
""",
        (
            """import logging
log=logging.getLogger("app")
def load(d):
    if not d:
        log.warning("empty"); return {}
    out={}
    for k,v in d.items():
        if v is None: log.info("dropped %s",k)
        else: out[k]=v
    log.info("%d loaded",len(out))
    return out
""",
            """import logging
log=logging.getLogger("app")
def load(d):
    log.info("%d loaded",len(d))
    return {k:v for k,v in d.items() if v is not None}
""",
        ),
    ),
    "a frozen clock": (
        """
from datetime import datetime, timezone
from unittest.mock import patch
import solution
def test_greet():
    with patch("solution.datetime") as clock:
        clock.now.return_value = datetime(2024, 5, 6, 9, 0)
        assert greet() == "good morning"
        clock.now.return_value = datetime(2024, 5, 6, 19, 0)
        assert greet() == "good evening"
    clock.now.assert_called()
""",
        """from datetime import datetime
def greet(): return "good morning" if datetime.now().hour < 12 else "good evening"
""",
        (
            """from datetime import datetime
def greet(): return "good morning" if datetime.now().hour > 12 else "good evening"
""",
            """import datetime as d
from datetime import datetime
def greet(): return "good morning" if d.datetime.now().hour < 12 else "good evening"
""",
        ),
    ),
    "time limits of coroutines": (
        """
import asyncio, pytest
@pytest.mark.asyncio
async def test_limit():
    s = Limiter(2)
    async with s: assert s.used == 1
    assert s.used == 0
@pytest.mark.asyncio
async def test_iter():
    got = []
    async for x in count(3): got.append(x)
    assert got == [0, 1, 2]
    assert [x async for x in count(2)] == [0, 1]
def test_run():
    async def main():
        try:
            await asyncio.wait_for(slow(), 0.01)
        except asyncio.TimeoutError:
            return "late"
    assert asyncio.run(main()) == "late"
""",
        """import asyncio
class Limiter:
    def __init__(self,n): self.n=n; self.used=0
    async def __aenter__(self): self.used+=1; return self
    async def __aexit__(self,*a): self.used-=1
async def count(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i
async def slow(): await asyncio.sleep(5)
""",
        (
            """import asyncio
class Limiter:
    def __init__(self,n): self.n=n; self.used=0
    async def __aenter__(self): self.used+=1; return self
    async def __aexit__(self,*a): pass
async def count(n):
    for i in range(n):
        yield i
async def slow(): await asyncio.sleep(5)
""",
            """import asyncio
class Limiter:
    def __init__(self,n): self.n=n; self.used=0
    async def __aenter__(self): self.used+=1; return self
    async def __aexit__(self,*a): self.used-=1
async def count(n):
    for i in range(n):
        yield i+1
async def slow(): return 1
""",
        ),
    ),
    "slots and properties": (
        """
import pytest
def test_slots():
    t = Temp(20)
    with pytest.raises(AttributeError): t.other = 1
    assert not hasattr(t, "__dict__")
    t.fahrenheit = 212
    assert t.celsius == 100
    with pytest.raises(ValueError, match="absolute zero"): t.celsius = -300
    assert t.celsius == 100
    assert Temp.from_fahrenheit(32).celsius == 0
    assert isinstance(Temp.celsius, property)
""",
        """class Temp:
    __slots__=("_c",)
    def __init__(self,c): self.celsius=c
    @property
    def celsius(self): return self._c
    @celsius.setter
    def celsius(self,v):
        if v<-273.15: raise ValueError("below absolute zero")
        self._c=v
    @property
    def fahrenheit(self): return self._c*9/5+32
    @fahrenheit.setter
    def fahrenheit(self,v): self.celsius=(v-32)*5/9
    @classmethod
    def from_fahrenheit(cls,f):
        t=cls(0); t.fahrenheit=f; return t
""",
        (
            """class Temp:
    def __init__(self,c): self.celsius=c
    @property
    def celsius(self): return self._c
    @celsius.setter
    def celsius(self,v):
        if v<-273.15: raise ValueError("below absolute zero")
        self._c=v
    @property
    def fahrenheit(self): return self._c*9/5+32
    @fahrenheit.setter
    def fahrenheit(self,v): self.celsius=(v-32)*5/9
    @classmethod
    def from_fahrenheit(cls,f):
        t=cls(0); t.fahrenheit=f; return t
""",
            """class Temp:
    __slots__=("_c",)
    def __init__(self,c): self.celsius=c
    @property
    def celsius(self): return self._c
    @celsius.setter
    def celsius(self,v):
        self._c=v
        if v<-273.15: raise ValueError("below absolute zero")
    @property
    def fahrenheit(self): return self._c*9/5+32
    @fahrenheit.setter
    def fahrenheit(self,v): self.celsius=(v-32)*5/9
    @classmethod
    def from_fahrenheit(cls,f):
        t=cls(0); t.fahrenheit=f; return t
""",
        ),
    ),
    "operators": (
        """
def test_ops():
    a, b = Vec(1, 2), Vec(3, 4)
    assert (a + b) == Vec(4, 6)
    assert (b - a).x == 2
    assert a * 3 == Vec(3, 6) and 3 * a == Vec(3, 6)
    assert -a == Vec(-1, -2)
    assert abs(Vec(3, 4)) == 5
    assert list(a) == [1, 2]
    assert a[0] == 1 and len(a) == 2
    assert bool(Vec(0, 0)) is False
    assert a < b
    assert hash(a) == hash(Vec(1, 2))
    x, y = b
    assert (x, y) == (3, 4)
    c = a
    c += b
    assert c == Vec(4, 6) and a == Vec(1, 2)
""",
        """from functools import total_ordering
@total_ordering
class Vec:
    def __init__(s,x,y): s.x,s.y=x,y
    def __iter__(s): return iter((s.x,s.y))
    def __getitem__(s,i): return (s.x,s.y)[i]
    def __len__(s): return 2
    def __add__(s,o): return Vec(s.x+o.x,s.y+o.y)
    def __sub__(s,o): return Vec(s.x-o.x,s.y-o.y)
    def __mul__(s,k): return Vec(s.x*k,s.y*k)
    __rmul__=__mul__
    def __neg__(s): return s*-1
    def __abs__(s): return (s.x**2+s.y**2)**.5
    def __bool__(s): return any(s)
    def __eq__(s,o): return tuple(s)==tuple(o)
    def __lt__(s,o): return tuple(s)<tuple(o)
    def __hash__(s): return hash(tuple(s))
""",
        (
            """class Vec:
    def __init__(s,x,y): s.x,s.y=x,y
    def __iter__(s): return iter((s.x,s.y))
    def __getitem__(s,i): return (s.x,s.y)[i]
    def __len__(s): return 2
    def __add__(s,o): return Vec(s.x+o.x,s.y+o.y)
    def __iadd__(s,o): s.x+=o.x; s.y+=o.y; return s
    def __sub__(s,o): return Vec(s.x-o.x,s.y-o.y)
    def __mul__(s,k): return Vec(s.x*k,s.y*k)
    __rmul__=__mul__
    def __neg__(s): return s*-1
    def __abs__(s): return (s.x**2+s.y**2)**.5
    def __bool__(s): return any(s)
    def __eq__(s,o): return tuple(s)==tuple(o)
    def __lt__(s,o): return tuple(s)<tuple(o)
    def __hash__(s): return hash(tuple(s))
""",
            """class Vec:
    def __init__(s,x,y): s.x,s.y=x,y
    def __iter__(s): return iter((s.x,s.y))
    def __getitem__(s,i): return (s.x,s.y)[i]
    def __len__(s): return 2
    def __add__(s,o): return Vec(s.x+o.x,s.y+o.y)
    def __sub__(s,o): return Vec(o.x-s.x,o.y-s.y)
    def __mul__(s,k): return Vec(s.x*k,s.y*k)
    __rmul__=__mul__
    def __neg__(s): return s*-1
    def __abs__(s): return (s.x**2+s.y**2)**.5
    def __bool__(s): return any(s)
    def __eq__(s,o): return tuple(s)==tuple(o)
    def __lt__(s,o): return tuple(s)<tuple(o)
    def __hash__(s): return hash(tuple(s))
""",
        ),
    ),
    "a folder that is worked in": (
        """
import pytest, os
def test_restores(tmp_path):
    before = os.getcwd()
    with inside(tmp_path) as p:
        assert os.getcwd() == str(tmp_path)
        assert p == tmp_path
    assert os.getcwd() == before
    with pytest.raises(KeyError):
        with inside(tmp_path):
            raise KeyError("x")
    assert os.getcwd() == before
""",
        """import os, contextlib
@contextlib.contextmanager
def inside(p):
    old=os.getcwd(); os.chdir(p)
    try: yield p
    finally: os.chdir(old)
""",
        (
            """import os, contextlib
@contextlib.contextmanager
def inside(p):
    old=os.getcwd(); os.chdir(p)
    yield p
    os.chdir(old)
""",
            """import os, contextlib
@contextlib.contextmanager
def inside(p):
    old=os.getcwd(); os.chdir(p)
    try: yield p
    except KeyError: pass
    finally: os.chdir(old)
""",
        ),
    ),
    "what is sent to a generator": (
        """
import pytest
def test_send():
    g = averager()
    assert next(g) is None
    assert g.send(10) == 10
    assert g.send(20) == 15
    with pytest.raises(StopIteration) as e: g.send(None)
    assert e.value.value == (2, 15)
def test_throw():
    g = averager(); next(g); g.send(4)
    assert g.throw(ZeroDivisionError) == 0
    g.close()
    with pytest.raises(StopIteration): next(g)
""",
        """def averager():
    n=t=0; out=None
    while True:
        try: x=yield out
        except ZeroDivisionError:
            n=t=0; out=0; continue
        if x is None: return n, t/n
        n+=1; t+=x; out=t/n
""",
        (
            """def averager():
    n=t=0; out=None
    while True:
        x=yield out
        if x is None: return n, t/n
        n+=1; t+=x; out=t/n
""",
            """def averager():
    n=t=0; out=None
    while True:
        try: x=yield out
        except ZeroDivisionError:
            n=t=0; out=0; continue
        if x is None: return t/n
        n+=1; t+=x; out=t/n
""",
        ),
    ),
    "caches and what wraps": (
        """
def test_cache():
    fib.cache_clear()
    assert fib(80) == 23416728348467685
    info = fib.cache_info()
    assert info.misses == 81 and info.hits > 0
    assert fib.__wrapped__(1) == 1
def test_own():
    calls = []
    @memoize
    def f(x):
        calls.append(x)
        return x + 1
    assert f(1) == 2 and f(1) == 2 and f(2) == 3
    assert calls == [1, 2]
    assert f.__name__ == "f"
""",
        """import functools
@functools.lru_cache(maxsize=None)
def fib(n): return n if n<2 else fib(n-1)+fib(n-2)
def memoize(f):
    c={}
    @functools.wraps(f)
    def g(x):
        if x not in c: c[x]=f(x)
        return c[x]
    return g
""",
        (
            """import functools
@functools.lru_cache(maxsize=None)
def fib(n): return n if n<2 else fib(n-1)+fib(n-2)
def memoize(f):
    c={}
    def g(x):
        if x not in c: c[x]=f(x)
        return c[x]
    return g
""",
            """import functools
@functools.lru_cache(maxsize=None)
def fib(n): return n if n<2 else fib(n-1)+fib(n-2)
def memoize(f):
    @functools.wraps(f)
    def g(x): return f(x)
    return g
""",
        ),
    ),
    "output of a megabyte": (
        """
def test_big(capsys):
    n = dump(200_000)
    out = capsys.readouterr().out
    assert n == len(out.splitlines()) == 200_000
    assert out.endswith("199999\\n")
def test_bytes():
    data = blob(3_000_000)
    assert len(data) == 3_000_000 and data[-1] == (3_000_000 - 1) % 251
""",
        """def dump(n):
    print("\\n".join(map(str, range(n))))
    return n
def blob(n): return bytes(i % 251 for i in range(n))
""",
        (
            """def dump(n):
    print("\\n".join(map(str, range(n-1))))
    return n
def blob(n): return bytes(i % 251 for i in range(n))
""",
            """def dump(n):
    print("\\n".join(map(str, range(n))))
    return n
def blob(n): return bytes(i % 256 for i in range(n))
""",
        ),
    ),
    "a database in a file": (
        """
import sqlite3
def test_store(tmp_path):
    path = tmp_path / "x.db"
    s = Store(path)
    s.add("a", 1); s.add("a", 2); s.add("b", 5)
    assert s.total("a") == 3
    s.close()
    again = Store(path)
    assert again.total("b") == 5
    assert path.exists()
""",
        """import sqlite3
class Store:
    def __init__(self, path):
        self.c=sqlite3.connect(path)
        self.c.execute("create table if not exists t(k text, v int)")
    def add(self,k,v):
        with self.c: self.c.execute("insert into t values(?,?)",(k,v))
    def total(self,k): return self.c.execute("select coalesce(sum(v),0) from t where k=?",(k,)).fetchone()[0]
    def close(self): self.c.close()
""",
        (
            """import sqlite3
class Store:
    def __init__(self, path):
        self.c=sqlite3.connect(path)
        self.c.execute("create table if not exists t(k text, v int)")
    def add(self,k,v):
        self.c.execute("insert into t values(?,?)",(k,v))
    def total(self,k): return self.c.execute("select coalesce(sum(v),0) from t where k=?",(k,)).fetchone()[0]
    def close(self): self.c.close()
""",
            """import sqlite3
class Store:
    def __init__(self, path):
        self.c=sqlite3.connect(":memory:")
        self.c.execute("create table if not exists t(k text, v int)")
    def add(self,k,v):
        with self.c: self.c.execute("insert into t values(?,?)",(k,v))
    def total(self,k): return self.c.execute("select coalesce(sum(v),0) from t where k=?",(k,)).fetchone()[0]
    def close(self): self.c.close()
""",
        ),
    ),
    "eval of what the tests say": (
        """
import pytest
@pytest.mark.parametrize("text", ["1 + 2", "3 * 4", "2 - 7"])
def test_calc(text):
    assert calc(text) == eval(text)
def test_bad():
    with pytest.raises(ValueError): calc("x")
""",
        """def calc(t):
    try: a,o,b=t.split()
    except ValueError: raise
    a,b=int(a),int(b)
    return a+b if o=="+" else a-b if o=="-" else a*b
""",
        (
            """def calc(t):
    a,o,b=t.split()
    a,b=int(a),int(b)
    return a+b if o=="+" else b-a if o=="-" else a*b
""",
            """def calc(t): return 3
""",
        ),
    ),
    "arguments of a command": (
        """
import sys, pytest
def test_main(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["prog", "--times", "2", "hi"])
    main()
    assert capsys.readouterr().out == "hi\\nhi\\n"
def test_bad(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["prog"])
    with pytest.raises(SystemExit) as e: main()
    assert e.value.code == 2
    assert "usage" in capsys.readouterr().err
def test_stdin(monkeypatch):
    import io
    monkeypatch.setattr("sys.stdin", io.StringIO("3\\n4\\n"))
    assert add_lines() == 7
    monkeypatch.setattr("builtins.input", lambda _="": "9")
    assert ask() == 9
""",
        """import argparse, sys
def main():
    p=argparse.ArgumentParser(); p.add_argument("--times",type=int,default=1); p.add_argument("text")
    a=p.parse_args()
    for _ in range(a.times): print(a.text)
def add_lines(): return sum(int(l) for l in sys.stdin)
def ask(): return int(input("n? "))
""",
        (
            """import argparse, sys
def main():
    p=argparse.ArgumentParser(); p.add_argument("--times",type=int,default=1); p.add_argument("text")
    a=p.parse_args()
    print(a.text)
def add_lines(): return sum(int(l) for l in sys.stdin)
def ask(): return int(input("n? "))
""",
            """import sys
def main():
    if len(sys.argv)<2: sys.exit(1)
    for _ in range(2): print("hi")
def add_lines(): return sum(int(l) for l in sys.stdin)
def ask(): return int(input("n? "))
""",
        ),
    ),
    "marks, and fixtures of modules": (
        """
import pytest, random
pytestmark = pytest.mark.usefixtures("seeded")
@pytest.fixture(scope="module")
def rolls(): return []
@pytest.fixture
def seeded(): random.seed(7)
@pytest.fixture(autouse=True)
def around(rolls):
    rolls.append("in")
    yield
    rolls.append("out")
class TestDice:
    @pytest.mark.parametrize("sides", [4, 6])
    @pytest.mark.parametrize("n", [1, 3])
    def test_range(self, n, sides):
        r = roll(n, sides)
        assert len(r) == n and all(1 <= x <= sides for x in r)
    def test_repeatable(self):
        a = roll(5, 6); random.seed(7)
        assert roll(5, 6) == a
    @pytest.mark.skipif(True, reason="no")
    def test_skipped(self): assert False
    @pytest.mark.xfail(strict=True)
    def test_zero(self): assert roll(0, 6) != []
""",
        """import random
def roll(n, s): return [random.randint(1,s) for _ in range(n)]
""",
        (
            """import random
R=random.Random()
def roll(n, s): return [R.randint(1,s) for _ in range(n)]
""",
            """import random
def roll(n, s): return [random.randint(1,6) for _ in range(n)] or [1]
""",
        ),
    ),
}
