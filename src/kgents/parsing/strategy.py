"""A strategy: a way to get a value out of a text; and how strategies are found by name.

A strategy returns `Parsed` (or any other value, which is then complete) or raises one of the errors that it declares:
that is a clean rejection. Any other error is a crash. Other packages add strategies through the entry point group
`kgents.strategies`: a value is a Strategy, or a function of one text whose declared error is ValueError.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kgents.errors import UsageError, suggested
from kgents.parsing.parsed import Parsed, Rejected

if TYPE_CHECKING:
    from kgents.sandbox.importing import NoMember

__all__ = ["Parsed", "Rejected", "Strategy"]


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way to parse.

    parse    (text, JSON Schema or None) → Parsed, or any value
    rejects  the errors that say, as documented: there is nothing here
    needs    the module that has to be installed
    package  what to install to have it
    waits    whether its work is done by other processes, so that only the clock on the wall knows its time
    """

    name: str
    summary: str
    parse: Callable[[str, Any], Any]
    rejects: tuple[type[BaseException], ...] = (ValueError,)
    language: str = "json"
    needs: str | None = None
    package: str | None = None
    waits: bool = False


_MODULES = ("plain", "libraries", "schema_guided", "programs")


@cache
def built_in() -> Mapping[str, Strategy]:
    """The strategies that come with kgents, by name. Nothing that they need is imported."""
    strategies: dict[str, Strategy] = {}
    for name in _MODULES:
        for strategy in import_module(f"kgents.parsing.strategies.{name}").STRATEGIES:
            strategies[strategy.name] = strategy
    return strategies


def strategy_of(name: str, language: str) -> Strategy:
    """A strategy by name. UsageError where it is unknown, for another language, or lacks its library."""
    strategy = built_in().get(name) or _installed(name)
    if strategy is None:
        known = {*built_in(), *(point.name for point in _points())}
        raise UsageError(f"--strategy {name}: there is no such strategy{suggested(name, known)}",
                         f"for {language}: {', '.join(names(language))}")  # fmt: skip
    if strategy.language != language:
        raise UsageError(f"--strategy {name} reads {strategy.language}, the corpus is {language}",
                         f"for {language}: {', '.join(names(language))}")  # fmt: skip
    if strategy.needs is not None and find_spec(strategy.needs) is None:
        raise UsageError(f"--strategy {name} needs {strategy.package}, which is not installed",
                         f"pip install 'kgents[parsing]', or pip install {strategy.package}")  # fmt: skip
    return strategy


def names(language: str) -> tuple[str, ...]:
    """The names of the strategies for a language."""
    return tuple(name for name, strategy in built_in().items() if strategy.language == language)


def available(language: str) -> tuple[str, ...]:
    """The names of those whose libraries are installed."""
    return tuple(
        name
        for name, strategy in built_in().items()
        if strategy.language == language and (strategy.needs is None or find_spec(strategy.needs) is not None)
    )


def _points() -> Any:
    from importlib.metadata import entry_points

    return entry_points(group="kgents.strategies")


def _installed(name: str) -> Strategy | None:
    for point in _points():
        if point.name == name:
            return as_strategy(name, point.load())
    return None


def as_strategy(name: str, candidate: Any, language: str = "json") -> Strategy:
    """A strategy from what a user gave: a Strategy, or a function as `kgents.parsing.own` understands it."""
    if isinstance(candidate, Strategy):
        return candidate
    from kgents.parsing.own import understood

    return Strategy(name, "a parser of the user", *understood(name, candidate), language)


def load(where: str, language: str = "json") -> Strategy:
    """The user's parser at MODULE:FUNCTION or PATH.py:FUNCTION. UsageError where it cannot be imported."""
    from kgents.sandbox.importing import NoFile, NoMember, value_of

    location, colon, name = where.rpartition(":")
    if not colon or not location or not name:
        module_or_file, _, last = where.rpartition(".")
        hint = (
            f"such as --parser {module_or_file}:{last}"
            if module_or_file and last != "py"
            else "such as --parser json:loads"
        )
        raise UsageError(f"--parser {where}: not of the form MODULE:FUNCTION or PATH.py:FUNCTION", hint)
    try:
        candidate = value_of(location, name)
    except NoMember as missing:
        raise _unknown(where, location, missing) from None
    except NoFile as wrong:
        raise UsageError(f"--parser {where}: {wrong}", "MODULE:FUNCTION on PYTHONPATH, or PATH.py:FUNCTION") from None
    except BaseException as wrong:  # noqa: BLE001 - the user's own code runs in here
        raise UsageError(f"--parser {where} cannot be imported: {type(wrong).__name__}: {wrong}",
                         "MODULE:FUNCTION on PYTHONPATH, or PATH.py:FUNCTION")  from None  # fmt: skip
    return as_strategy(where, candidate, language)


def _unknown(where: str, module: str, missing: "NoMember") -> UsageError:
    """The user's own module, or a class in it, has nothing under a name: those that could be meant."""
    owner, name = missing.owner, missing.name
    known = [word for word in dir(owner) if not word.startswith("_") and callable(getattr(owner, word, None))]
    inside = "" if isinstance(owner, ModuleType) else f" in {getattr(owner, '__name__', owner)}"
    hint = f"it has {', '.join(known[:8])}" if known else "name a function of one text, or of a text and a schema"
    return UsageError(f"--parser {where}: {module} defines no {name!r}{inside}{suggested(name, known)}", hint)
