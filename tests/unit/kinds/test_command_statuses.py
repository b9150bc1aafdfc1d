"""Commands as typed, and what their exit statuses say."""

from pathlib import Path

import pytest

from kgents.domain.outcome import Cause
from kgents.errors import UsageError
from kgents.kinds.command.lines import argv_of, check_startable, is_line, simple_words
from kgents.kinds.command.statuses import Statuses, codes_of, of_signal, runner_of
from kgents.kinds.command.unstarted import not_there

PATH = {"PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize("words", [(), ("",), ("  ",), ("# nothing",), ("", "x"), ("\n",)])
def test_an_empty_command_is_refused(words: tuple[str, ...]) -> None:
    """An unset variable of a script would be a program that always succeeds."""
    with pytest.raises(UsageError, match="empty"):
        argv_of(words)


@pytest.mark.parametrize("line", ["true; false", "true;false", "echo $HOME", "$CMD", "echo 'a b'", "A=1 true"])
def test_one_word_with_signs_of_the_shell_is_a_line(line: str) -> None:
    """What a shell would take apart is left to it."""
    assert argv_of((line,)) == ("/bin/sh", "-c", line)


def test_the_path_of_a_program_may_have_spaces(tmp_path: Path) -> None:
    """A file that is there is the program, whatever its name looks like."""
    program = tmp_path / "my $ program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert argv_of((str(program),)) == (str(program),)
    check_startable((str(program),), PATH)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("prog a 'b c' > out 2>&1 < in", ["prog", "a", "b c"]),
        ("A=1 B=2 prog 2>/dev/null", ["prog"]),
        ("prog -k 'a and (b)'", ["prog", "-k", "a and (b)"]),
        ("cd tests && prog -x", ["prog", "-x"]),
        ("set -e; export A=1; prog", ["prog"]),
        ("cd tests || exit; prog", []),
        ("true && prog || true", []),
        ("prog || true", []),
        ("prog\nother", []),
        ("prog; exit 0", []),
        ("f() { true; }; f", []),
        ("test $(date) = x", []),
    ],
)
def test_the_words_of_a_simple_line(line: str, words: list[str]) -> None:
    """Assignments and redirections are no words; a line of more than one command has none."""
    assert simple_words(("/bin/sh", "-c", line)) == words


@pytest.mark.parametrize(
    "line",
    [
        "nosuch-program",
        "nosuch-program --x > out",
        "A=1 nosuch-program",
        "(nosuch-program) | cat",
        "{ nosuch-program; } | cat",
        "true | { nosuch-program --x; }",
        "true | (A=1 nosuch-program x 2>&1)",
        "cd / && nosuch-program",
        "(true; nosuch-program) | cat",
        "./nosuch-program",
        "/",
        "nosuch-program --x | cat",
        "cat x | A=1 nosuch-program 2>&1 | wc -l",
    ],
)
def test_a_program_that_is_not_there_is_refused(line: str) -> None:
    """The first word is looked up before any trial."""
    with pytest.raises(UsageError, match=r"there is no program|is a folder"):
        check_startable(argv_of((line,)), PATH)


@pytest.mark.parametrize(
    "line",
    [
        "nosuch-program || true",
        "cat x | sort | wc -l",
        "echo '|' nosuch-program",
        "true | if read x; then echo; fi",
        "(nosuch-program || true) | cat",
        "{ nosuch-program; true; } | cat",
        "for i in 1 2; do nosuch-program | cat; done",
        "PATH=/x nosuch-program",
        "cd / && ./nosuch-program",
        "export PATH=/x; nosuch-program",
        "true; nosuch-program || true",
        "$X y",
        "if true; then false; fi",
        "cd / ",
        "[ 1 = 1 ]",
        "{ true; }",
        "cat <<E\nit's\nE",
    ],
)
def test_what_may_run_is_not_refused(line: str) -> None:
    """Built-in commands, own paths, variables and alternatives are the shell's affair."""
    argv = argv_of((line,))
    assert is_line(argv)
    check_startable(argv, PATH)


@pytest.mark.parametrize("line", ["echo it's", "if true", "echo )"])
def test_a_line_that_the_shell_cannot_read_is_refused(line: str) -> None:
    """A syntax error is no failure of a program."""
    with pytest.raises(UsageError, match="cannot read the command"):
        check_startable(argv_of((line,)), PATH)


@pytest.mark.parametrize(
    ("first", "message"),
    [("#!/bin/sh\r", "CRLF"), ("#!/usr/bin/env python3\r", "CRLF"), ("#!/no/such/shell -e", "'/no/such/shell'")],
)
def test_a_script_whose_interpreter_is_not_there_is_refused(tmp_path: Path, first: str, message: str) -> None:
    """Line ends of Windows and interpreters of another machine are named."""
    script = tmp_path / "script"
    script.write_bytes(first.encode() + b"\ntrue\n")
    script.chmod(0o755)
    with pytest.raises(UsageError, match=message):
        check_startable((str(script),), PATH)


def test_a_file_that_is_not_executable_is_refused(tmp_path: Path) -> None:
    """The remedy is chmod."""
    (tmp_path / "script").write_text("#!/bin/sh\n")
    with pytest.raises(UsageError, match="not executable"):
        check_startable((str(tmp_path / "script"),), PATH)


@pytest.mark.parametrize(
    ("statuses", "status", "cause"),
    [
        (Statuses(), 0, None),
        (Statuses(), 1, Cause.EXIT_STATUS),
        (Statuses(), 126, Cause.HARNESS_MISSING),
        (Statuses(), 127, Cause.HARNESS_MISSING),
        (Statuses(frozenset({0, 127})), 127, None),
        (Statuses(frozenset({3})), 0, Cause.EXIT_STATUS),
        (Statuses(error=frozenset({75, 127})), 75, Cause.NO_EVIDENCE),
        (Statuses(error=frozenset({75, 127})), 127, Cause.NO_EVIDENCE),
        (Statuses(runner="pytest"), 1, Cause.EXIT_STATUS),
        *((Statuses(runner="pytest"), status, Cause.NO_EVIDENCE) for status in (2, 3, 4, 5)),
        (Statuses(frozenset({0, 5}), runner="pytest"), 5, None),
    ],
)
def test_what_a_status_says(statuses: Statuses, status: int, cause: Cause | None) -> None:
    """Named codes come first, then those of the runner, then those of the shell."""
    assert statuses.cause(status) is cause


@pytest.mark.parametrize(
    ("statuses", "cause"),
    [
        (None, Cause.SIGNAL),
        (Statuses(), Cause.SIGNAL),
        (Statuses(error=frozenset({137})), Cause.SIGNAL),
        (Statuses(error=frozenset({137, 143})), Cause.NO_EVIDENCE),
        (Statuses(frozenset({0, 143})), None),
    ],
)
def test_a_signal_is_named_as_a_shell_names_it(statuses: Statuses | None, cause: Cause | None) -> None:
    """By 128 and its number; in words by its own."""
    assert of_signal(15, statuses) == (cause, "killed by signal 15 (SIGTERM)")
    assert of_signal(63, None) == (Cause.SIGNAL, "killed by signal 63")
    assert Statuses().meaning(137) == "exit status 137 (as of a program killed by SIGKILL)"
    assert Statuses().meaning(200) == "exit status 200"


_NO_PACKAGE = "python: Error while finding module specification for '{}' (ModuleNotFoundError: No module named '{}')"
_NO_FILE = "python: can't open file '/w/no.py': [Errno 2] No such file or directory\n"


@pytest.mark.parametrize(
    ("command", "status", "errors", "said"),
    [
        ("python3 -m no", 1, "/usr/bin/python3: No module named no\n", "the interpreter has no module 'no'"),
        (
            "uv run python -W error -m no.a -q",
            1,
            "x\npython: No module named no.a\n",
            "the interpreter has no module 'no.a'",
        ),
        ("python -m no", 1, "python: No module named no.__main__; 'no' is a package and cannot be …\n", "module 'no'"),
        ("python -X dev no.py a", 2, _NO_FILE, "there is no file 'no.py'"),
        ("python -m other", 1, "python: No module named no\n", None),
        ("python -m no", 1, "Traceback …\nModuleNotFoundError: No module named 'other'\n", None),
        ("python -m no", 3, "python: No module named no\n", None),
        ("python -m no.sub", 1, f"{_NO_PACKAGE.format('no.sub', 'no')}\n", "no module 'no.sub'"),
        ("python -m no.sub", 1, f"{_NO_PACKAGE.format('no.sub', 'other')}\n", None),
        ("python -m no.sub", 1, f"{_NO_PACKAGE.format('else.sub', 'else')}\n", None),
        ("python no.py", 2, "usage: no.py [-h]\n", None),
        ("python -c 1 no.py", 2, _NO_FILE, None),
        ("prog -m no", 1, "prog: No module named no\n", None),
        ("python -m no", 1, "", None),
    ],
)
def test_an_interpreter_that_finds_nothing_to_run_says_so(
    command: str, status: int, errors: str, said: str | None
) -> None:
    """In its own words, on the last line, before anything was written to stdout."""
    found = not_there(command.split(), status, "", errors)
    assert (found is None) if said is None else (found is not None and said in found)
    assert not_there(command.split(), status, "began\n", errors) is None


@pytest.mark.parametrize(
    ("command", "runner"),
    [
        ("pytest -x tests", "pytest"),
        ("/opt/v/bin/py.test", "pytest"),
        ("python -m pytest", "pytest"),
        ("python3.12 -W error -X dev -m pytest -q", "pytest"),
        ("coverage run -m pytest", "pytest"),
        ("uv run --frozen pytest a.py", "pytest"),
        ("poetry run python -m pytest", "pytest"),
        ("env A=1 nice pytest", "pytest"),
        ("python script.py -m pytest", None),
        ("python -m unittest", None),
        ("echo pytest", None),
        ("make pytest", None),
        ("uv pip pytest", None),
    ],
)
def test_pytest_is_recognised(command: str, runner: str | None) -> None:
    """Only where the status of the command is pytest's own."""
    assert runner_of(command.split()) == runner


def test_codes_are_read() -> None:
    """Single ones and ranges; everything else is refused by the name of the option."""
    assert codes_of("--error-codes", "75, 3-5") == [3, 4, 5, 75]
    for text in ("", "a", "5-3", "256", "1,,2", "-1"):
        with pytest.raises(UsageError, match="--error-codes"):
            codes_of("--error-codes", text)


def test_records_from_before_statuses_had_meanings_are_judged_as_before() -> None:
    """A configuration without codes has no Statuses."""
    assert Statuses.of({"programs": []}, None) is None
    assert Statuses.of({"success_codes": [0], "error_codes": [9]}, "pytest") == Statuses(
        frozenset({0}), frozenset({9}), "pytest"
    )
