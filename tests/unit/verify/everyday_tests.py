"""Tests as people write them, each with a candidate that is right and one that is wrong."""

CASES: dict[str, tuple[str, str, str]] = {
    "files": (
        """
def test_read(tmp_path, monkeypatch):
    file = tmp_path / "x.txt"
    file.write_text("1\\n2\\n")
    assert count(file) == 2
    file.write_text("1\\n")
    assert count(str(file)) == 1
    monkeypatch.chdir(tmp_path)
    assert count("x.txt") == 1
def test_write(tmp_path):
    save(tmp_path / "deep" / "out", "hello")
    assert (tmp_path / "deep/out").read_text() == "hello"
    save(tmp_path / "deep" / "out", "again")
    assert (tmp_path / "deep/out").read_text() == "again"
""",
        """
import pathlib
def count(path): return len(open(path).readlines())
def save(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
""",
        """
import pathlib
def count(path): return len(open(path).readlines())
def save(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file: file.write(text)
""",
    ),
    "tempfile": (
        """
import os, tempfile
def test_it():
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("a\\nb\\n")
        file.flush()
        assert n(file.name) == 2
    with tempfile.TemporaryDirectory() as folder:
        n(os.path.join(folder, "new"), "w")
        assert os.listdir(folder) == ["new"]
""",
        "def n(path, mode='r'):\n    with open(path, mode) as f: return len(f.readlines()) if mode == 'r' else 0\n",
        "def n(path, mode='r'):\n    with open(path) as f: return len(f.readlines())\n",
    ),
    "file objects": (
        """
import io
def test_it(tmp_path):
    assert total(io.StringIO("1\\n2\\n")) == 3
    out = io.StringIO()
    show(3, out)
    assert out.getvalue() == "3\\n"
    (tmp_path / "n").write_text("4\\n5\\n")
    with open(tmp_path / "n") as file:
        assert total(file) == 9
""",
        "def total(f): return sum(int(line) for line in f)\ndef show(n, f): print(n, file=f)\n",
        "def total(f): return sum(int(line) for line in f)\ndef show(n, f): f.write(str(n))\n",
    ),
    "printed": (
        """
def test_it(capsys):
    hello("Ann")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("Hello, Ann\\n", "log\\n")
""",
        "import sys\ndef hello(name):\n    print('Hello,', name)\n    print('log', file=sys.stderr)\n",
        "import sys\ndef hello(name):\n    print('Hello', name)\n    print('log', file=sys.stderr)\n",
    ),
    "input": (
        """
import io
from unittest import mock
def test_patched():
    with mock.patch("builtins.input", side_effect=["2", "3"]):
        assert ask() == 5
def test_stdin(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("4\\n5\\n"))
    assert ask() == 9
def test_replaced(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt="": "1")
    assert ask() == 2
""",
        "def ask(): return int(input('a')) + int(input('b'))\n",
        "def ask(): return int(input('a')) * 2\n",
    ),
    "environment": (
        """
import os
def test_it(monkeypatch):
    monkeypatch.setenv("LEVEL", "7")
    assert level() == 7
    monkeypatch.delenv("LEVEL")
    assert level() == 1
    put("OTHER", "x")
    assert os.environ["OTHER"] == "x"
""",
        (
            "import os\ndef level(): return int(os.environ.get('LEVEL', 1))\n"
            "def put(name, value): os.environ[name] = value\n"
        ),
        (
            "import os\nLEVEL = int(os.environ.get('LEVEL', 1))\ndef level(): return LEVEL\n"
            "def put(name, value): os.environ[name] = value\n"
        ),
    ),
    "patched libraries": (
        """
from unittest.mock import Mock, patch
def test_time(monkeypatch):
    monkeypatch.setattr("time.time", lambda: 100.0)
    assert age(40) == 60
@patch("random.choice", return_value="b")
def test_choice(choice):
    assert pick("abc") == "b"
    choice.assert_called_once_with("abc")
def test_own():
    import solution
    with patch("solution.fetch", return_value="x") as fetch:
        assert solution.load(3) == "X"
        fetch.assert_called_once_with(3)
""",
        (
            "import random, time\ndef age(t): return time.time() - t\ndef pick(s): return random.choice(s)\n"
            "def fetch(n): raise OSError\ndef load(n): return fetch(n).upper()\n"
        ),
        (
            "import random, time\ndef age(t): return time.time() - t\ndef pick(s): return s[1]\n"
            "def fetch(n): raise OSError\ndef load(n): return fetch(n).upper()\n"
        ),
    ),
    "logs and warnings": (
        """
import logging, pytest, warnings
def test_log(caplog):
    with caplog.at_level(logging.INFO):
        work(1)
    assert [(record.levelname, record.message) for record in caplog.records] == [("INFO", "work 1")]
def test_warning():
    with pytest.warns(DeprecationWarning, match="old"):
        old()
""",
        (
            "import logging, warnings\ndef work(n): logging.getLogger('w').info('work %d', n)\n"
            "def old(): warnings.warn('old', DeprecationWarning)\n"
        ),
        (
            "import logging, warnings\ndef work(n): logging.getLogger('w').info('work %d', n)\n"
            "def old(): warnings.warn('old', UserWarning)\n"
        ),
    ),
    "coroutines": (
        """
import asyncio, pytest, unittest
async def test_plain():
    assert await double(2) == 4
@pytest.mark.asyncio
async def test_marked():
    assert await asyncio.gather(double(1), double(3)) == [2, 6]
class TestIt(unittest.IsolatedAsyncioTestCase):
    async def test_case(self):
        self.assertEqual(await double(5), 10)
def test_run():
    assert asyncio.run(double(4)) == 8
    async def collected():
        return [n async for n in upto(3)]
    assert asyncio.run(collected()) == [0, 1, 2]
""",
        (
            "import asyncio\nasync def double(n):\n    await asyncio.sleep(0)\n    return 2 * n\n"
            "async def upto(n):\n    for i in range(n): yield i\n"
        ),
        (
            "import asyncio\nasync def double(n):\n    await asyncio.sleep(0)\n    return 2 * n\n"
            "async def upto(n):\n    for i in range(n + 1): yield i\n"
        ),
    ),
    "unittest": (
        """
import unittest
class Arithmetic(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.one = 1
    def setUp(self): self.two = [2]
    def tearDown(self): self.two.clear()
    def test_sum(self):
        self.assertEqual(add(self.one, self.two[0]), 3)
        self.assertAlmostEqual(add(0.1, 0.2), 0.3)
    def test_parts(self):
        for n in range(3):
            with self.subTest(n=n):
                self.assertEqual(add(n, n), 2 * n)
    def test_error(self):
        with self.assertRaisesRegex(TypeError, "unsupported"):
            add(1, None)
""",
        "def add(a, b): return a + b\n",
        "def add(a, b): return a + b if b is not None else None\n",
    ),
    "parameters": (
        """
import pytest
@pytest.fixture(params=[1, 2], scope="module")
def n(request): return request.param
@pytest.fixture
def pair(n):
    yield [n, n + 1]
@pytest.mark.parametrize("a, b", [(1, 1), pytest.param(2, 4, id="two"), pytest.param(3, 8, marks=pytest.mark.xfail)])
def test_square(a, b):
    assert square(a) == b
def test_fixture(pair, n):
    assert square(pair[0]) == n * n
class TestIn:
    @pytest.fixture(autouse=True)
    def made(self): self.five = 5
    def test_it(self): assert square(self.five) == 25
""",
        "def square(n): return n * n\n",
        "def square(n): return n * n if n < 5 else 0\n",
    ),
    "arguments changed": (
        """
def test_sorted():
    xs = [3, 1, 2]
    assert ordered(xs) == [1, 2, 3]
    assert xs == [3, 1, 2]
def test_copy():
    xs = [1, [2]]
    ys = copied(xs)
    assert ys == xs and ys is not xs and ys[1] is not xs[1]
def test_in_place():
    xs = [1, 2]
    doubled(xs)
    assert xs == [1, 2, 1, 2]
""",
        (
            "import copy\ndef ordered(xs): return sorted(xs)\ndef copied(xs): return copy.deepcopy(xs)\n"
            "def doubled(xs): xs.extend(list(xs))\n"
        ),
        (
            "import copy\ndef ordered(xs): return sorted(xs)\ndef copied(xs): return copy.copy(xs)\n"
            "def doubled(xs): xs.extend(list(xs))\n"
        ),
    ),
    "shared results": (
        """
def test_fresh():
    first = rows(2)
    first[0].append(1)
    assert first == [[1], []]
    assert rows(1) == [[]]
def test_default():
    assert add(1) == [1]
    assert add(2) == [2]
""",
        "def rows(n): return [[] for _ in range(n)]\ndef add(x, xs=None): return [*(xs or []), x]\n",
        "def rows(n): return [[]] * n\ndef add(x, xs=None): return [*(xs or []), x]\n",
    ),
    "returned objects": (
        """
import datetime, decimal, enum, fractions, pathlib, uuid, collections
def test_it():
    assert day("2024-03-01") == datetime.date(2024, 3, 1)
    assert money("1.10") == decimal.Decimal("1.10")
    assert half() == fractions.Fraction(1, 2)
    assert where("a", "b") == pathlib.Path("a/b")
    assert last([1, 2, 3]) == collections.deque([2, 3])
    point = at(1, 2)
    assert point == (1, 2) and point.x == 1
    assert color("red").name == "RED" and color("red") is color("red")
""",
        """
import datetime, decimal, enum, fractions, pathlib, collections
def day(text): return datetime.date.fromisoformat(text)
def money(text): return decimal.Decimal(text)
def half(): return fractions.Fraction(1, 2)
def where(*parts): return pathlib.Path(*parts)
def last(xs): return collections.deque(xs, 2)
Point = collections.namedtuple("Point", "x y")
def at(x, y): return Point(x, y)
class Color(enum.Enum):
    RED = "red"
def color(text): return Color(text)
""",
        """
import datetime, decimal, enum, fractions, pathlib, collections
def day(text): return datetime.date.fromisoformat(text) + datetime.timedelta(1)
def money(text): return decimal.Decimal(text)
def half(): return fractions.Fraction(1, 2)
def where(*parts): return pathlib.Path(*parts)
def last(xs): return collections.deque(xs, 2)
Point = collections.namedtuple("Point", "x y")
def at(x, y): return Point(x, y)
class Color(enum.Enum):
    RED = "red"
def color(text): return Color(text)
""",
    ),
    "own classes": (
        """
import pytest
from solution import Account, Insufficient
def test_account():
    account = Account("Ann", 10)
    account.deposit(5)
    assert account.balance == 15 and repr(account) == "Account('Ann', 15)"
    with pytest.raises(Insufficient, match="20 of 15") as caught:
        account.withdraw(20)
    assert caught.value.missing == 5 and isinstance(caught.value, ValueError)
    assert Account("Ann", 1) == Account("Ann", 1) and Account("Ann", 1) != Account("Ann", 2)
    with account as inner:
        assert inner is account
    assert sorted([Account("b", 2), Account("a", 1)])[0].owner == "a"
    assert len({Account("a", 1), Account("a", 1)}) == 1
""",
        """
import functools
class Insufficient(ValueError):
    def __init__(self, wanted, there):
        super().__init__(f"{wanted} of {there}")
        self.missing = wanted - there
@functools.total_ordering
class Account:
    def __init__(self, owner, balance): self.owner, self.balance = owner, balance
    def deposit(self, n): self.balance += n
    def withdraw(self, n):
        if n > self.balance: raise Insufficient(n, self.balance)
        self.balance -= n
    def __repr__(self): return f"Account({self.owner!r}, {self.balance})"
    def __eq__(self, other): return (self.owner, self.balance) == (other.owner, other.balance)
    def __lt__(self, other): return self.balance < other.balance
    def __hash__(self): return hash(self.owner)
    def __enter__(self): return self
    def __exit__(self, *_): return None
""",
        """
import functools
class Insufficient(ValueError):
    def __init__(self, wanted, there):
        super().__init__(f"{wanted} of {there}")
        self.missing = wanted - there
@functools.total_ordering
class Account:
    def __init__(self, owner, balance): self.owner, self.balance = owner, balance
    def deposit(self, n): self.balance += n
    def withdraw(self, n):
        if n > self.balance: raise Insufficient(n, self.balance)
        self.balance -= n
    def __repr__(self): return f"Account({self.owner!r}, {self.balance})"
    def __eq__(self, other): return True
    def __lt__(self, other): return self.balance < other.balance
    def __hash__(self): return hash(self.owner)
    def __enter__(self): return self
    def __exit__(self, *_): return None
""",
    ),
    "callbacks": (
        """
def test_it():
    calls = []
    assert retry(lambda: calls.append(1) or 7, 3) == 7
    def fails():
        calls.append(2)
        raise ValueError("no")
    try:
        retry(fails, 3)
    except ValueError as wrong:
        assert wrong.args == ("no",)
    assert calls == [1, 2, 2, 2]
    assert list(map(twice, [1, 2])) == [2, 4] and sorted([3, 1], key=twice) == [1, 3]
    @traced
    def add(a, b=1):
        "Adds."
        return a + b
    assert add(2, b=3) == 5 and add.calls == 1 and add.__name__ == "add"
""",
        """
import functools
def retry(function, times):
    for attempt in range(times):
        try: return function()
        except ValueError:
            if attempt == times - 1: raise
def twice(x): return 2 * x
def traced(function):
    @functools.wraps(function)
    def inner(*arguments, **keywords):
        inner.calls += 1
        return function(*arguments, **keywords)
    inner.calls = 0
    return inner
""",
        """
import functools
def retry(function, times):
    for attempt in range(times):
        try: return function()
        except ValueError:
            if attempt == times - 2: raise
def twice(x): return 2 * x
def traced(function):
    @functools.wraps(function)
    def inner(*arguments, **keywords):
        inner.calls += 1
        return function(*arguments, **keywords)
    inner.calls = 0
    return inner
""",
    ),
    "generators": (
        """
import itertools, types
def test_it():
    numbers = fibonacci()
    assert isinstance(numbers, types.GeneratorType)
    assert list(itertools.islice(numbers, 6)) == [0, 1, 1, 2, 3, 5]
    assert next(numbers) == 8
    summing = averaged()
    next(summing)
    assert summing.send(10) == 10 and summing.send(20) == 15
    assert list(chunks(iter([1, 2, 3]), 2)) == [[1, 2], [3]]
""",
        """
def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
def averaged():
    total, n, average = 0, 0, None
    while True:
        total += yield average
        n += 1
        average = total / n
def chunks(xs, n):
    while True:
        part = [x for _, x in zip(range(n), xs)]
        if not part: return
        yield part
""",
        """
def fibonacci():
    a, b = 1, 1
    while True:
        yield a
        a, b = b, a + b
def averaged():
    total, n, average = 0, 0, None
    while True:
        total += yield average
        n += 1
        average = total / n
def chunks(xs, n):
    while True:
        part = [x for _, x in zip(range(n), xs)]
        if not part: return
        yield part
""",
    ),
    "exceptions": (
        """
import json, pytest
def test_it():
    with pytest.raises(KeyError) as caught:
        look({}, "a")
    assert caught.value.args == ("a",)
    with pytest.raises(RuntimeError) as caught:
        wrapped("{")
    assert isinstance(caught.value.__cause__, json.JSONDecodeError) and caught.value.__cause__.pos == 1
    with pytest.raises(UnicodeDecodeError):
        decoded(b"\\xff")
    with pytest.raises(SystemExit) as caught:
        stop()
    assert caught.value.code == 3
    assert look({"a": 1}, "a") == 1
""",
        """
import json, sys
def look(d, k): return d[k]
def wrapped(text):
    try: json.loads(text)
    except ValueError as wrong: raise RuntimeError("bad") from wrong
def decoded(data): return data.decode()
def stop(): sys.exit(3)
""",
        """
import json, sys
def look(d, k): return d[k]
def wrapped(text):
    try: json.loads(text)
    except ValueError as wrong: raise RuntimeError("bad") from None
def decoded(data): return data.decode()
def stop(): sys.exit(3)
""",
    ),
    "module constants": (
        """
import solution
from solution import LIMITS, VERSION
def test_it():
    assert VERSION == (1, 2) and LIMITS["a"] == 3
    assert solution.clip(9) == 3
""",
        "VERSION = (1, 2)\nLIMITS = {'a': 3}\ndef clip(n): return min(n, LIMITS['a'])\n",
        "VERSION = (1, 2)\nLIMITS = {'a': 4}\ndef clip(n): return min(n, LIMITS['a'])\n",
    ),
    "chance": (
        """
import random
def test_it():
    random.seed(7)
    expected = [random.random() for _ in range(3)]
    random.seed(7)
    assert draw(3) == expected
    assert rolled(random.Random(5)) == random.Random(5).randint(1, 6)
""",
        (
            "import random\ndef draw(n): return [random.random() for _ in range(n)]\n"
            "def rolled(chance): return chance.randint(1, 6)\n"
        ),
        (
            "import random\ndef draw(n): return [random.random() for _ in range(n + 1)][1:]\n"
            "def rolled(chance): return chance.randint(1, 6)\n"
        ),
    ),
}
