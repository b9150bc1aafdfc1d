"""A Python callable as a trial: how it is named on record, whether its source is still the one recorded, how it is called."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kgents.domain.mark import digest
from kgents.errors import UsageError

TrialFunction = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """What the record keeps of a callable: `module:qualname`, and the digest of its source (of its code without one)."""

    name: str
    digest: str

    def to_data(self) -> dict[str, str]:
        """JSON data."""
        return {"function": self.name, "digest": self.digest}


def identity_of(function: TrialFunction) -> Identity:
    """The identity of a function, a method, a partial or an object that can be called."""
    plain = unwrapped(function)
    return Identity(f"{plain.__module__}:{plain.__qualname__}", digest(_source(plain).encode()))


def unwrapped(function: TrialFunction) -> Any:
    """What has a module, a name and a source: the function in a partial or method, else the class of the object."""
    while isinstance(function, functools.partial):
        function = function.func
    return function if hasattr(function, "__qualname__") else type(function)


def _source(plain: Any) -> str:
    try:
        return inspect.getsource(plain)
    except (OSError, TypeError, SyntaxError):
        code = getattr(plain, "__code__", None)
        return repr(plain.__qualname__) if code is None else repr((code.co_code, code.co_consts, code.co_names))


def wants_trial(function: TrialFunction) -> bool:
    """Whether it is called with the trial: it has one argument that has to be given. TypeError where it has more."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C, without a signature
        return False
    needed = [parameter for parameter in parameters if parameter.default is parameter.empty]
    positional = [parameter for parameter in needed if parameter.kind in (_ONLY, _OR)]
    keywords = [parameter.name for parameter in needed if parameter.kind is parameter.KEYWORD_ONLY]
    if len(positional) > 1 or keywords:
        more = ", ".join([*(parameter.name for parameter in positional[1:]), *keywords])
        raise TypeError(
            f"{identity_of(function).name} needs arguments that no trial has ({more}): "
            "it is called with the trial or with nothing; bind the others with functools.partial"
        )
    return bool(positional)


_ONLY, _OR = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD


def is_async(function: TrialFunction) -> bool:
    """Whether calling it makes a coroutine."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


def named(trial: Any) -> dict[str, TrialFunction]:
    """The arms by name; one arm without a name where one callable is given. TypeError for what cannot be called."""
    arms = dict(trial) if isinstance(trial, Mapping) else {"": trial}
    for name, function in arms.items():
        if not callable(function):
            which = f" of arm {name!r}" if name else ""
            raise TypeError(f"the trial{which} is {type(function).__name__}, which cannot be called: give a function")
        wants_trial(function)
    return arms


def error_kinds(error_types: Any) -> tuple[type[Exception], ...]:
    """Types of exceptions, given as one or as several. UsageError for what is none, and for what says that a program failed."""
    alone = isinstance(error_types, type | str) or not isinstance(error_types, Iterable)
    kinds = (error_types,) if alone else tuple(error_types)
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise UsageError(f"error_types = {kind!r}: not a type of exception", "such as (ConnectionError,)")
        if issubclass(AssertionError, kind):
            raise UsageError(
                f"error_types = {kind.__name__}: an AssertionError says that the program failed",
                "name the types that mean that the world did, such as (ConnectionError,)",
            )
    return kinds


def error_names(error_types: tuple[type[Exception], ...]) -> list[str]:
    """The exception types on record."""
    return [f"{kind.__module__}:{kind.__qualname__}" for kind in error_types]
