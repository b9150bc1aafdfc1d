"""Test files of the sort that users have: (tests, right programs, wrong ones as (number of a right one, before, after))."""

User = tuple[str, tuple[str, ...], tuple[tuple[int, str, str], ...]]


def wrong_of(user: User) -> list[str]:
    """The wrong programs."""
    _, right, changes = user
    assert all(before in right[number] for number, before, _ in changes)
    return [right[number].replace(before, after) for number, before, after in changes]


USERS: dict[str, User] = {
    "a connection of sqlite": (
        """
import sqlite3
import pytest
from solution import add_user, users, transfer

@pytest.fixture
def db():
    con = sqlite3.connect(":memory:")
    con.row_factory = sqlite3.Row
    con.executescript("CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT UNIQUE, balance INTEGER DEFAULT 0);")
    yield con
    con.close()

def test_add(db):
    assert add_user(db, "ann") == 1
    assert add_user(db, "bob", 5) == 2
    rows = db.execute("SELECT name, balance FROM users ORDER BY id").fetchall()
    assert [tuple(r) for r in rows] == [("ann", 0), ("bob", 5)]

def test_unique(db):
    add_user(db, "ann")
    with pytest.raises(sqlite3.IntegrityError):
        add_user(db, "ann")

def test_users(db):
    db.executemany("INSERT INTO users(name, balance) VALUES (?, ?)", [("b", 1), ("a", 2)])
    assert users(db) == ["a", "b"]

def test_transfer_rolls_back(db):
    db.executemany("INSERT INTO users(name, balance) VALUES (?, ?)", [("a", 10), ("b", 0)])
    db.commit()
    transfer(db, "a", "b", 4)
    assert dict(db.execute("SELECT name, balance FROM users").fetchall()) == {"a": 6, "b": 4}
    with pytest.raises(ValueError):
        transfer(db, "a", "b", 40)
    assert dict(db.execute("SELECT name, balance FROM users").fetchall()) == {"a": 6, "b": 4}
""",
        (
            """
def add_user(con, name, balance=0):
    cur = con.execute("INSERT INTO users(name, balance) VALUES (?, ?)", (name, balance))
    con.commit()
    return cur.lastrowid
def users(con):
    return [row["name"] for row in con.execute("SELECT name FROM users ORDER BY name")]
def transfer(con, a, b, amount):
    with con:
        con.execute("UPDATE users SET balance = balance - ? WHERE name = ?", (amount, a))
        con.execute("UPDATE users SET balance = balance + ? WHERE name = ?", (amount, b))
        left = con.execute("SELECT balance FROM users WHERE name = ?", (a,)).fetchone()[0]
        if left < 0:
            raise ValueError("not enough")
""",
            """
import sqlite3
def add_user(con: sqlite3.Connection, name, balance=0):
    cur = con.cursor()
    cur.execute("INSERT INTO users(name, balance) VALUES (:n, :b)", {"n": name, "b": balance})
    con.commit()
    (found,) = cur.execute("SELECT id FROM users WHERE name = ?", [name]).fetchone()
    return found
def users(con):
    rows = con.execute("SELECT name FROM users").fetchall()
    return sorted(r[0] for r in rows)
def transfer(con, a, b, amount):
    cur = con.cursor()
    try:
        for name, by in ((a, -amount), (b, amount)):
            cur.execute("UPDATE users SET balance = balance + ? WHERE name = ?", (by, name))
        cur.execute("SELECT min(balance) AS low FROM users")
        if cur.fetchone()["low"] < 0:
            raise ValueError
    except Exception:
        con.rollback()
        raise
    else:
        con.commit()
    finally:
        cur.close()
""",
        ),
        (
            (0, "    with con:\n", "    if True:\n"),
            (0, "ORDER BY name", "ORDER BY id"),
            (0, "return cur.lastrowid", "return None"),
            (0, "INSERT INTO", "INSERT OR REPLACE INTO"),
            (1, "        con.rollback()\n", ""),
        ),
    ),
    "errors and rows of sqlite": (
        """
import sqlite3
from solution import report, safe

def test_report():
    con = sqlite3.connect(":memory:")
    con.execute("CREATE TABLE sales(region TEXT, amount REAL)")
    con.executemany("INSERT INTO sales VALUES (?, ?)", [("n", 1.5), ("s", 2.0), ("n", 3.0)])
    assert report(con) == {"n": 4.5, "s": 2.0}
    assert con.total_changes == 3

def test_safe():
    con = sqlite3.connect(":memory:")
    assert safe(con, "SELECT 1 + 1") == [(2,)]
    assert safe(con, "SELEC") == []
    assert safe(con, "SELECT * FROM nothing") == []
""",
        (
            """
def report(con):
    return dict(con.execute("SELECT region, SUM(amount) FROM sales GROUP BY region"))
import sqlite3
def safe(con, sql):
    try:
        return con.execute(sql).fetchall()
    except sqlite3.Error:
        return []
""",
            """
import sqlite3
def report(con):
    out = {}
    for region, amount in con.execute("SELECT region, amount FROM sales"):
        out[region] = out.get(region, 0) + amount
    return out
def safe(con, sql):
    try:
        cur = con.cursor()
        cur.execute(sql)
        return list(cur)
    except sqlite3.OperationalError:
        return []
""",
        ),
        (
            (0, "SUM(amount)", "MAX(amount)"),
            (0, "sqlite3.Error", "ValueError"),
        ),
    ),
    "nodes of ast": (
        """
import ast
from solution import names, calls, rename, depth

SOURCE = "def f(a, b):\\n    return g(a) + h(b, c)\\n"

def test_names():
    assert names(ast.parse(SOURCE)) == {"a", "b", "c", "g", "h"}

def test_calls():
    tree = ast.parse(SOURCE)
    assert calls(tree) == [("g", 2), ("h", 2)]

def test_rename():
    tree = ast.parse("x = x + y")
    new = rename(tree, "x", "z")
    assert ast.unparse(new) == "z = z + y"

def test_depth():
    assert depth(ast.parse("1 + (2 * 3)", mode="eval").body) == 2
""",
        (
            """
import ast
def names(tree):
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
def calls(tree):
    return [(n.func.id, n.lineno) for n in ast.walk(tree) if isinstance(n, ast.Call)]
class _R(ast.NodeTransformer):
    def __init__(self, old, new):
        self.old, self.new = old, new
    def visit_Name(self, node):
        if node.id == self.old:
            return ast.copy_location(ast.Name(self.new, node.ctx), node)
        return node
def rename(tree, old, new):
    return ast.fix_missing_locations(_R(old, new).visit(tree))
def depth(node):
    if isinstance(node, ast.BinOp):
        return 1 + max(depth(node.left), depth(node.right))
    return 0
""",
            """
import ast
class V(ast.NodeVisitor):
    def __init__(self):
        self.found = set()
        self.calls = []
    def visit_Name(self, node):
        self.found.add(node.id)
    def visit_Call(self, node):
        self.calls.append((node.func.id, node.lineno))
        self.generic_visit(node)
def names(tree):
    v = V(); v.visit(tree); return v.found
def calls(tree):
    v = V(); v.visit(tree); return v.calls
def rename(tree, old, new):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new
    return tree
def depth(node):
    match node:
        case ast.BinOp(left=l, right=r):
            return 1 + max(depth(l), depth(r))
    return 0
""",
        ),
        (
            (0, "isinstance(n, ast.Name)}", "isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}"),
            (0, "n.lineno)", "n.col_offset)"),
            (1, "node.id = new", "pass"),
            (0, "return 1 + max", "return max"),
        ),
    ),
    "a decimal context of the tests": (
        """
import decimal
from decimal import Decimal, localcontext
import pytest
from solution import third, total

@pytest.fixture
def precise():
    with localcontext() as ctx:
        ctx.prec = 5
        yield ctx

def test_third(precise):
    assert third(Decimal(1)) == Decimal("0.33333")

def test_default():
    assert third(Decimal(1)) == Decimal("0.3333333333333333333333333333")

def test_getcontext():
    old = decimal.getcontext().prec
    decimal.getcontext().prec = 3
    try:
        assert str(third(Decimal(2))) == "0.667"
    finally:
        decimal.getcontext().prec = old

def test_rounding():
    with localcontext() as ctx:
        ctx.rounding = decimal.ROUND_DOWN
        ctx.prec = 3
        assert total([Decimal("1.119"), Decimal("0")]) == Decimal("1.11")

def test_traps():
    with localcontext() as ctx:
        ctx.traps[decimal.DivisionByZero] = False
        assert third(Decimal(1), Decimal(0)) == Decimal("Infinity")
    with pytest.raises(decimal.DivisionByZero):
        third(Decimal(1), Decimal(0))
""",
        (
            """
def third(x, by=3):
    return x / by
def total(xs):
    return sum(xs)
""",
            """
from decimal import Decimal
def third(x, by=Decimal(3)):
    return Decimal(x) / Decimal(by)
def total(xs):
    out = Decimal(0)
    for x in xs:
        out += x
    return out
""",
        ),
        (
            (
                0,
                "return x / by",
                "import decimal\n    with decimal.localcontext() as c:\n        c.prec = 28\n        return x / by",
            ),
            (0, "return sum(xs)", "return sum(xs) * 1 + 1"),
        ),
    ),
    "a decimal context of the candidate": (
        """
import decimal
from decimal import Decimal
import solution

def test_setup_sets_precision():
    old = decimal.getcontext().copy()
    try:
        solution.setup(7)
        assert decimal.getcontext().prec == 7
        assert Decimal(1) / Decimal(3) == Decimal("0.3333333")
        assert solution.ratio(2, 3) == Decimal("0.6666667")
    finally:
        decimal.setcontext(old)

def test_does_not_leak():
    before = decimal.getcontext().prec
    assert solution.pi(10) == Decimal("3.141592654")
    assert decimal.getcontext().prec == before
""",
        (
            """
import decimal
from decimal import Decimal
def setup(n):
    decimal.getcontext().prec = n
def ratio(a, b):
    return Decimal(a) / Decimal(b)
def pi(n):
    with decimal.localcontext() as ctx:
        ctx.prec = n
        return +Decimal("3.14159265358979323846")
""",
        ),
        (
            (0, "    decimal.getcontext().prec = n\n", "    pass\n"),
            (0, "    with decimal.localcontext() as ctx:", "    if ctx := decimal.getcontext():"),
        ),
    ),
    "ids, approx and texts of exceptions": (
        """
import math
import pytest
from solution import mean, parse_ratio

@pytest.mark.parametrize(("xs", "wanted"), [
    pytest.param([1, 2, 3], 2, id="ints"),
    pytest.param([0.1] * 3, 0.1, id="floats"),
    pytest.param([1e300, 1e300], 1e300, id="large", marks=pytest.mark.filterwarnings("ignore")),
])
def test_mean(xs, wanted):
    assert mean(xs) == pytest.approx(wanted, rel=1e-12)

def test_empty():
    with pytest.raises(ValueError, match=r"^no values$"):
        mean([])

@pytest.mark.parametrize("text", ["", "1:", ":2", "a:b", "1:0"], ids=repr)
def test_bad(text):
    with pytest.raises(ValueError) as caught:
        parse_ratio(text)
    assert text in str(caught.value) or "zero" in str(caught.value)
    assert caught.type is ValueError

def test_good():
    assert parse_ratio("1:4") == pytest.approx(0.25)
    assert {"a": parse_ratio("1:3")} == pytest.approx({"a": 0.3333}, abs=1e-3)
""",
        (
            """
def mean(xs):
    if not xs:
        raise ValueError("no values")
    return sum(x / len(xs) for x in xs)
def parse_ratio(text):
    a, sep, b = text.partition(":")
    if not sep or not a.isdigit() or not b.isdigit():
        raise ValueError(f"bad ratio: {text!r}")
    if int(b) == 0:
        raise ValueError("zero")
    return int(a) / int(b)
""",
        ),
        (
            (0, '"no values"', '"there are no values"'),
            (0, '        raise ValueError("zero")', '        raise ZeroDivisionError("zero")'),
        ),
    ),
    "setUpClass, subTest and autospec": (
        """
import unittest
from unittest import mock
from solution import Mailer, notify

class Transport:
    def send(self, to, body): ...
    def close(self): ...

class TestNotify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.users = [("a@x", True), ("b@x", False), ("c@x", True)]

    def setUp(self):
        self.transport = mock.create_autospec(Transport, instance=True)
        self.transport.send.return_value = True

    def test_sends_to_active(self):
        self.assertEqual(notify(self.transport, self.users, "hi"), 2)
        self.assertEqual(self.transport.send.call_args_list, [mock.call("a@x", "hi"), mock.call("c@x", "hi")])
        self.transport.close.assert_called_once_with()

    def test_closes_on_error(self):
        self.transport.send.side_effect = ConnectionError("down")
        with self.assertRaisesRegex(ConnectionError, "down"):
            notify(self.transport, self.users, "hi")
        self.transport.close.assert_called_once()

    def test_retries(self):
        self.transport.send.side_effect = [False, True]
        mailer = Mailer(self.transport, retries=2)
        self.assertTrue(mailer.send("a@x", "x"))
        self.assertEqual(self.transport.send.call_count, 2)
        for n in (0, 1):
            with self.subTest(n=n):
                t = mock.Mock(spec=Transport)
                t.send.return_value = False
                self.assertFalse(Mailer(t, retries=n).send("a", "b"))
                self.assertEqual(t.send.call_count, n)
""",
        (
            """
class Mailer:
    def __init__(self, transport, retries=3):
        self.transport = transport
        self.retries = retries
    def send(self, to, body):
        for _ in range(self.retries):
            if self.transport.send(to, body):
                return True
        return False
def notify(transport, users, body):
    try:
        n = 0
        for to, active in users:
            if active and transport.send(to, body):
                n += 1
        return n
    finally:
        transport.close()
""",
        ),
        (
            (0, "    finally:\n        transport.close()", "    except ZeroDivisionError:\n        transport.close()"),
            (0, "range(self.retries)", "range(self.retries + 1)"),
            (0, "if active and transport", "if transport"),
        ),
    ),
    "a class in the place of datetime": (
        """
import datetime
import time
from unittest import mock
import pytest
import solution

class Frozen(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 2, 29, 12, 0, tzinfo=tz)
    @classmethod
    def today(cls):
        return cls(2024, 2, 29)

@pytest.fixture
def frozen(monkeypatch):
    monkeypatch.setattr(solution, "datetime", Frozen, raising=False)
    monkeypatch.setattr(solution.time, "time", lambda: 1_700_000_000.0)
    return Frozen

def test_stamp(frozen):
    assert solution.stamp() == "2024-02-29T12:00"

def test_age(frozen):
    assert solution.days_since(datetime.date(2024, 2, 1)) == 28

def test_expired(frozen):
    assert solution.expired(1_699_999_999.0)
    assert not solution.expired(1_700_000_000.5)

def test_sleep():
    with mock.patch("solution.time.sleep") as slept:
        assert solution.wait_for(iter([False, False, True]).__next__, 0.5) == 2
    assert slept.call_args_list == [mock.call(0.5)] * 2
""",
        (
            """
import time
from datetime import datetime
def stamp():
    return datetime.now().isoformat(timespec="minutes")
def days_since(day):
    return (datetime.now().date() - day).days
def expired(t):
    return time.time() > t
def wait_for(ready, pause):
    n = 0
    while not ready():
        time.sleep(pause)
        n += 1
    return n
""",
        ),
        (
            (0, 'timespec="minutes"', 'timespec="seconds"'),
            (0, ".days", ".days + 1"),
            (0, "time.sleep(pause)", "time.sleep(pause * 2)"),
        ),
    ),
    "enumerations, dataclasses and files": (
        """
import dataclasses
from enum import Enum
from pathlib import Path
import pytest
from solution import Colour, Item, load, save, totals

def test_enum():
    assert Colour("red") is Colour.RED
    assert [c.name for c in Colour] == ["RED", "GREEN"]
    assert Colour.RED != Colour.GREEN and Colour.GREEN.label() == "Green"
    with pytest.raises(ValueError):
        Colour("blue")

def test_item():
    a = Item("x", 2, Colour.RED)
    assert a == Item("x", 2, Colour.RED) != Item("x", 3, Colour.RED)
    assert dataclasses.replace(a, count=5).count == 5
    assert dataclasses.asdict(a) == {"name": "x", "count": 2, "colour": Colour.RED}
    with pytest.raises(dataclasses.FrozenInstanceError):
        a.count = 3
    assert repr(a).startswith("Item(name='x', count=2")
    assert sorted([Item("b", 1, Colour.RED), Item("a", 1, Colour.RED)], key=lambda i: i.name)[0].name == "a"
    assert len({a, Item("x", 2, Colour.RED)}) == 1

def test_files(tmp_path: Path):
    path = tmp_path / "sub" / "items.txt"
    save(path, [Item("x", 2, Colour.RED), Item("y", 1, Colour.GREEN)])
    assert path.read_text(encoding="utf-8").splitlines() == ["x;2;red", "y;1;green"]
    assert load(path) == [Item("x", 2, Colour.RED), Item("y", 1, Colour.GREEN)]
    assert not list(tmp_path.glob("*.tmp"))

def test_totals():
    assert totals([Item("x", 2, Colour.RED), Item("y", 1, Colour.RED)]) == {Colour.RED: 3}
""",
        (
            """
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
class Colour(Enum):
    RED = "red"
    GREEN = "green"
    def label(self):
        return self.value.title()
@dataclass(frozen=True)
class Item:
    name: str
    count: int
    colour: Colour
def save(path, items):
    path.parent.mkdir(parents=True, exist_ok=True)
    tmp = path.with_suffix(".tmp")
    tmp.write_text("".join(f"{i.name};{i.count};{i.colour.value}\\n" for i in items), encoding="utf-8")
    tmp.rename(path)
def load(path):
    out = []
    for line in Path(path).read_text().splitlines():
        name, count, colour = line.split(";")
        out.append(Item(name, int(count), Colour(colour)))
    return out
def totals(items):
    out = {}
    for i in items:
        out[i.colour] = out.get(i.colour, 0) + i.count
    return out
""",
        ),
        (
            (0, "frozen=True", "frozen=False, unsafe_hash=True"),
            (0, "i.colour.value}", "i.colour}"),
            (0, "out.get(i.colour, 0) + i.count", "i.count"),
            (0, "int(count)", "count"),
        ),
    ),
    "records, warnings and what is printed": (
        """
import logging
import warnings
import pytest
from solution import legacy, process, show

def test_logs(caplog):
    with caplog.at_level(logging.INFO, logger="jobs"):
        assert process([1, "x", 3]) == 4
    assert caplog.record_tuples == [("jobs", logging.WARNING, "skipped 'x'"), ("jobs", logging.INFO, "done: 2")]

def test_warns():
    with pytest.warns(DeprecationWarning, match="use process"):
        assert legacy([1]) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DeprecationWarning):
            legacy([1])

def test_prints(capsys):
    show({"b": 1, "a": 2})
    out, err = capsys.readouterr()
    assert out == "a: 2\\nb: 1\\n"
    assert err == ""
    show({})
    assert capsys.readouterr().err.strip() == "nothing"
""",
        (
            """
import logging
import sys
import warnings
logger = logging.getLogger("jobs")
def process(xs):
    total = n = 0
    for x in xs:
        if not isinstance(x, int):
            logger.warning("skipped %r", x)
            continue
        total += x
        n += 1
    logger.info("done: %d", n)
    return total
def legacy(xs):
    warnings.warn("use process", DeprecationWarning, stacklevel=2)
    return process(xs)
def show(d):
    if not d:
        print("nothing", file=sys.stderr)
    for k in sorted(d):
        print(f"{k}: {d[k]}")
""",
        ),
        (
            (0, 'logger.info("done: %d", n)', 'logger.info("done: %d", len(xs))'),
            (0, "DeprecationWarning, stacklevel=2", "UserWarning, stacklevel=2"),
            (0, "sorted(d)", "d"),
            (0, ", file=sys.stderr", ""),
        ),
    ),
    "generators, managers, properties, operators": (
        """
import itertools
import pytest
from solution import Account, Vector, chunks, opened, primes

def test_chunks():
    it = chunks(iter(range(7)), 3)
    assert next(it) == [0, 1, 2]
    assert list(it) == [[3, 4, 5], [6]]
    assert iter(it) is it

def test_lazy():
    assert list(itertools.islice(primes(), 5)) == [2, 3, 5, 7, 11]

def test_context():
    log = []
    with opened("x", log) as name:
        assert name == "X" and log == ["open x"]
    assert log == ["open x", "close x"]
    with pytest.raises(KeyError):
        with opened("y", log):
            raise KeyError
    assert log[-1] == "close y"

def test_property():
    a = Account()
    a.balance = 5
    assert a.balance == 5 and a.history == [0, 5]
    with pytest.raises(ValueError, match="negative"):
        a.balance = -1
    with pytest.raises(AttributeError):
        a.history = []
    assert isinstance(Account.balance, property)

def test_operators():
    v, w = Vector(1, 2), Vector(3, 4)
    assert v + w == Vector(4, 6) and v * 2 == 2 * v == Vector(2, 4)
    assert v != w and -v == Vector(-1, -2) and abs(Vector(3, 4)) == 5
    assert v @ w == 11 and v[0] == 1 and list(v) == [1, 2] and len(v) == 2
    assert str(v) == "(1, 2)" and bool(Vector(0, 0)) is False and v < w
    v += w
    assert v == Vector(4, 6)
    with pytest.raises(TypeError):
        v + 1
    assert hash(Vector(1, 2)) == hash(Vector(1, 2))
""",
        (
            """
import contextlib
from functools import total_ordering
def chunks(it, n):
    block = []
    for x in it:
        block.append(x)
        if len(block) == n:
            yield block
            block = []
    if block:
        yield block
def primes():
    found = []
    n = 2
    while True:
        if all(n % p for p in found):
            found.append(n)
            yield n
        n += 1
@contextlib.contextmanager
def opened(name, log):
    log.append(f"open {name}")
    try:
        yield name.upper()
    finally:
        log.append(f"close {name}")
class Account:
    def __init__(self):
        self._history = [0]
    @property
    def balance(self):
        return self._history[-1]
    @balance.setter
    def balance(self, value):
        if value < 0:
            raise ValueError("negative balance")
        self._history.append(value)
    @property
    def history(self):
        return list(self._history)
@total_ordering
class Vector:
    def __init__(self, *parts):
        self.parts = parts
    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(*(a + b for a, b in zip(self.parts, other.parts)))
    def __mul__(self, k):
        return Vector(*(a * k for a in self.parts))
    __rmul__ = __mul__
    def __neg__(self):
        return self * -1
    def __abs__(self):
        return sum(a * a for a in self.parts) ** 0.5
    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self.parts, other.parts))
    def __getitem__(self, i):
        return self.parts[i]
    def __len__(self):
        return len(self.parts)
    def __iter__(self):
        return iter(self.parts)
    def __eq__(self, other):
        return isinstance(other, Vector) and self.parts == other.parts
    def __lt__(self, other):
        return self.parts < other.parts
    def __hash__(self):
        return hash(self.parts)
    def __bool__(self):
        return any(self.parts)
    def __str__(self):
        return f"({', '.join(map(str, self.parts))})"
""",
        ),
        (
            (0, "    if block:\n        yield block\n", ""),
            (
                0,
                "    try:\n        yield name.upper()\n    finally:\n        log.append",
                "    yield name.upper()\n    if True:\n        log.append",
            ),
            (0, "    __rmul__ = __mul__\n", ""),
            (0, "return any(self.parts)", "return True"),
            (0, "return list(self._history)", "return self._history[1:]"),
        ),
    ),
    "asyncSetUp, AsyncMock and a pool": (
        """
import asyncio
import unittest
from unittest import mock
from solution import Pool, fetch_all, retry

class TestAll(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.calls = []

    async def get(self, url):
        self.calls.append(url)
        await asyncio.sleep(0)
        if url == "bad":
            raise OSError("bad")
        return url.upper()

    async def test_fetch(self):
        self.assertEqual(await fetch_all(self.get, ["a", "bad", "b"]), ["A", None, "B"])
        self.assertCountEqual(self.calls, ["a", "bad", "b"])

    async def test_retry(self):
        flaky = mock.AsyncMock(side_effect=[OSError(), OSError(), 5])
        self.assertEqual(await retry(flaky, 3), 5)
        self.assertEqual(flaky.await_count, 3)
        flaky = mock.AsyncMock(side_effect=OSError("no"))
        with self.assertRaises(OSError):
            await retry(flaky, 2)

    async def test_pool(self):
        running = most = 0
        async def job(n):
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1
            return n * 2
        async with Pool(2) as pool:
            results = await asyncio.gather(*(pool.run(job, n) for n in range(5)))
        self.assertEqual(results, [0, 2, 4, 6, 8])
        self.assertLessEqual(most, 2)
        self.assertTrue(pool.closed)
""",
        (
            """
import asyncio
async def fetch_all(get, urls):
    results = await asyncio.gather(*map(get, urls), return_exceptions=True)
    return [None if isinstance(r, Exception) else r for r in results]
async def retry(call, times):
    for n in range(times):
        try:
            return await call()
        except OSError:
            if n == times - 1:
                raise
class Pool:
    def __init__(self, size):
        self._gate = asyncio.Semaphore(size)
        self.closed = False
    async def __aenter__(self):
        return self
    async def __aexit__(self, *_):
        self.closed = True
    async def run(self, job, *args):
        async with self._gate:
            return await job(*args)
""",
        ),
        (
            (
                0,
                "None if isinstance(r, Exception) else r for r in results",
                "r for r in results if not isinstance(r, Exception)",
            ),
            (0, "times - 1", "times"),
            (0, "        async with self._gate:\n            return", "        if True:\n            return"),
            (0, "self.closed = True", "pass"),
        ),
    ),
    "fixtures with a scope, and a mapping of its own": (
        """
import json
import os
import pytest
import solution
from solution import Store

@pytest.fixture(scope="module")
def names():
    return ["a", "b"]

@pytest.fixture(params=["json", "lines"])
def store(request, tmp_path):
    s = Store(tmp_path / f"f.{request.param}", request.param)
    yield s
    s.close()

class TestStore:
    def test_roundtrip(self, store, names):
        for i, n in enumerate(names):
            store[n] = i
        store.flush()
        again = Store(store.path, store.kind)
        assert dict(again.items()) == {"a": 0, "b": 1}
        assert "a" in again and len(again) == 2 and again.get("z") is None
        del again["a"]
        assert list(again) == ["b"]
        with pytest.raises(KeyError):
            again["a"]

    def test_json_text(self, tmp_path):
        s = Store(tmp_path / "x.json", "json")
        s["k"] = [1, 2]
        s.close()
        assert json.loads((tmp_path / "x.json").read_text()) == {"k": [1, 2]}

    def test_env(self, monkeypatch, tmp_path):
        monkeypatch.setenv("STORE_KIND", "lines")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(solution, "DEFAULT", "d.txt")
        s = Store.default()
        assert s.kind == "lines" and s.path.name == "d.txt"
        monkeypatch.delenv("STORE_KIND")
        assert Store.default().kind == "json"
        s["q"] = 1
        s.close()
        assert os.listdir(".") == ["d.txt"]
""",
        (
            """
import json
import os
from collections.abc import MutableMapping
from pathlib import Path
DEFAULT = "store.json"
class Store(MutableMapping):
    def __init__(self, path, kind="json"):
        self.path, self.kind = Path(path), kind
        self._data = {}
        if self.path.exists():
            text = self.path.read_text()
            if kind == "json":
                self._data = json.loads(text)
            else:
                self._data = dict(json.loads(line) for line in text.splitlines())
    @classmethod
    def default(cls):
        return cls(DEFAULT, os.environ.get("STORE_KIND", "json"))
    def __getitem__(self, key):
        return self._data[key]
    def __setitem__(self, key, value):
        self._data[key] = value
    def __delitem__(self, key):
        del self._data[key]
    def __iter__(self):
        return iter(self._data)
    def __len__(self):
        return len(self._data)
    def flush(self):
        if self.kind == "json":
            self.path.write_text(json.dumps(self._data))
        else:
            self.path.write_text("".join(json.dumps(pair) + "\\n" for pair in self._data.items()))
    def close(self):
        self.flush()
""",
        ),
        (
            (0, "        del self._data[key]", "        self._data[key] = None"),
            (0, "    def close(self):\n        self.flush()", "    def close(self):\n        pass"),
            (0, 'os.environ.get("STORE_KIND", "json")', '"json"'),
        ),
    ),
    "exceptions of its own, and groups": (
        """
import contextlib
import pytest
from solution import ApiError, NotFound, call, collect

def test_attrs():
    with pytest.raises(ApiError) as e:
        call(500)
    assert e.value.status == 500 and e.value.args == ("status 500", 500) and str(e.value) == "ApiError(500)"
    with pytest.raises(NotFound) as e:
        call(404)
    assert isinstance(e.value, ApiError) and isinstance(e.value.__cause__, KeyError)
    assert issubclass(NotFound, ApiError) and NotFound.default == 404

def test_suppress():
    with contextlib.suppress(ApiError):
        call(404)
        assert False

def test_except():
    try:
        call(404)
    except NotFound as e:
        found = e
    assert found.status == 404
    assert call(200) == "ok"

def test_group():
    with pytest.raises(ExceptionGroup) as e:
        collect([1, 0, "x"])
    kinds = [type(x) for x in e.value.exceptions]
    assert kinds == [ZeroDivisionError, TypeError] and "2 failed" in str(e.value)
""",
        (
            """
class ApiError(Exception):
    def __init__(self, status):
        super().__init__(f"status {status}", status)
        self.status = status
    def __str__(self):
        return f"{type(self).__name__}({self.status})"
class NotFound(ApiError):
    default = 404
def call(status):
    if status == 404:
        try:
            {}["x"]
        except KeyError as e:
            raise NotFound(404) from e
    if status != 200:
        raise ApiError(status)
    return "ok"
def collect(xs):
    failed = []
    for x in xs:
        try:
            1 / x
        except Exception as e:
            failed.append(e)
    if failed:
        raise ExceptionGroup(f"{len(failed)} failed", failed)
""",
        ),
        (
            (0, "raise NotFound(404) from e", "raise NotFound(404) from None"),
            (0, "class NotFound(ApiError)", "class NotFound(Exception)"),
            (0, "self.status = status", "pass"),
            (0, "failed.append(e)", "failed.insert(0, e)"),
        ),
    ),
    "patches of classes and functions": (
        """
from unittest import mock
import pytest
import solution
from solution import Client, Service, helper

def test_patch_method():
    with mock.patch.object(Client, "get", return_value={"id": 7}) as got:
        assert Service(Client("u")).name(1) == "item 7"
    got.assert_called_once_with("/items/1")

def test_patch_helper():
    with mock.patch("solution.helper", side_effect=lambda x: x + 1):
        assert Service(Client("u")).twice(3) == 8

def test_monkeypatch(monkeypatch):
    monkeypatch.setattr(solution, "LIMIT", 2)
    assert Service(Client("u")).limited([1, 2, 3]) == [1, 2]
    monkeypatch.setattr(Service, "shout", lambda self, x: x + "?")
    assert Service(Client("u")).speak("a") == "A?"
    monkeypatch.setattr(Client, "get", staticmethod(lambda path: {"id": path}))
    service = Service(Client("u"))
    assert service.name(2) == "item /items/2"

def test_names():
    assert Service.__name__ == "Service"
    assert solution.default_service().client.base == "https://x"

def test_real():
    with pytest.raises(NotImplementedError):
        Client("u").get("/x")
    assert helper(2) == 4
""",
        (
            """
LIMIT = 10
def helper(x):
    return x * 2
class Client:
    def __init__(self, base):
        self.base = base
    def get(self, path):
        raise NotImplementedError
class Service:
    def __init__(self, client):
        self.client = client
    def name(self, n):
        return f"item {self.client.get(f'/items/{n}')['id']}"
    def twice(self, x):
        return helper(x) * 2
    def limited(self, xs):
        return xs[:LIMIT]
    def shout(self, x):
        return x + "!"
    def speak(self, x):
        return self.shout(x.upper())
def default_service():
    return Service(Client("https://x"))
""",
        ),
        (
            (0, "xs[:LIMIT]", "xs[:10]"),
            (0, "/items/{n}", "/item/{n}"),
            (0, "return helper(x) * 2", "return x * 4"),
            (0, '"https://x"', '"http://x"'),
        ),
    ),
    "order, heaps and copies of own objects": (
        """
import bisect
import copy
import heapq
import operator
import pytest
from solution import Card, Deck, by_rank

def test_sort():
    cards = [Card("K"), Card("2"), Card("A")]
    assert [c.rank for c in sorted(cards)] == ["2", "K", "A"]
    assert max(cards) == Card("A") and min(cards).rank == "2"
    assert Card("2") in cards and Card("3") not in cards and cards.index(Card("A")) == 2
    cards.sort(key=by_rank, reverse=True)
    assert list(map(operator.attrgetter("rank"), cards)) == ["A", "K", "2"]

def test_heap():
    heap = [Card("A"), Card("3"), Card("K")]
    heapq.heapify(heap)
    assert heapq.heappop(heap) == Card("3")
    xs = sorted(heap)
    bisect.insort(xs, Card("Q"))
    assert [c.rank for c in xs] == ["Q", "K", "A"]

def test_deck():
    d = Deck([Card("2"), Card("K")])
    e = copy.deepcopy(d)
    e.cards.pop()
    assert len(d) == 2 and len(e) == 1
    assert d[0] == Card("2") and d[-1].rank == "K" and [c.rank for c in d] == ["2", "K"]
    assert Card("K") in d
    assert {Card("2"): 1}[Card("2")] == 1 and len({Card("2"), Card("2")}) == 1
    with pytest.raises(TypeError):
        Card("2") < 3
    a, *rest = d
    assert a == Card("2") and rest == [Card("K")]
    assert repr(d) == "Deck(2, K)" and f"{d:short}" == "2K"
""",
        (
            """
from functools import total_ordering
ORDER = "23456789TJQKA"
def by_rank(card):
    return ORDER.index(card.rank)
@total_ordering
class Card:
    __slots__ = ("rank",)
    def __init__(self, rank):
        self.rank = rank
    def __eq__(self, other):
        return isinstance(other, Card) and self.rank == other.rank
    def __lt__(self, other):
        if not isinstance(other, Card):
            return NotImplemented
        return by_rank(self) < by_rank(other)
    def __hash__(self):
        return hash(self.rank)
class Deck:
    def __init__(self, cards):
        self.cards = list(cards)
    def __len__(self):
        return len(self.cards)
    def __getitem__(self, i):
        return self.cards[i]
    def __repr__(self):
        return f"Deck({', '.join(c.rank for c in self.cards)})"
    def __format__(self, spec):
        return "".join(c.rank for c in self.cards) if spec == "short" else repr(self)
""",
        ),
        (
            (0, "by_rank(self) < by_rank(other)", "self.rank < other.rank"),
            (0, "return hash(self.rank)", "return id(self)"),
            (0, 'spec == "short"', 'spec == "s"'),
            (0, "self.cards = list(cards)", "self.cards = cards[:1]"),
        ),
    ),
    "signatures, fields, wraps and abstract classes": (
        """
import dataclasses
import inspect
import typing
from solution import Config, memo, greet, Shape, Square
import pytest

def test_signature():
    assert list(inspect.signature(greet).parameters) == ["name", "punct"]
    assert inspect.signature(greet).parameters["punct"].default == "!"
    assert greet.__name__ == "greet" and "Greets" in greet.__doc__
    assert typing.get_type_hints(greet) == {"name": str, "punct": str, "return": str}

def test_fields():
    assert [f.name for f in dataclasses.fields(Config)] == ["host", "port", "tags"]
    c = Config("h")
    assert c.tags == [] and Config("x").tags is not c.tags
    assert dataclasses.astuple(c) == ("h", 80, [])
    assert dataclasses.is_dataclass(c)

def test_memo():
    calls = []
    @memo
    def f(x):
        "doc"
        calls.append(x)
        return x * 2
    assert [f(1), f(1), f(2)] == [2, 2, 4] and calls == [1, 2]
    assert f.__name__ == "f" and f.__doc__ == "doc"

def test_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Shape()
    assert isinstance(Square(2), Shape) and Square(2).area() == 4 and Square.__mro__[1] is Shape
    assert Square.unit().side == 1 and Square.is_square(Square(1))
    assert hasattr(Square(2), "area") and not hasattr(Square(2), "volume")
    assert vars(Square(3)) == {"side": 3} and callable(Square(1).area)
""",
        (
            """
import functools
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
def greet(name: str, punct: str = "!") -> str:
    \"\"\"Greets someone.\"\"\"
    return f"Hi {name}{punct}"
@dataclass
class Config:
    host: str
    port: int = 80
    tags: list = field(default_factory=list)
def memo(f):
    seen = {}
    @functools.wraps(f)
    def inner(x):
        if x not in seen:
            seen[x] = f(x)
        return seen[x]
    return inner
class Shape(ABC):
    @abstractmethod
    def area(self): ...
class Square(Shape):
    def __init__(self, side):
        self.side = side
    def area(self):
        return self.side ** 2
    @classmethod
    def unit(cls):
        return cls(1)
    @staticmethod
    def is_square(x):
        return isinstance(x, Square)
""",
        ),
        (
            (0, "    @functools.wraps(f)\n", ""),
            (0, "field(default_factory=list)", "None"),
            (0, "    @abstractmethod\n", ""),
            (0, 'punct: str = "!"', 'punct: str = "."'),
        ),
    ),
    "properties by hypothesis": (
        """
from hypothesis import given, settings, strategies as st
from solution import decode, encode, merge

@given(st.text(alphabet="ab ", max_size=12))
@settings(max_examples=40, deadline=None, database=None)
def test_roundtrip(s):
    assert decode(encode(s)) == s

@given(st.lists(st.integers(-5, 5)), st.lists(st.integers(-5, 5)))
@settings(max_examples=40, deadline=None, database=None)
def test_merge(a, b):
    assert merge(sorted(a), sorted(b)) == sorted(a + b)
""",
        (
            """
from itertools import groupby
def encode(s):
    return [(c, len(list(g))) for c, g in groupby(s)]
def decode(p):
    return "".join(c * n for c, n in p)
def merge(a, b):
    out, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i]); i += 1
        else:
            out.append(b[j]); j += 1
    return out + a[i:] + b[j:]
""",
        ),
        (
            (0, "out + a[i:] + b[j:]", "out + a[i:]"),
            (0, "c * n", "c"),
        ),
    ),
    "named tuples, flags and kinds of numbers": (
        """
from collections import OrderedDict, defaultdict, deque, namedtuple
from enum import Flag, IntEnum, auto
from fractions import Fraction
import math
import pytest
from solution import Level, Mode, Pair, Rational, group, ring, stats

def test_named():
    p = Pair(1, "a")
    assert p == (1, "a") and p.left == 1 and p._asdict() == {"left": 1, "right": "a"}
    x, y = p
    assert isinstance(p, tuple) and p._replace(left=2).left == 2

def test_flags():
    m = Mode.READ | Mode.WRITE
    assert Mode.READ in m and Mode.EXEC not in m and (m & ~Mode.READ) == Mode.WRITE
    assert Level.HIGH > Level.LOW and Level.HIGH == 3 and sorted([Level.HIGH, Level.LOW]) == [Level.LOW, Level.HIGH]
    assert Level(1) is Level.LOW and Level["HIGH"].name == "HIGH"

def test_group():
    g = group(["aa", "b", "cc"])
    assert g == {2: ["aa", "cc"], 1: ["b"]} and isinstance(g, defaultdict) and g[9] == []

def test_ring():
    r = ring(2, [1, 2, 3])
    assert r == deque([2, 3]) and r.maxlen == 2

def test_rational():
    assert Rational(1, 2) + Rational(1, 3) == Rational(5, 6)
    assert Rational(1, 2) == Fraction(1, 2)
    assert float(Rational(1, 4)) == 0.25 and int(Rational(7, 2)) == 3 and round(Rational(7, 2)) == 4
    assert math.isclose(Rational(1, 3), 1 / 3)
    assert sum([Rational(1, 2), Rational(1, 2)]) == 1

def test_stats():
    s = stats([1, 2, 3, 4])
    assert s == pytest.approx({"mean": 2.5, "sd": 1.2909944}, rel=1e-6)
    assert math.isnan(stats([])["mean"])
""",
        (
            """
from collections import defaultdict, deque
from enum import Flag, IntEnum, auto
from fractions import Fraction
from typing import NamedTuple
import statistics
class Pair(NamedTuple):
    left: int
    right: str
class Mode(Flag):
    READ = auto()
    WRITE = auto()
    EXEC = auto()
class Level(IntEnum):
    LOW = 1
    HIGH = 3
def group(xs):
    out = defaultdict(list)
    for x in xs:
        out[len(x)].append(x)
    return out
def ring(n, xs):
    return deque(xs, maxlen=n)
class Rational(Fraction):
    pass
def stats(xs):
    if not xs:
        return {"mean": float("nan"), "sd": 0.0}
    return {"mean": statistics.fmean(xs), "sd": statistics.stdev(xs)}
""",
        ),
        (
            (0, "maxlen=n", "maxlen=n + 1"),
            (0, "stdev(xs)", "pstdev(xs)"),
            (0, "HIGH = 3", "HIGH = 2"),
        ),
    ),
    "a command line, streams and bytes": (
        """
import io
import json
import sys
import pytest
from solution import main, parse, stream

def test_main(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["prog", "--n", "3", "a"])
    assert main() == 0
    assert json.loads(capsys.readouterr().out) == {"n": 3, "words": ["a"]}

def test_bad(capsys):
    with pytest.raises(SystemExit) as e:
        main(["--n", "x"])
    assert e.value.code == 2
    assert "invalid int value" in capsys.readouterr().err

def test_stdin(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("3\\n4 5\\n"))
    main(["--sum"])
    assert capsys.readouterr().out.strip() == "12"

def test_stream():
    out = io.StringIO()
    assert stream(io.StringIO("a\\nb\\n\\n"), out) == 2
    assert out.getvalue() == "1: a\\n2: b\\n"

def test_bytes():
    assert parse(io.BytesIO(b"\\x00\\x02hi")) == "hi"
    with pytest.raises(EOFError):
        parse(io.BytesIO(b"\\x00\\x05hi"))
""",
        (
            """
import argparse
import json
import sys
def main(argv=None):
    p = argparse.ArgumentParser()
    p.add_argument("--n", type=int, default=1)
    p.add_argument("--sum", action="store_true")
    p.add_argument("words", nargs="*")
    a = p.parse_args(argv)
    if a.sum:
        print(sum(int(x) for line in sys.stdin for x in line.split()))
        return 0
    print(json.dumps({"n": a.n, "words": a.words}))
    return 0
def stream(src, dst):
    n = 0
    for line in src:
        if line.strip():
            n += 1
            dst.write(f"{n}: {line.strip()}\\n")
    return n
def parse(f):
    size = int.from_bytes(f.read(2), "big")
    data = f.read(size)
    if len(data) < size:
        raise EOFError
    return data.decode()
""",
        ),
        (
            (0, "type=int", "type=str"),
            (0, "if line.strip():", "if True:"),
            (0, '"big"', '"little"'),
            (0, "return 0\n    print", "return 0\n    print('x'); print"),
        ),
    ),
    "iterators, trees and windows": (
        """
import itertools
import pytest
from solution import Countdown, Tree, paginate, window

def test_iter():
    c = Countdown(3)
    assert list(c) == [3, 2, 1] and list(c) == [3, 2, 1]
    assert list(reversed(c)) == [1, 2, 3] and len(c) == 3 and sum(c) == 6 and 2 in c
    assert dict(enumerate(c)) == {0: 3, 1: 2, 2: 1} and [*c, 0] == [3, 2, 1, 0]
    assert list(zip(c, "ab")) == [(3, "a"), (2, "b")]
    assert next(iter(c)) == 3 and max(c) == 3 and tuple(c)[::-1] == (1, 2, 3)

def test_tree():
    t = Tree(2, Tree(1), Tree(3))
    assert list(t) == [1, 2, 3]
    t.add(0)
    assert [n for n in t] == [0, 1, 2, 3] and t.left.left.value == 0

def test_pages():
    asked = []
    def fetch(page):
        asked.append(page)
        return {0: ["a", "b"], 1: ["c"]}.get(page, [])
    it = paginate(fetch)
    assert next(it) == "a" and asked == [0]
    assert list(it) == ["b", "c"] and asked == [0, 1, 2]

def test_window():
    assert list(window("abcd", 2)) == [("a", "b"), ("b", "c"), ("c", "d")]
    assert list(itertools.islice(window(itertools.count(), 3), 2)) == [(0, 1, 2), (1, 2, 3)]
    g = window("ab", 2)
    next(g)
    with pytest.raises(StopIteration):
        next(g)
""",
        (
            """
from collections import deque
from itertools import count
class Countdown:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return iter(range(self.n, 0, -1))
    def __reversed__(self):
        return iter(range(1, self.n + 1))
    def __len__(self):
        return self.n
class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right
    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right
    def add(self, value):
        side = "left" if value < self.value else "right"
        child = getattr(self, side)
        if child:
            child.add(value)
        else:
            setattr(self, side, Tree(value))
def paginate(fetch):
    for page in count():
        items = fetch(page)
        if not items:
            return
        yield from items
def window(xs, n):
    d = deque(maxlen=n)
    for x in xs:
        d.append(x)
        if len(d) == n:
            yield tuple(d)
""",
        ),
        (
            (0, "yield from items", "yield from list(items)[:1]"),
            (0, "    def __reversed__(self):\n        return iter(range(1, self.n + 1))\n", ""),
            (0, "value < self.value", "value > self.value"),
            (0, "yield tuple(d)", "yield d"),
        ),
    ),
    "plain asserts": (
        """
from solution import Stack, freq
s = Stack()
s.push(1).push(2)
assert s.pop() == 2 and len(s) == 1 and bool(s)
assert freq("abca") == {"a": 2, "b": 1, "c": 1}
assert list(freq("ba")) == ["a", "b"]
try:
    Stack().pop()
except IndexError as e:
    assert str(e) == "empty"
else:
    assert False
""",
        (
            """
class Stack:
    def __init__(self):
        self._items = []
    def push(self, x):
        self._items.append(x)
        return self
    def pop(self):
        if not self._items:
            raise IndexError("empty")
        return self._items.pop()
    def __len__(self):
        return len(self._items)
def freq(s):
    out = {}
    for c in sorted(s):
        out[c] = out.get(c, 0) + 1
    return out
""",
        ),
        (
            (0, "sorted(s)", "s"),
            (0, 'IndexError("empty")', "IndexError"),
            (0, "return self\n", "pass\n"),
        ),
    ),
    "a class of which a double is made": (
        """
import inspect
from unittest import mock
import solution
from solution import Mailer, notify

def test_notify():
    with mock.patch("solution.Mailer", autospec=True) as made:
        made.return_value.send.return_value = True
        assert notify(["a", "b"], "hi") == 2
        made.assert_called_once_with("mx")
        assert [call.args for call in made.return_value.send.call_args_list] == [("a", "hi"), ("b", "hi")]

def test_what_it_has():
    mailer = Mailer("x")
    assert {"send", "host"} <= set(dir(mailer))
    assert [name for name in dir(Mailer) if not name.startswith("_")] == ["send"]
    assert [name for name, _ in inspect.getmembers(Mailer, callable) if not name.startswith("_")] == ["send"]

def test_without_its_beginning():
    mailer = Mailer.__new__(Mailer)
    mailer.host = "x"
    assert type(mailer) is Mailer and vars(mailer) == {"host": "x"}
    assert mailer.send("a", "b") is True
    assert mailer.send("", "b") is False
""",
        (
            """
class Mailer:
    def __init__(self, host):
        self.host = host

    def send(self, to, text):
        return bool(to and text)


def notify(users, text):
    mailer = Mailer("mx")
    return sum(mailer.send(user, text) for user in users)
""",
            """
class Mailer:
    def __init__(self, host: str) -> None:
        self.host = host

    def send(self, to: str, text: str) -> bool:
        if not to:
            return False
        return text != ""


def notify(users, text):
    sent, mailer = 0, Mailer("mx")
    for user in users:
        if mailer.send(user, text):
            sent += 1
    return sent
""",
        ),
        (
            (0, 'Mailer("mx")', 'Mailer("my")'),
            (0, "mailer.send(user, text)", "mailer.send(text, user)"),
            (0, "sum(mailer", "max(mailer"),
            (0, "    def send", "    def close(self):\n        pass\n\n    def send"),
            (0, "bool(to and text)", "True"),
            (1, 'return text != ""', "return to"),
        ),
    ),
}
