"""Tests of what raises, returns and enters things of the standard library; each with a right and a wrong candidate."""

_ERRORS = """
import configparser, csv, pytest, queue
def test_errors():
    with pytest.raises(queue.Empty): nothing()
    with pytest.raises(configparser.NoSectionError) as raised: failed("core")
    assert (raised.value.section, raised.value.args) == ("core", ("core",))
    with pytest.raises(csv.Error, match="quoted"): quoted()
    with pytest.raises(FileNotFoundError) as own: missing("f")
    assert own.value.errno == 2 and type(own.value) is Missing
"""
_RAISES = """
import configparser, csv, queue
class Missing(FileNotFoundError): pass
def nothing(): queue.Queue().get_nowait()
def failed(name): raise configparser.NoSectionError(name)
def quoted(): raise csv.Error("not quoted")
def missing(name): raise Missing(2, "no file", name)
"""
_POINT = """
from dataclasses import dataclass
@dataclass(FROZEN)
class Point:
    x: int
    y: int
"""
_TAGGED = """
from contextlib import contextmanager
@contextmanager
def tagged(log, name):
    log.append(name)
    try: yield log.append
    except KeyError: log.append("lost")
    finally: log.append("/" + name)
"""
_TRACED = """
import traceback
class Traced:
    def __enter__(self): return self
    def __exit__(self, kind, wrong, trace):
        self.lines = traceback.format_exception(kind, wrong, trace)
        return trace is not None
"""
LIBRARY: dict[str, tuple[str, str, str]] = {
    "errors of libraries": (_ERRORS, _RAISES, _RAISES.replace("raise csv.Error", "raise ValueError")),
    "a frozen dataclass": (
        """
import dataclasses, pytest
def test_point():
    assert Point and dataclasses.replace(Point(1, 2), y=5).y == 5
    assert sorted([Point(2, 0), Point(1, 9)])[0].y == 9
    with pytest.raises(dataclasses.FrozenInstanceError): Point(1, 2).x = 3
""",
        _POINT.replace("FROZEN", "frozen=True, order=True"),
        _POINT.replace("FROZEN", "order=True"),
    ),
    "an error inside a context": (
        """
import pytest
def test_tagged():
    log = []
    with tagged(log, "a"): raise KeyError("k")
    with pytest.raises(ZeroDivisionError):
        with tagged(log, "b"): 1 / 0
    assert log == ["a", "lost", "/a", "b", "/b"]
""",
        _TAGGED,
        _TAGGED.replace("KeyError", "LookupError").replace('append("lost")', 'append("gone")'),
    ),
    "a traceback": (
        """
def test_traced():
    with Traced() as traced: raise ValueError("v")
    assert traced.lines[0].startswith("Traceback") and traced.lines[-1] == "ValueError: v\\n"
""",
        _TRACED,
        _TRACED.replace("wrong, trace)", "wrong, None)"),
    ),
    "time zones": (
        """
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
def test_zone():
    when = at(2024, 3, 31, "Europe/Berlin")
    assert when.tzinfo == zone("Europe/Berlin") == ZoneInfo("Europe/Berlin")
    assert when == datetime(2024, 3, 30, 23, tzinfo=ZoneInfo("UTC"))
    assert (when + timedelta(hours=4)).utcoffset() == timedelta(hours=2)
""",
        """
from datetime import datetime
from zoneinfo import ZoneInfo as zone
def at(y, m, d, name): return datetime(y, m, d, tzinfo=zone(name))
""",
        """
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo as zone
def at(y, m, d, name): return datetime(y, m, d, tzinfo=timezone(timedelta(hours=1)))
""",
    ),
    "kinds of enumerations": (
        """
import enum
from solution import pick

def test_pick():
    c = pick(1)
    assert isinstance(c, enum.Enum)
    assert c.name == 'RED'
    assert c.value == 1
""",
        """
import enum
class Color(enum.Enum):
    RED=1
    BLUE=2
def pick(n):
    return Color(n)
""",
        """
import enum
class Color(enum.Enum):
    RED=1
    BLUE=2
def pick(n):
    return 'RED'
""",
    ),
    "kinds of whole numbers in an enumeration": (
        """
import enum
from solution import level

def test_level():
    assert isinstance(level(9), enum.IntEnum)
    assert level(9) == 2
""",
        """
import enum
class Level(enum.IntEnum):
    LOW=1
    HIGH=2
def level(n):
    return Level.HIGH if n>5 else Level.LOW
""",
        """
def level(n):
    return 2 if n>5 else 1
""",
    ),
    "kinds of a match": (
        """
import re
from solution import find

def test_find():
    m = find('ab12')
    assert isinstance(m, re.Match)
    assert m.group() == '12'
    assert m.span() == (2,4)
""",
        """
import re
def find(s):
    return re.search(r'\\d+', s)
""",
        """
def find(s):
    return None
""",
    ),
    "kinds of streams": (
        """
import io
from solution import f

def test_f():
    assert isinstance(f(), io.StringIO)
    assert f().read() == 'x'
""",
        """
import io
def f():
    return io.StringIO('x')
""",
        """
import io
def f():
    return io.StringIO('y')
""",
    ),
    "kinds of trees": (
        """
import ast
from solution import f

def test_f():
    assert isinstance(f('1+1'), ast.Expression)
    assert isinstance(f('1+1').body, ast.BinOp)
""",
        """
import ast
def f(s):
    return ast.parse(s, mode='eval')
""",
        """
def f(s):
    return None
""",
    ),
    "kinds of queues": (
        """
import queue
from solution import f

def test_f():
    q = f()
    assert isinstance(q, queue.Queue)
    assert q.get_nowait() == 1
""",
        """
import queue
def f():
    q = queue.Queue()
    q.put(1)
    return q
""",
        """
import queue
def f():
    return queue.Queue()
""",
    ),
    "subclasses": (
        """
import enum
from solution import Color

def test_c():
    assert issubclass(Color, enum.Enum)
    assert [c.name for c in Color] == ['RED']
""",
        """
import enum
class Color(enum.Enum):
    RED=1
""",
        """
class Color:
    RED=1
""",
    ),
    "a mock in the place of print": (
        """
from unittest import mock
from solution import greet

def test_greet():
    with mock.patch('builtins.print') as p:
        greet('bob')
    p.assert_called_once_with('hi', 'bob')
""",
        """
def greet(n):
    print('hi', n)
""",
        """
def greet(n):
    print('ho', n)
""",
    ),
    "a function in the place of print": (
        """
import builtins
from solution import greet

def test_greet(monkeypatch):
    got = []
    monkeypatch.setattr(builtins, 'print', lambda *a, **k: got.append(a))
    greet('bob')
    assert got == [('hi','bob')]
""",
        """
def greet(n):
    print('hi', n)
""",
        """
def greet(n):
    print('ho', n)
""",
    ),
    "a decorated mock in the place of print": (
        """
import unittest
from unittest.mock import patch, call
from solution import greet

class T(unittest.TestCase):
    @patch('builtins.print')
    def test_greet(self, p):
        greet('bob')
        self.assertEqual(p.mock_calls, [call('hi'), call('bob', end='')])
""",
        """
def greet(n):
    print('hi')
    print(n, end='')
""",
        """
def greet(n):
    print('hi')
""",
    ),
    "threads of the tests": (
        """
import threading
from solution import Counter

def test_threads():
    c = Counter()
    ts = [threading.Thread(target=lambda: [c.inc() for _ in range(10)]) for _ in range(4)]
    for t in ts: t.start()
    for t in ts: t.join()
    assert c.n == 40
""",
        """
import threading
class Counter:
    def __init__(self):
        self.n=0
        self.lock=threading.Lock()
    def inc(self):
        with self.lock:
            self.n+=1
""",
        """
class Counter:
    def __init__(self):
        self.n=0
    def inc(self):
        self.n+=2
""",
    ),
    "a pool of threads": (
        """
from concurrent.futures import ThreadPoolExecutor
from solution import sq

def test_sq():
    with ThreadPoolExecutor(4) as ex:
        assert list(ex.map(sq, range(5))) == [0,1,4,9,16]
""",
        """
def sq(x):
    return x*x
""",
        """
def sq(x):
    return x+x
""",
    ),
    "threads that share a list": (
        """
import threading
from solution import push

def test_push():
    q = []
    ts = [threading.Thread(target=push, args=(q, i)) for i in range(5)]
    for t in ts: t.start()
    for t in ts: t.join()
    assert sorted(q) == [0,1,2,3,4]
""",
        """
def push(q, x):
    q.append(x)
""",
        """
def push(q, x):
    q.append(x+1)
""",
    ),
    "a connection is returned": (
        """
from solution import make

def test_make():
    con = make()
    assert con.execute('select x from t').fetchone() == (5,)
""",
        """
import sqlite3
def make():
    con = sqlite3.connect(':memory:')
    con.execute('create table t(x)')
    con.execute('insert into t values (5)')
    return con
""",
        """
import sqlite3
def make():
    con = sqlite3.connect(':memory:')
    con.execute('create table t(x)')
    return con
""",
    ),
    "a patched module of processes": (
        """
import subprocess
from unittest import mock
from solution import run

def test_run():
    with mock.patch('subprocess.run') as r:
        r.return_value = mock.Mock(stdout=b'a\\n')
        assert run() == b'a\\n'
""",
        """
import subprocess
def run():
    return subprocess.run(['ls'], capture_output=True).stdout
""",
        """
def run():
    return b''
""",
    ),
    "modules that are only imported": (
        """
import subprocess, sqlite3
import pytest
from solution import add

def test_f():
    assert add(1,2)==3
    with pytest.raises(TypeError):
        add(1)
""",
        """
def add(a,b):
    return a+b
""",
        """
def add(a,b):
    return a-b
""",
    ),
}  # fmt: skip
