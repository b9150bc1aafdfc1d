"""What a candidate may ask of the tests: to call what it was handed, to read public data of it, to iterate; nothing else."""

import argparse
import configparser
import contextlib
import decimal
import functools
import inspect
import io
import itertools
import queue
import random
import re
import string
import threading
import types
import unittest
import unittest.mock
from collections.abc import Callable
from typing import Any

from .mirror import DUNDERS
from .peer import Peer
from .standin import Names

_SERVED = ("input", "readline", "read")
_EMPTY: tuple[Any, ...] = ([], (), "", set(), {}, range(0), b"", {}.values(), {}.items())
_ITERATORS: tuple[type, ...] = (
    *(type(iter(each)) for each in _EMPTY),
    types.GeneratorType, map, filter, zip, enumerate, reversed,
)  # fmt: skip
_LENT: tuple[type, ...] = (  # of the standard library, whose public names give nothing of the tests away
    io.StringIO, io.BytesIO, io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom, io.FileIO,
    random.Random, argparse.Namespace, queue.Queue, queue.PriorityQueue, queue.LifoQueue, threading.Event, re.Match,
    string.Template, type(threading.Lock()), type(threading.RLock()), configparser.ConfigParser, decimal.Context,
    contextlib.nullcontext, itertools.count, itertools.cycle, itertools.chain, functools.partial,
)  # fmt: skip
_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
_DESCRIBED = frozenset(
    {"__name__", "__qualname__", "__doc__", "__module__"}
)  # of a function; what functools.wraps reads


def guard_of(end: Peer, own: Callable[[type], bool]) -> Callable[..., None]:
    """The guard of the tests' end. AttributeError for what is not to be had; a limit of ours is noted as straying.

    own  whether a class is one of the test files
    """

    def guard(operation: Any, thing: Any, arguments: list[Any]) -> None:
        if operation in _SERVED:
            return
        name = arguments[0] if arguments and type(arguments[0]) is str else "_"
        lent = end.mine(thing) and not isinstance(thing, (Names, unittest.TestCase, types.ModuleType))
        if lent and _allowed(operation, thing, name, own):
            return
        if lent and not own(_kind(thing)) and not name.startswith("_") and operation in ("get", "set", "del"):
            end.stray(f"the candidate asks the tests for {name} of a {_kind(thing).__name__}")
        raise AttributeError("not to be had from the tests")

    return guard


def _kind(thing: Any) -> type:
    return thing if isinstance(thing, type) else type(thing)


def _allowed(operation: Any, thing: Any, name: str, own: Callable[[type], bool]) -> bool:
    if operation == "call":
        return callable(thing)
    mock = isinstance(thing, unittest.mock.NonCallableMock)
    theirs = own(_kind(thing)) or mock
    match operation:
        case "get":
            return (type(thing) in _LENT and not name.startswith("_")) or _readable(thing, name, theirs, mock)
        case "set":
            return theirs and not mock and _settable(thing, name)
        case "dunder":
            return name in DUNDERS and (theirs or isinstance(thing, _ITERATORS) or type(thing) in _LENT)
        case "next" | "send" | "throw" | "close":
            return isinstance(thing, types.GeneratorType) and operation != "throw"
        case "await" | "step" | "cancel":
            return inspect.isawaitable(thing)
        case "signature":
            return isinstance(thing, _FUNCTIONS)
    return False


def _readable(thing: Any, name: str, own: bool, mock: bool) -> bool:
    if isinstance(thing, _FUNCTIONS):
        return name in _DESCRIBED
    if not own or name.startswith("_"):
        return False
    return not (mock and (name.startswith("assert") or hasattr(unittest.mock.NonCallableMock, name)))


def _settable(thing: Any, name: str) -> bool:
    return not isinstance(thing, type) and not name.startswith("_") and not hasattr(type(thing), name)
