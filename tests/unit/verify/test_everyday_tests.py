"""Tests run as pytest runs them although the candidate is elsewhere: the right candidate passes, the wrong one fails."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kgents.errors import UsageError
from kgents.sandbox.environment import environment
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify import choosing as oracles
from kgents.verify.mirrors.proof import proven
from kgents.verify.verifier import SandboxVerifier

sys.path.insert(0, str(Path(__file__).parent))
from collaborators_tests import COLLABORATORS
from everyday_tests import CASES
from keyed_tests import KEYED
from lent_tests import LENT
from library_tests import LIBRARY
from shapes_tests import SHAPES
from tables_tests import TABLES
from users_tests import USERS, wrong_of

COMMON: dict[str, Any] = {"entry": None, "defined": (), "checks": (), "tolerance": 1e-9}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all of them."""
    opened = open_sandbox()
    yield opened
    opened.close()


@pytest.mark.parametrize("name", [*CASES, *LIBRARY])
def test_as_pytest_does_it(sandbox: Sandbox, name: str) -> None:
    """Outside of the candidate's process, after the oracle was tried on stubs."""
    tests, right, wrong = (CASES | LIBRARY)[name]
    oracle = proven(oracles.tests_oracle(tests, COMMON, None), sandbox, right)
    assert (oracle.pytest, oracle.inside) == (True, False)
    verifier = SandboxVerifier(oracle, sandbox)
    judged = verifier.judge(right)
    assert (judged.success, judged.error) == (True, None)
    assert verifier.judge(wrong).success is False


@pytest.mark.parametrize("name", COLLABORATORS)
def test_what_tests_put_in_a_place_is_there(sandbox: Sandbox, name: str) -> None:
    """Properties and class methods in a class of the candidate's, mocks that it works with, files, logs, input."""
    tests, right, wrong = COLLABORATORS[name]
    verifier = SandboxVerifier(proven(oracles.tests_oracle(tests, COMMON, None), sandbox, right[0]), sandbox)
    judged = [verifier.judge(each) for each in right]
    assert [(each.success, each.integrity, each.error) for each in judged] == [(True, "outside", None)] * len(right)
    assert [verifier.judge(each).success for each in wrong] == [False] * len(wrong)


@pytest.mark.parametrize("name", SHAPES)
def test_other_shapes_as_pytest_does_them(sandbox: Sandbox, name: str) -> None:
    """The right candidate passes, every wrong one fails."""
    tests, right, wrong = SHAPES[name]
    verifier = SandboxVerifier(proven(oracles.tests_oracle(tests, COMMON, None), sandbox, right), sandbox)
    judged = verifier.judge(right)
    assert (judged.success, judged.error) == (True, None)
    assert [verifier.judge(each).success for each in wrong] == [False] * len(wrong)


@pytest.mark.parametrize("name", LENT)
def test_what_tests_hand_over_is_lent(sandbox: Sandbox, name: str) -> None:
    """Queues, locks, futures and loops of asyncio, streams, contexts, iterators: asked where they are, as if they were here."""
    tests, right, wrong = LENT[name]
    verifier = SandboxVerifier(proven(oracles.tests_oracle(tests, COMMON, None), sandbox, right[0]), sandbox)
    judged = [verifier.judge(each) for each in right]
    assert [(each.success, each.integrity, each.error) for each in judged] == [(True, "outside", None)] * len(right)
    assert [verifier.judge(each.of(right)).success for each in wrong] == [False] * len(wrong)


@pytest.mark.parametrize("name", KEYED)
def test_keys_of_own_classes_are_asked_for_their_hash(sandbox: Sandbox, name: str) -> None:
    """Also in the middle of a message, where dicts and sets with them are read."""
    tests, right, _ = KEYED[name]
    verifier = SandboxVerifier(proven(oracles.tests_oracle(tests, COMMON, None), sandbox, right), sandbox)
    judged = verifier.judge(right)
    assert (judged.success, judged.error) == (True, None)
    assert str(judged.integrity).startswith("outside")
    assert not any(verifier.judge(program).success for program in KEYED[name].programs)


@pytest.mark.parametrize("name", USERS)
def test_what_users_have(sandbox: Sandbox, name: str) -> None:
    """Outside, every right candidate passes and every wrong one fails."""
    tests, right, _ = USERS[name]
    verifier = SandboxVerifier(proven(oracles.tests_oracle(tests, COMMON, None), sandbox, right[0]), sandbox)
    judged = [verifier.judge(each) for each in right]
    assert [(each.success, each.error) for each in judged] == [(True, None)] * len(right)
    assert all(str(each.integrity).startswith("outside") for each in judged)
    assert [verifier.judge(each).success for each in wrong_of(USERS[name])] == [False] * len(USERS[name][2])


REACHING = """
import sqlite3
def test_peek():
    con = sqlite3.connect(":memory:")
    con.execute("CREATE TABLE t(a)")
    con.commit()
    assert peek(con) == [("t",)]
"""
LISTED = "def peek(con):\n    return con.execute('SELECT name FROM sqlite_master').fetchall()\n"


@pytest.mark.parametrize("statement", ["ATTACH '{}' AS x", "VACUUM INTO '{}'", "ATTACH '{}' || '' AS x"])
def test_a_lent_connection_reaches_no_file(sandbox: Sandbox, tmp_path: Path, statement: str) -> None:
    """VACUUM alone and known pragmas are allowed."""
    verifier = SandboxVerifier(proven(oracles.tests_oracle(REACHING, COMMON, None), sandbox, LISTED), sandbox)
    reaching = statement.format(tmp_path / "there.db")
    judged = verifier.judge(LISTED.replace("    return", f"    con.execute({reaching!r})\n    return"))
    assert judged.success is False
    assert "authoriz" in str(judged.error)
    assert list(tmp_path.iterdir()) == []
    within = LISTED.replace(
        "    return", "    con.execute('VACUUM')\n    con.execute('PRAGMA foreign_keys = ON')\n    return"
    )
    assert verifier.judge(within).success is True


def test_a_candidate_does_not_change_how_the_tests_calculate(sandbox: Sandbox) -> None:
    """Unless the good program did."""
    tests = "from decimal import Decimal\ndef test_third():\n    assert third() == Decimal(1) / 3\n"
    right = "from decimal import Decimal\ndef third():\n    return Decimal(1) / 3\n"
    rough = "from decimal import Decimal, getcontext\ngetcontext().prec = 1\ndef third():\n    return Decimal('0.3')\n"
    verifier = SandboxVerifier(proven(oracles.tests_oracle(tests, COMMON, None), sandbox, right), sandbox)
    assert verifier.judge(right).success is True
    assert verifier.judge(rough).success is False
    verifier = SandboxVerifier(proven(oracles.tests_oracle(tests, COMMON, None), sandbox, rough), sandbox)
    assert verifier.judge(rough).success is True


@pytest.fixture(scope="module")
def tables() -> Iterator[Sandbox]:
    """One that has numpy and pandas."""
    opened = open_sandbox(environment=environment({"numpy", "pandas"}))
    yield opened
    opened.close()


@pytest.mark.parametrize("name", TABLES)
def test_arrays_series_and_frames_as_pytest_does_them(tables: Sandbox, name: str) -> None:
    """What is compared is compared as numpy and pandas do it, and what is changed in place is seen."""
    tests, right, wrong = TABLES[name]
    verifier = SandboxVerifier(proven(oracles.tests_oracle(tests, COMMON, None), tables, right[0]), tables)
    judged = [verifier.judge(each) for each in right]
    assert [(each.success, each.error) for each in judged] == [(True, None)] * len(right)
    assert [verifier.judge(each).success for each in wrong] == [False] * len(wrong)


REFUSED = {
    "what executes, and pytest": (
        "import pytest\ndef test_it():\n    exec(add(1, 2))\n    pytest.raises(TypeError, add)\n",
        "use exec and pytest; exec may execute what a candidate returns",
    ),
    "processes, and fixtures": (
        "import sys, subprocess\ndef test_it(tmp_path):\n    assert add(1, 2) == 3\n    subprocess.run(['true'])\n",
        "use subprocess.run and fixtures of pytest",
    ),
    "a module that is not there": (
        "import nosuch\ndef test_it():\n    assert add(1, 2) == 3\n",
        "No module named 'nosuch'",
    ),
    "imported later": ("def test_it():\n    import nosuch\n    assert add(1, 2) == 3\n", "No module named 'nosuch'"),
    "in plain asserts": ("import nosuch\nassert add(1, 2) == 3\n", "No module named 'nosuch'"),
    "a fixture of a plugin": ("def test_it(mocker):\n    assert add(1, 2) == 3\n", "fixture 'mocker' not found"),
    "no call": ("kept = add\ndef test_it():\n    assert kept\n", "never call the candidate"),
    "no assertion": ("def test_it():\n    add(1, 2) == 3\n", "pass on a program that returns None"),
    "any first argument": (
        "def test_it():\n    assert add(3, 0) == 3\n",
        "pass on a program that returns its first argument",
    ),
    "only raises": (
        "import pytest\ndef test_it():\n    with pytest.raises(Exception):\n        add(1, 'a')\n",
        "pass on a program that raises RuntimeError",
    ),
    "raises one kind": (
        "import json, pytest\ndef test_it():\n    with pytest.raises((TypeError, json.JSONDecodeError)):\n        add(1, 'a')\n",
        "pass on a program that raises",
    ),
    "wrong tests": ("def test_it():\n    assert add(1, 2) == 4\n", "fail on the spec itself: test_it: AssertionError"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_oracle_that_says_nothing_is_refused(sandbox: Sandbox, name: str) -> None:
    """Before the first trial, and with the remedy."""
    tests, said = REFUSED[name]
    with pytest.raises(UsageError, match=said.replace("(", r"\(")) as caught:
        proven(oracles.tests_oracle(tests, COMMON, "add"), sandbox, "def add(a, b):\n    return a + b\n")
    assert caught.value.hint
    assert caught.value.message.startswith("--tests ")


STUBS_THAT_ARE_RIGHT = {
    "leaves": "import pytest\ndef test_it():\n    with pytest.raises(SystemExit):\n        add()\n",
    "raises one kind": "import json, pytest\ndef test_it():\n    with pytest.raises(json.JSONDecodeError):\n        add('{')\n",
    "itself": "def test_it():\n    assert sorted([3, 1, 2], key=add) == [1, 2, 3] and list(map(add, 'ab')) == ['a', 'b']\n",
    "a function of a function": "def test_it():\n    assert add(lambda x: x * 2)(2) == 4\n",
    "nothing": "def test_it():\n    assert add([1]) is None\n",
}


@pytest.mark.parametrize("name", STUBS_THAT_ARE_RIGHT)
def test_a_stub_that_the_tests_call_right_is_doubted(sandbox: Sandbox, name: str) -> None:
    """Where no program is known to be right, and what no task asks for fails."""
    doubts: list[str] = []
    proven(oracles.tests_oracle(STUBS_THAT_ARE_RIGHT[name], COMMON, "add"), sandbox, None, doubted=doubts.append)
    assert [doubt.startswith("--tests pass on a program that only ") for doubt in doubts] == [True]


@pytest.mark.parametrize(
    "body",
    [
        "add(1, 2)",
        "assert add(3, 0)",
        "assert add(3, 0) is not None",
        "assert isinstance(add(3, 0), int)",
        "assert isinstance(add('a', 'b'), str)",
        "import pytest\n    with pytest.raises(Exception):\n        add(1, 'a')",
        "xs = [1]\n    add(xs)\n    assert xs == [1]",
    ],
)
def test_tests_that_what_no_task_asks_for_passes_are_refused(sandbox: Sandbox, body: str) -> None:
    """Also where no program is known to be right."""
    oracle = oracles.tests_oracle(f"def test_it():\n    {body}\n", COMMON, "add")
    with pytest.raises(UsageError, match="cannot tell right from wrong"):
        proven(oracle, sandbox, None, doubted=lambda doubt: None)


def test_a_module_that_is_missing_at_run_time_is_not_the_candidates_fault(sandbox: Sandbox, tmp_path: Path) -> None:
    """The trial comes to nothing and is not counted."""
    tests = f"import os\ndef test_it():\n    if os.path.exists({str(tmp_path / 'gone')!r}):\n        import nosuch\n"
    oracle = oracles.tests_oracle(f"{tests}    assert add(1, 2) == 3\n", COMMON, "add")
    verifier = SandboxVerifier(oracle, sandbox)
    assert verifier.judge("def add(a, b):\n    return a + b\n").success is True
    (tmp_path / "gone").touch()
    judged = verifier.judge("def add(a, b):\n    return a + b\n")
    assert (judged.success, judged.cause, "nosuch" in str(judged.error)) == (None, "sandbox", True)


def test_no_variable_of_the_user_reaches_a_candidate(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the tests set themselves; and what a candidate sets is not seen by programs that the tests start."""
    monkeypatch.setenv("MY_SECRET", "hush")
    tests = (
        "import os, sys, pytest\ndef test_it():\n    os.environ['MINE'] = '1'\n    assert seen('MINE') == '1'\n"
        "    assert os.environ['MY_SECRET'] == 'hush' and seen('MY_SECRET') is None\n"
        "    put('LD_PRELOAD', 'x'); put('THEIRS', 'y')\n    assert 'LD_PRELOAD' not in os.environ\n"
        "    assert os.environ['THEIRS'] == 'y'\n"
        "    code = 'import os; print(os.environ.get(\"THEIRS\"))'\n"
        "    command = [sys.executable, '-c', code]\n"
        "    started = pytest.importorskip('subprocess').run(command, capture_output=True, text=True)\n"
        "    assert started.stdout == 'None\\n'\n"
    )
    code = "import os\ndef seen(name): return os.environ.get(name)\ndef put(name, value): os.environ[name] = value\n"
    judged = SandboxVerifier(oracles.tests_oracle(tests, COMMON, None), sandbox).judge(code)
    assert (judged.success, judged.error) == (True, None)


def test_files_are_written_nowhere_else(sandbox: Sandbox, tmp_path: Path) -> None:
    """A candidate writes into its own folder, whatever path it names and wherever links lead."""
    (tmp_path / "there").mkdir()
    tests = (
        f"import os\ndef test_it(tmp_path):\n    os.symlink({str(tmp_path / 'there')!r}, tmp_path / 'link')\n"
        "    assert put(str(tmp_path / 'fine')) == 'done'\n    assert (tmp_path / 'fine').exists()\n"
        "    put(str(tmp_path / 'link' / 'x')); put(str(tmp_path / '..' / '..' / '..' / '..' / 'x'))\n"
        f"    put({str(tmp_path / 'there' / 'y')!r})\n"
    )
    code = (
        "import os\ndef put(path):\n    try:\n        os.makedirs(os.path.dirname(path), exist_ok=True)\n"
        "        open(path, 'w').write('x')\n        return 'done'\n    except OSError as wrong:\n        return str(wrong)\n"
    )
    judged = SandboxVerifier(oracles.tests_oracle(tests, COMMON, None), sandbox).judge(code)
    assert (judged.success, judged.error) == (True, None)
    assert list((tmp_path / "there").iterdir()) == []


def test_what_a_candidate_returns_is_executed_in_confinement_only(sandbox: Sandbox, tmp_path: Path) -> None:
    """Tests that unpickle or evaluate run in a confined process, and the label says so; with fixtures they are refused."""
    tests = "import pickle\ndef test_it():\n    assert pickle.loads(dumped([1])) == [1]\n"
    oracle = oracles.tests_oracle(tests, COMMON, None)
    verifier = SandboxVerifier(oracle, sandbox)
    judged = verifier.judge("import pickle\ndef dumped(x): return pickle.dumps(x)\n")
    assert (judged.success, judged.integrity) == (True, "outside, the tests use pickle.loads")
    hostile = (
        "class Evil:\n    def __reduce__(self): return (open, (%r, 'w'))\n"
        "import pickle\ndef dumped(x): return pickle.dumps(Evil())\n"
    )
    assert verifier.judge(hostile % str(tmp_path / "there")).success is False
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match=r"use pickle\.loads and fixtures of pytest"):
        oracles.tests_oracle(tests.replace("test_it()", "test_it(tmp_path)"), COMMON, None)
