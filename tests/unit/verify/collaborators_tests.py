"""Test files that put something of theirs in the place of what the candidate has: (tests, right programs, wrong ones)."""

COLLABORATORS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "property patched onto the candidate's class": (
        """
from unittest.mock import patch, PropertyMock
from solution import Account

def test_display():
    with patch.object(Account, "balance", new_callable=PropertyMock) as mocked:
        mocked.return_value = 40
        assert Account("bob").describe() == "bob: 40"
        mocked.assert_called_once_with()

def test_patched_by_name():
    with patch("solution.Account.balance", new_callable=PropertyMock, return_value=7):
        assert Account("ann").describe() == "ann: 7"
    assert Account("ann").describe() == "ann: 0"

def test_setattr(monkeypatch):
    monkeypatch.setattr(Account, "balance", property(lambda self: 5))
    assert Account("eve").describe() == "eve: 5"
    assert Account("eve").balance == 5
""",
        (
            """
class Account:
    def __init__(self, owner):
        self.owner = owner
        self._balance = 0
    @property
    def balance(self):
        return self._balance
    def describe(self):
        return f"{self.owner}: {self.balance}"
""",
            """
from dataclasses import dataclass, field
@dataclass
class Account:
    owner: str
    entries: list = field(default_factory=list)
    @property
    def balance(self):
        return sum(self.entries)
    def describe(self):
        return "%s: %d" % (self.owner, self.balance)
""",
        ),
        (
            """
class Account:
    def __init__(self, owner):
        self.owner = owner
        self._balance = 0
    @property
    def balance(self):
        return self._balance
    def describe(self):
        return f"{self.owner}: {self._balance}"
""",
        ),
    ),
    'class attribute and classmethod patched': (
        """
from unittest import mock
import pytest
import solution
from solution import Client

@pytest.fixture
def client():
    return Client("http://x")

@mock.patch.object(Client, "RETRIES", 1)
@mock.patch.object(Client, "_send")
def test_gives_up(send, client):
    send.side_effect = OSError("down")
    with pytest.raises(RuntimeError, match="gave up after 1"):
        client.get("/a")
    assert send.call_count == 1
    send.assert_called_with("http://x/a")

@mock.patch("solution.Client._send", side_effect=[OSError("x"), OSError("y"), "fine"])
def test_tries_again(send, client):
    assert client.get("/b") == "fine"
    assert [c.args for c in send.call_args_list] == [("http://x/b",)] * 3

def test_classmethod(monkeypatch):
    monkeypatch.setattr(Client, "default_url", classmethod(lambda cls: "http://y"))
    assert Client.default().url == "http://y"
""",
        (
            """
class Client:
    RETRIES = 3
    def __init__(self, url):
        self.url = url
    @classmethod
    def default_url(cls):
        return "http://localhost"
    @classmethod
    def default(cls):
        return cls(cls.default_url())
    def _send(self, url):
        raise OSError("no network")
    def get(self, path):
        for _ in range(self.RETRIES):
            try:
                return self._send(self.url + path)
            except OSError:
                continue
        raise RuntimeError(f"gave up after {self.RETRIES}")
""",
        ),
        (
            """
class Client:
    RETRIES = 3
    def __init__(self, url):
        self.url = url
    @classmethod
    def default_url(cls):
        return "http://localhost"
    @classmethod
    def default(cls):
        return cls("http://localhost")
    def _send(self, url):
        raise OSError("no network")
    def get(self, path):
        for _ in range(self.RETRIES):
            try:
                return self._send(self.url + path)
            except OSError:
                continue
        raise RuntimeError(f"gave up after {self.RETRIES}")
""",
            """
class Client:
    RETRIES = 3
    def __init__(self, url):
        self.url = url
    @classmethod
    def default_url(cls):
        return "http://localhost"
    @classmethod
    def default(cls):
        return cls(cls.default_url())
    def _send(self, url):
        raise OSError("no network")
    def get(self, path):
        for _ in range(3):
            try:
                return self._send(self.url + path)
            except OSError:
                continue
        raise RuntimeError(f"gave up after 3")
""",
        ),
    ),
    'caplog levels': (
        """
import logging
from solution import process

def test_warns(caplog):
    with caplog.at_level(logging.INFO, logger="pipeline"):
        assert process([1, None, 3]) == [1, 3]
    assert ("pipeline", logging.WARNING, "skipped row 1") in caplog.record_tuples
    assert "done: 2 rows" in caplog.text
    assert [r.levelname for r in caplog.records] == ["WARNING", "INFO"]

def test_quiet(caplog):
    caplog.set_level(logging.WARNING)
    process([1])
    assert caplog.records == []

def test_exception_logged(caplog):
    process([object()])
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].levelno == logging.ERROR
""",
        (
            """
import logging
log = logging.getLogger("pipeline")
def process(rows):
    kept = []
    for n, row in enumerate(rows):
        if row is None:
            log.warning("skipped row %d", n)
            continue
        try:
            kept.append(row + 0)
        except TypeError:
            log.exception("bad row %d", n)
    log.info("done: %d rows", len(kept))
    return kept
""",
        ),
        (
            """
import logging
log = logging.getLogger("pipeline")
def process(rows):
    kept = []
    for n, row in enumerate(rows):
        if row is None:
            log.info("skipped row %d", n)
            continue
        try:
            kept.append(row + 0)
        except TypeError:
            log.exception("bad row %d", n)
    log.info("done: %d rows", len(kept))
    return kept
""",
            """
import logging
log = logging.getLogger("pipeline")
def process(rows):
    kept = []
    for n, row in enumerate(rows):
        if row is None:
            log.warning("skipped row %d", n)
            continue
        try:
            kept.append(row + 0)
        except TypeError:
            log.error("bad row %d", n)
    log.info("done: %d rows", len(kept))
    return kept
""",
        ),
    ),
    'MagicMock as collaborator': (
        """
from unittest.mock import MagicMock, Mock, call, create_autospec, sentinel, ANY, patch
import pytest
from solution import Notifier, charge

class Gateway:
    def pay(self, card, cents): ...
    def refund(self, ref): ...

def test_calls():
    smtp = MagicMock()
    smtp.__enter__.return_value = smtp
    Notifier(smtp).send(["a@x", "b@x"], "hi")
    sent = [call.sendmail("a@x", "hi"), call.sendmail("b@x", "hi")]
    assert smtp.mock_calls == [call.__enter__(), *sent, call.__exit__(None, None, None)]

def test_autospec():
    gateway = create_autospec(Gateway, instance=True)
    gateway.pay.return_value = sentinel.ref
    assert charge(gateway, "4111", 19.99) is sentinel.ref
    gateway.pay.assert_called_once_with("4111", 1999)

def test_refund_on_error():
    gateway = Mock(spec=Gateway)
    gateway.pay.side_effect = ConnectionError("lost")
    with pytest.raises(RuntimeError):
        charge(gateway, "4111", 1)
    gateway.refund.assert_called_once_with(ANY)

def test_configured():
    log = Mock(**{"write.return_value": 3})
    assert Notifier(log, echo=True).log("abc") == 3
    log.write.assert_called_with("abc")
    assert log.method_calls == [call.write("abc")]
""",
        (
            """
class Notifier:
    def __init__(self, out, echo=False):
        self.out, self.echo = out, echo
    def send(self, people, text):
        with self.out as server:
            for person in people:
                server.sendmail(person, text)
    def log(self, text):
        return self.out.write(text)
def charge(gateway, card, amount):
    try:
        return gateway.pay(card, round(amount * 100))
    except ConnectionError as e:
        gateway.refund(card)
        raise RuntimeError("no payment") from e
""",
        ),
        (
            """
class Notifier:
    def __init__(self, out, echo=False):
        self.out, self.echo = out, echo
    def send(self, people, text):
        with self.out as server:
            for person in people:
                server.sendmail(person, text)
    def log(self, text):
        return self.out.write(text)
def charge(gateway, card, amount):
    try:
        return gateway.pay(card, int(amount * 100))
    except ConnectionError as e:
        gateway.refund(card)
        raise RuntimeError("no payment") from e
""",
            """
class Notifier:
    def __init__(self, out, echo=False):
        self.out, self.echo = out, echo
    def send(self, people, text):
        for person in people:
            with self.out as server:
                server.sendmail(person, text)
    def log(self, text):
        return self.out.write(text)
def charge(gateway, card, amount):
    try:
        return gateway.pay(card, round(amount * 100))
    except ConnectionError as e:
        gateway.refund(card)
        raise RuntimeError("no payment") from e
""",
        ),
    ),
    'patched open, subprocess, datetime subclass': (
        """
import datetime
from unittest.mock import mock_open, patch, MagicMock
import pytest
import solution

def test_read():
    with patch("builtins.open", mock_open(read_data="a=1\\nb=2\\n")) as opened:
        assert solution.read_config("x.cfg") == {"a": "1", "b": "2"}
    opened.assert_called_once_with("x.cfg")

def test_write():
    m = mock_open()
    with patch("builtins.open", m):
        solution.save("out.txt", ["p", "q"])
    m.assert_called_once_with("out.txt", "w")
    assert "".join(c.args[0] for c in m().write.call_args_list) == "p\\nq\\n"

class Fixed(datetime.date):
    @classmethod
    def today(cls):
        return cls(2024, 2, 28)

def test_today(monkeypatch):
    monkeypatch.setattr(solution.datetime, "date", Fixed)
    assert solution.tomorrow() == datetime.date(2024, 2, 29)

def test_urlopen():
    response = MagicMock()
    response.__enter__.return_value.read.return_value = b'{"ok": true}'
    with patch("urllib.request.urlopen", return_value=response) as get:
        assert solution.fetch("http://h") == {"ok": True}
    assert get.call_args[0][0] == "http://h"
""",
        (
            """
import datetime, json, urllib.request
def read_config(path):
    with open(path) as f:
        return dict(line.strip().split("=") for line in f)
def save(path, lines):
    with open(path, "w") as f:
        for line in lines:
            f.write(line + "\\n")
def tomorrow():
    return datetime.date.today() + datetime.timedelta(days=1)
def fetch(url):
    with urllib.request.urlopen(url) as r:
        return json.loads(r.read())
""",
        ),
        (
            """
import datetime, json, urllib.request
def read_config(path):
    with open(path) as f:
        return dict(line.split("=") for line in f)
def save(path, lines):
    with open(path, "w") as f:
        for line in lines:
            f.write(line + "\\n")
def tomorrow():
    return datetime.date.today() + datetime.timedelta(days=1)
def fetch(url):
    with urllib.request.urlopen(url) as r:
        return json.loads(r.read())
""",
            """
import datetime, json, urllib.request
def read_config(path):
    with open(path) as f:
        return dict(line.strip().split("=") for line in f)
def save(path, lines):
    with open(path, "w") as f:
        f.write("\\n".join(lines))
def tomorrow():
    return datetime.date.today() + datetime.timedelta(days=1)
def fetch(url):
    with urllib.request.urlopen(url) as r:
        return json.loads(r.read())
""",
        ),
    ),
    'hypothesis properties': (
        """
from hypothesis import given, strategies as st, settings, example, assume
from solution import encode, decode, merge

@given(st.text(alphabet="abc ", max_size=20))
@example("aaab")
def test_roundtrip(s):
    assert decode(encode(s)) == s

@given(st.lists(st.integers()), st.lists(st.integers()))
@settings(max_examples=30, deadline=None)
def test_merge(a, b):
    a, b = sorted(a), sorted(b)
    assert merge(a, b) == sorted(a + b)

@given(st.integers(1, 9), st.characters(categories=["Ll"]))
def test_run(n, c):
    assume(c.isalpha())
    assert encode(c * n) == [(c, n)]
""",
        (
            """
from itertools import groupby
import heapq
def encode(s):
    return [(k, len(list(g))) for k, g in groupby(s)]
def decode(pairs):
    return "".join(c * n for c, n in pairs)
def merge(a, b):
    return list(heapq.merge(a, b))
""",
        ),
        (
            """
from itertools import groupby
import heapq
def encode(s):
    return [(k, len(list(g))) for k, g in groupby(s)]
def decode(pairs):
    return "".join(c * n for c, n in pairs)
def merge(a, b):
    return sorted(set(a) | set(b))
""",
            """
import heapq
from collections import Counter
def encode(s):
    return list(Counter(s).items())
def decode(pairs):
    return "".join(c * n for c, n in pairs)
def merge(a, b):
    return list(heapq.merge(a, b))
""",
        ),
    ),
    'raises, notes and groups': (
        """
import re
import pytest
from solution import ConfigError, load

def test_match():
    with pytest.raises(ConfigError, match=re.escape("line 2: no '='")) as info:
        load("a=1\\nb")
    assert info.value.line == 2
    assert isinstance(info.value.__cause__, ValueError)
    assert info.type is ConfigError
    assert issubclass(ConfigError, ValueError)

def test_notes():
    with pytest.raises(ConfigError) as info:
        load("=1")
    assert info.value.__notes__ == ["in: '=1'"]

def test_group():
    with pytest.raises(ExceptionGroup) as info:
        load("x\\ny", strict=False)
    assert [e.line for e in info.value.exceptions] == [1, 2]
    assert info.group_contains(ConfigError, match="line 2") if hasattr(info, "group_contains") else True

def test_good():
    assert load("a=1\\n# note\\n\\nb = x=y") == {"a": "1", "b": "x=y"}
""",
        (
            """
class ConfigError(ValueError):
    def __init__(self, line, what):
        super().__init__(f"line {line}: {what}")
        self.line = line
def _pair(n, line):
    try:
        key, value = line.split("=", 1)
    except ValueError as e:
        error = ConfigError(n, "no '='")
        raise error from e
    if not key.strip():
        error = ConfigError(n, "no key")
        error.add_note(f"in: {line!r}")
        raise error
    return key.strip(), value.strip()
def load(text, strict=True):
    found, errors = {}, []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            key, value = _pair(n, line)
            found[key] = value
        except ConfigError as e:
            if strict:
                raise
            errors.append(e)
    if errors:
        raise ExceptionGroup("bad lines", errors)
    return found
""",
        ),
        (
            """
class ConfigError(ValueError):
    def __init__(self, line, what):
        super().__init__(f"line {line}: {what}")
        self.line = line
def _pair(n, line):
    if "=" not in line:
        raise ConfigError(n, "no '='")
    key, value = line.split("=", 1)
    if not key.strip():
        error = ConfigError(n, "no key")
        error.add_note(f"in: {line!r}")
        raise error
    return key.strip(), value.strip()
def load(text, strict=True):
    found, errors = {}, []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            key, value = _pair(n, line)
            found[key] = value
        except ConfigError as e:
            if strict:
                raise
            errors.append(e)
    if errors:
        raise ExceptionGroup("bad lines", errors)
    return found
""",
        ),
    ),
    'fixtures of all kinds': (
        """
import pytest
from solution import Queue

@pytest.fixture(scope="module")
def words():
    return ["a", "b", "c"]

@pytest.fixture(params=[1, 2, 10], ids=lambda n: f"size{n}")
def queue(request):
    q = Queue(request.param)
    yield q
    q.close()
    assert q.closed

@pytest.fixture
def filled(queue, words):
    for w in words:
        if not queue.full():
            queue.put(w)
    return queue

@pytest.fixture
def make():
    made = []
    def _make(n=3):
        made.append(Queue(n))
        return made[-1]
    yield _make
    for q in made:
        q.close()

class TestQueue:
    def test_len(self, filled, words):
        assert len(filled) == min(3, filled.size)
        assert list(filled) == words[: len(filled)]
    def test_full(self, queue):
        for n in range(queue.size):
            queue.put(n)
        with pytest.raises(OverflowError):
            queue.put(99)
        assert queue.get() == 0
    def test_make(self, make):
        a, b = make(), make(1)
        a.put(1)
        assert len(a) == 1 and len(b) == 0 and not b
    @pytest.mark.parametrize("n", [0, -1])
    @pytest.mark.parametrize("kind", [int, float])
    def test_bad(self, n, kind):
        with pytest.raises(ValueError):
            Queue(kind(n))
    def test_closed(self, make):
        with make() as q:
            q.put(1)
        with pytest.raises(RuntimeError):
            q.put(1)
""",
        (
            """
from collections import deque
class Queue:
    def __init__(self, size):
        if size < 1:
            raise ValueError("size")
        self.size, self.items, self.closed = size, deque(), False
    def put(self, item):
        if self.closed: raise RuntimeError("closed")
        if self.full(): raise OverflowError
        self.items.append(item)
    def get(self):
        return self.items.popleft()
    def full(self):
        return len(self.items) >= self.size
    def close(self):
        self.closed = True
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(list(self.items))
    def __enter__(self): return self
    def __exit__(self, *e): self.close()
""",
        ),
        (
            """
from collections import deque
class Queue:
    items = deque()
    def __init__(self, size):
        if size < 1:
            raise ValueError("size")
        self.size, self.closed = size, False
    def put(self, item):
        if self.closed: raise RuntimeError("closed")
        if self.full(): raise OverflowError
        self.items.append(item)
    def get(self):
        return self.items.popleft()
    def full(self):
        return len(self.items) >= self.size
    def close(self):
        self.closed = True
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(list(self.items))
    def __enter__(self): return self
    def __exit__(self, *e): self.close()
""",
        ),
    ),
    'input, argv and exit': (
        """
import builtins, io, sys
import pytest
from unittest.mock import patch
from solution import ask, cli, read_numbers

def test_ask(monkeypatch, capsys):
    answers = iter(["x", "", "7"])
    monkeypatch.setattr("builtins.input", lambda prompt="": next(answers))
    assert ask("Age? ", 0, 150) == 7
    assert capsys.readouterr().out.count("not a number") == 2

@patch("builtins.input", side_effect=["200", "20"])
def test_range(fake):
    assert ask("Age? ", 0, 150) == 20
    assert fake.call_args_list[0].args == ("Age? ",)

def test_cli(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["prog", "--upper", "hi"])
    cli()
    assert capsys.readouterr().out == "HI\\n"

def test_usage(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["prog"])
    with pytest.raises(SystemExit) as stop:
        cli()
    assert stop.value.code == 2

def test_stdin(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("1 2\\n3\\n\\n4"))
    assert read_numbers() == [1, 2, 3, 4]
""",
        (
            """
import argparse, sys
def ask(prompt, low, high):
    while True:
        text = input(prompt)
        try:
            number = int(text)
        except ValueError:
            print("not a number")
            continue
        if low <= number <= high:
            return number
        print("out of range")
def cli():
    parser = argparse.ArgumentParser()
    parser.add_argument("text")
    parser.add_argument("--upper", action="store_true")
    args = parser.parse_args()
    print(args.text.upper() if args.upper else args.text)
def read_numbers():
    return [int(n) for n in sys.stdin.read().split()]
""",
        ),
        (
            """
import argparse, sys
def ask(prompt, low, high):
    while True:
        text = input(prompt)
        try:
            number = int(text)
        except ValueError:
            print("not a number")
            continue
        if low <= number:
            return number
        print("out of range")
def cli():
    parser = argparse.ArgumentParser()
    parser.add_argument("text")
    parser.add_argument("--upper", action="store_true")
    args = parser.parse_args()
    print(args.text.upper() if args.upper else args.text)
def read_numbers():
    return [int(n) for n in sys.stdin.read().split()]
""",
            """
import argparse, sys
def ask(prompt, low, high):
    while True:
        text = input(prompt)
        try:
            number = int(text)
        except ValueError:
            print("not a number")
            continue
        if low <= number <= high:
            return number
        print("out of range")
def cli():
    args = sys.argv[1:]
    if not args: sys.exit(1)
    text = args[-1]
    print(text.upper() if "--upper" in args else text)
def read_numbers():
    return [int(n) for n in sys.stdin.read().split()]
""",
        ),
    ),
    'tmp_path and json files': (
        """
import json
import pytest
from pathlib import Path
from solution import Store

@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data" / "store.json")

def test_roundtrip(store, tmp_path):
    store.put("a", [1, 2])
    store.put("b", {"x": None})
    again = Store(tmp_path / "data" / "store.json")
    assert again.get("a") == [1, 2]
    assert again.get("c", "none") == "none"
    assert json.loads((tmp_path / "data" / "store.json").read_text()) == {"a": [1, 2], "b": {"x": None}}

def test_missing(store):
    with pytest.raises(KeyError):
        store.get("nothing")

def test_corrupt(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text("{")
    with pytest.raises(ValueError, match=r"bad\\.json"):
        Store(path).get("x")

def test_no_temp_left(store, tmp_path):
    store.put("a", 1)
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == ["store.json"]
""",
        (
            """
import json
from pathlib import Path
_NONE = object()
class Store:
    def __init__(self, path):
        self.path = Path(path)
    def _all(self):
        if not self.path.exists():
            return {}
        try:
            return json.loads(self.path.read_text())
        except json.JSONDecodeError as e:
            raise ValueError(f"{self.path} is no JSON") from e
    def put(self, key, value):
        data = self._all()
        data[key] = value
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temp = self.path.with_suffix(".tmp")
        temp.write_text(json.dumps(data))
        temp.replace(self.path)
    def get(self, key, default=_NONE):
        data = self._all()
        if key in data:
            return data[key]
        if default is _NONE:
            raise KeyError(key)
        return default
""",
        ),
        (
            """
import json
from pathlib import Path
class Store:
    def __init__(self, path):
        self.path = Path(path)
        self.data = {}
    def put(self, key, value):
        self.data[key] = value
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.data))
    def get(self, key, *default):
        if key in self.data: return self.data[key]
        if default: return default[0]
        raise KeyError(key)
""",
            """
import json, os
from pathlib import Path
_NONE = object()
class Store:
    def __init__(self, path):
        self.path = Path(path)
    def _all(self):
        if not self.path.exists():
            return {}
        try:
            return json.loads(self.path.read_text())
        except json.JSONDecodeError as e:
            raise ValueError(f"{self.path} is no JSON") from e
    def put(self, key, value):
        data = self._all()
        data[key] = value
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temp = self.path.with_suffix(".tmp")
        temp.write_text(json.dumps(data))
        self.path.write_text(json.dumps(data))
    def get(self, key, default=_NONE):
        data = self._all()
        if key in data:
            return data[key]
        if default is _NONE:
            raise KeyError(key)
        return default
""",
        ),
    ),
}  # fmt: skip
