"""Functions of a recorded configuration, imported by another process: by path and digest, never by value."""

import sys
from importlib import import_module
from operator import attrgetter
from typing import Any

from kgents.domain.ports import Mistaken
from kgents.errors import UsageError
from kgents.kinds.callable.function import identity_of
from kgents.kinds.callable.options import CallableConfig
from kgents.kinds.callable.trial import Opened


def imported(config: CallableConfig) -> Opened:
    """The functions and error types of a configuration. UsageError where they cannot be imported or are other code."""
    functions = {arm["name"]: _function(arm["function"], arm["digest"]) for arm in config["arms"]}
    return Opened(functions, tuple(_named(name) for name in config["error_types"]), _mistaken)


def _function(name: str, digest: str) -> Any:
    if "<" in name or name.startswith("__main__:"):
        raise UsageError(
            f"trial: {name} cannot be run on workers: they import a function by its path",
            "put it into a module that is installed there, or lies in the folder that they were started in",
        )
    function = _named(name)
    if identity_of(function).digest != digest:
        raise UsageError(f"trial: {name} is other code on this worker", "install one version everywhere")
    return function


def _named(path: str) -> Any:
    module, _, names = path.partition(":")
    if "" not in sys.path:
        sys.path.append("")  # the folder that the worker was started in, after everything that is installed
    try:
        value: Any = attrgetter(names)(import_module(module))
    except (ImportError, AttributeError) as wrong:
        raise UsageError(f"trial: {path} cannot be imported: {wrong}", "install its module on every worker") from wrong
    return value


def _mistaken(wrong: BaseException) -> None:
    raise Mistaken(str(wrong)) from wrong
