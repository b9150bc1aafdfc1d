"""Python interpreters that say themselves that what they were to run is not there: nothing of the program under test ran."""

import re
from collections.abc import Sequence
from pathlib import PurePath

from kgents.kinds.command.lines import simple_words
from kgents.lazy_pattern import pattern

_PYTHON = pattern(r"(python|pypy)[\d.]*(\.exe)?")
_WITH_VALUE = frozenset({"-W", "-X", "--check-hash-based-pycs"})
_NO_PARENT = pattern(
    r"Error while finding module specification for '(.+)' \(ModuleNotFoundError: No module named '(.+)'\)$"
)
_NO_FILE = "[Errno 2] No such file or directory"


def not_there(argv: Sequence[str], status: int, output: str, errors: str) -> str | None:
    """What an interpreter did not find, in words; None where it began to run something, or is none.

    status  that it ended with
    output, errors  what was written to stdout and stderr
    """
    lines = errors.strip().splitlines()
    if output.strip() or not lines:
        return None
    option, name = _started(simple_words(argv))
    if option == "-m" and status == 1 and _lacks(lines[-1], name):
        return f"the interpreter has no module {name!r}"
    if option == "file" and status == 2 and "can't open file" in lines[-1] and lines[-1].endswith(_NO_FILE):
        return f"there is no file {name!r}"
    return None


def _lacks(line: str, name: str) -> bool:
    """Whether an interpreter says that there is no such module, or no package that it would be in."""
    lacking = _NO_PARENT.search(line)
    if lacking is not None:
        return lacking[1] == name and name.startswith(lacking[2] + ".")
    lack = line.partition(";")[0]  # behind it, why a package cannot be run
    return re.search(rf": No module named '?{re.escape(name)}\b[^:]*$", lack) is not None


def _started(words: Sequence[str]) -> tuple[str, str]:
    """("-m", module) or ("file", path) of the words of a command that starts Python, behind whatever; else two empty texts."""
    places = [index for index, word in enumerate(words) if _PYTHON.fullmatch(PurePath(word).name)]
    left = iter(words[places[0] + 1 :] if places else ())
    for word in left:
        if word == "-m":
            return "-m", next(left, "")
        if word in _WITH_VALUE:
            next(left, None)
        elif word == "-c" or not word.startswith("-"):
            return ("file", word) if word != "-c" else ("", "")
    return "", ""
