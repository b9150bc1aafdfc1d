"""`kg` in a process of its own that need not import anything: it is forked from one that has.

Most of what a short command costs is the import of its modules, and tests start thousands of commands. Every command is
still a process that begins with its own arguments, environment, folder and streams, and ends as the interpreter would end
it, only that its modules are not taken apart, which would cost more than most commands. KGENTS_TEST_FORK=no starts an
interpreter for each instead.
"""

import atexit
import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

SCRIPT = str(Path(__file__))
# What the interpreter itself reads when it starts; where a test sets one of these, it gets an interpreter.
AT_START = ("PYTHON", "LC_", "LANG", "TZ", "LD_", "MALLOC", "COVERAGE")
MODULES = ("asyncio", "sqlite3", "aiosqlite", "asyncpg", "click", "sqlalchemy.ext.asyncio", "numpy",
           "kgents.runner.session", "kgents.report.write", "kgents.report.listing", "kgents.harness.simulated",
           "sqlalchemy.dialects.sqlite.aiosqlite", "sqlalchemy.dialects.postgresql.asyncpg",
           "kgents.__main__", "markdown_it", "jinja2", "platformdirs", "difflib", "pwd", "resource",
           "pydantic_ai.models.openai", "pydantic_ai.providers.openai", "pydantic_ai.direct")  # fmt: skip
PACKAGES = ("domain", "stats", "engine", "store", "kinds", "cli", "runner", "report", "harness.extraction", "sandbox",
            "verify", "parsing", "laws")  # fmt: skip
SKIPPED = {"inside", "guest", "migrations", "testing"}  # what runs in other processes
_ENDS = 5.0  # seconds for a killed command to be gone


class Forks:
    """Starts commands; one for a session of tests."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._folder = tempfile.TemporaryDirectory(prefix="kgents-forks-")
        self._address = str(Path(self._folder.name) / "socket")
        self._server: subprocess.Popen[bytes] | None = None

    def serves(self, environment: Mapping[str, str]) -> bool:
        """Whether a command with this environment can be forked."""
        own = {name: value for name, value in environment.items() if name.startswith(AT_START)}
        return own == {name: value for name, value in self._environment.items() if name.startswith(AT_START)}

    def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: str | None, seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Runs `kg ARGUMENTS`; subprocess.TimeoutExpired where it takes longer."""
        words = [sys.executable, "-m", "kgents", *arguments]
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write((stdin or "").encode())
            given.seek(0)
            request = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}
            code = self._asked(request, (given, out, err), words, seconds)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(words, code, _text(out), _text(err))

    def close(self) -> None:
        """Ends the server."""
        if self._server is not None:
            self._server.kill()
            self._server.communicate()
        self._folder.cleanup()

    def _asked(self, request: Any, files: Sequence[IO[bytes]], words: list[str], seconds: float) -> int:
        with self._connected() as connection:
            data = json.dumps(request).encode()
            socket.send_fds(connection, [len(data).to_bytes(8, "big")], [file.fileno() for file in files])
            connection.sendall(data)
            pid = int.from_bytes(_exactly(connection, 8), "big")
            connection.settimeout(seconds)
            try:
                return int.from_bytes(_exactly(connection, 8), "big", signed=True)
            except TimeoutError:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                connection.settimeout(_ENDS)
                _exactly(connection, 8)
                raise subprocess.TimeoutExpired(words, seconds) from None

    def _connected(self) -> socket.socket:
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, SCRIPT, self._address], env=self._environment, stdout=subprocess.PIPE
            )
            assert self._server.stdout is not None
            assert self._server.stdout.readline() == b"ready\n"
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self._address)
        return connection


def _text(file: IO[bytes]) -> str:
    return file.read().decode().replace("\r\n", "\n").replace("\r", "\n")


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise EOFError("the server of forks is gone")
        data += part
    return data


# the server


def _import_everything() -> None:
    import importlib
    import pkgutil

    for name in MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for package in PACKAGES:
        module = importlib.import_module(f"kgents.{package}")
        for found in pkgutil.walk_packages(module.__path__, module.__name__ + "."):
            if not SKIPPED & set(found.name.split(".")):
                with contextlib.suppress(Exception):  # a module that wants an extra is imported by who needs it
                    importlib.import_module(found.name)


def _serve(address: str) -> None:
    """Forks a process for each request, and beside it one that waits for its end."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those who wait are nobody's children any more
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _wait(connection)
        connection.close()


def _wait(connection: socket.socket) -> NoReturn:
    """Begins the command in a child, and says its number and how it ended."""
    head, files, _, _ = socket.recv_fds(connection, 8, 3)
    request = json.loads(_exactly(connection, int.from_bytes(head, "big")))
    if (pid := os.fork()) == 0:
        connection.close()
        _become(request, files)
    connection.sendall(pid.to_bytes(8, "big"))
    for file in files:
        os.close(file)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(OSError):
        connection.sendall(status.to_bytes(8, "big", signed=True))
    os._exit(0)


def _become(request: Any, files: Sequence[int]) -> NoReturn:
    """This process as it would be if it had been started so; ends as `python -m kgents` does."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(request["folder"])
    sys.path[0] = request["folder"]  # as `python -m` has it; this program was started as a file
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [str(Path(sys.modules["kgents"].__file__ or "").parent / "__main__.py"), *request["arguments"]]
    errors = {"stdin": "strict", "stdout": "strict", "stderr": "backslashreplace"}
    for number, (name, mode) in enumerate(zip(errors, "rww", strict=True)):
        stream = open(number, mode, encoding=getattr(sys, name).encoding, errors=errors[name], closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    from kgents.__main__ import main

    _end(_status(main))


def _status(main: Callable[[], None]) -> int:
    """What the interpreter makes of how a program ended."""
    try:
        main()
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        print(ended.code, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        traceback.print_exc()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except Exception:  # noqa: BLE001
        traceback.print_exc()
        return 1
    return 0


def _end(status: int) -> NoReturn:
    """The end of an interpreter (`Py_FinalizeEx`) up to where it would take its modules apart."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            if not stream.closed:
                stream.flush()
        except (OSError, ValueError):
            status = 120 if stream is sys.stdout else status
    os._exit(status & 0xFF)


if __name__ == "__main__":
    _import_everything()
    gc.collect()
    gc.freeze()  # collections of a command would copy the pages of all that is imported
    _serve(sys.argv[1])
