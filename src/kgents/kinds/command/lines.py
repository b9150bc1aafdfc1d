"""A command as it was typed: the argument vector it stands for, and what keeps it from ever running.

Rule: what a look at the machine shows before trial 1 (an empty command, a program that is not there, a script whose
interpreter is not there, a line that the shell cannot read) is a UsageError, so that no trial is charged with it.
"""

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from kgents.errors import UsageError
from kgents.lazy_pattern import pattern
from kgents.sandbox.startable import find_program

SHELL = ("/bin/sh", "-c")
_CONTROL = frozenset("|&;()<>")
_SIGNS = _CONTROL | set("$`*?[]{}~!\n")  # with one of these a word is no name of a program
_REDIRECTIONS = frozenset({">", ">>", "<", ">&", "<&", ">|"})
_ASSIGNMENT = pattern(r"[A-Za-z_]\w*=")
_SHELL_WORDS = frozenset(
    shlex.split(
        ". : [ [[ alias bg break builtin case cd chdir command continue declare dirs do echo enable eval exec exit export"
        " false fc fg for function getopts hash help history if jobs kill let local logout popd printf pushd pwd read"
        " readonly return select set shift shopt source suspend test time times trap true type typeset ulimit umask unalias"
        " unset until wait while"
    )
)
_PREPARING = frozenset({"cd", "true", ":", "set", "export"})  # what is done before the command that a line is about
_QUOTED_PIPE = pattern(r"""['"\\]\|""")  # a word that looks like the sign between two commands
_QUOTED_GROUP = pattern(r"""['"\\$<>=][()]""")  # a sign that is not that of a subshell
_COMPOUND = frozenset(
    {"if", "for", "while", "until", "case", "!", "{", "do", "then", "function"}
)  # what follows is no program


def argv_of(words: Sequence[str]) -> tuple[str, ...]:
    """The argument vector of a command as typed; UsageError where it is empty.

    A single word is the path of a program where there is such a file, else, with spaces or signs of the shell in it, a
    line for /bin/sh.
    """
    if not words or not words[0].strip() or (len(words) == 1 and _words_of(words[0]) == []):
        raise UsageError("the command is empty (an unset variable?)", "kg experiment run --n 20 -- COMMAND…")
    if len(words) == 1 and not Path(words[0]).is_file() and _is_line(words[0]):
        return (*SHELL, words[0])
    return tuple(words)


def is_line(argv: Sequence[str]) -> bool:
    """Whether an argument vector is a line for the shell."""
    return tuple(argv[:2]) == SHELL and len(argv) == 3


def simple_words(argv: Sequence[str]) -> list[str]:
    """The words of an argument vector, or of a line that is one command, assignments and redirections left out; else
    nothing.
    """
    commands = _piped(argv)
    return commands[0] if len(commands) == 1 else []


def _piped(argv: Sequence[str]) -> list[list[str]]:
    """The words of each command of a pipeline, all of which are started, also in a group or behind what only prepares them
    (`cd tests &&`); nothing where a line is anything else.
    """
    if not is_line(argv):
        return [list(argv)]
    commands: list[list[str]] = [[]]
    tokens = iter(_ungrouped(_tokens_of(argv[2])))
    for token in tokens:
        words = commands[-1]
        if token in _REDIRECTIONS:
            next(tokens, None)
            del words[len(words) - bool(words and words[-1].isdecimal()) :]
        elif token == "|" and not _QUOTED_PIPE.search(argv[2]):
            commands.append([])
        elif token in ("(", ")") and (token == ")" or not words) and not _QUOTED_GROUP.search(argv[2]):
            continue
        elif token in (";", "&&") and words and words[0] in _PREPARING:
            words.clear()
        elif set(token) <= _CONTROL:
            return []
        elif words or not _ASSIGNMENT.match(token):
            words.append(token)
    return commands


def _ungrouped(tokens: Sequence[str]) -> list[str]:
    """Without the signs of groups that are one command or one pipeline: `{ prog; }`."""
    ends = {index for index in range(1, len(tokens)) if list(tokens[index - 1 : index + 1]) == [";", "}"]}
    begun = [index for index, token in enumerate(tokens) if token == "{" and (not index or tokens[index - 1] == "|")]
    if not ends or len(begun) != len(ends):
        return list(tokens)
    left_out = {*begun, *ends, *(index - 1 for index in ends)}
    return [token for index, token in enumerate(tokens) if index not in left_out]


def check_startable(argv: Sequence[str], environment: Mapping[str, str]) -> None:
    """UsageError where the command can never run on this machine, as seen from the working directory: of a pipeline each
    of its programs is looked for, since its status is that of the last alone."""
    if is_line(argv):
        _check_syntax(argv[2])
    commands = _piped(argv)
    if any(words and words[0] in _COMPOUND for words in commands):
        return
    for words in commands:
        if words and not (is_line(argv) and _is_known_by_the_shell(words[0], argv[2])):
            find_program(words[0], environment)


def _is_known_by_the_shell(word: str, line: str) -> bool:
    elsewhere = "/" in word and not word.startswith("/") and "cd" in _tokens_of(line)
    return word in _SHELL_WORDS or elsewhere or bool(set(word) & _SIGNS) or "PATH=" in line


def _is_line(word: str) -> bool:
    return _words_of(word) != [word] or bool(_SIGNS & set(word))


def _words_of(line: str) -> list[str] | None:
    """The words of a line without its comments; None where a quote is open."""
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return None


def _tokens_of(line: str) -> list[str]:
    """The words of a line with its control operators as words of their own; a line break ends a command."""
    reader = shlex.shlex(line.strip().replace("\n", " ; "), posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    try:
        return list(reader)
    except ValueError:
        return [";"]


def _check_syntax(line: str) -> None:
    done = subprocess.run(["/bin/sh", "-n", *SHELL[1:], line], capture_output=True, check=False)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        message = reason[-1].partition(": ")[2] if reason else "syntax error"
        raise UsageError(f"/bin/sh cannot read the command: {message}", "quote it as a shell wants it")
