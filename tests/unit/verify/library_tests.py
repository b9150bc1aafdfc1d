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
}  # fmt: skip
