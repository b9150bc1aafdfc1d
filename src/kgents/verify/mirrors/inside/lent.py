"""What of the standard library's objects the tests lend to a candidate: public names that give nothing of the tests, and no
file of the user, away.

An object is of a class of this table only by `type(thing)`; a class that the tests derive from one is theirs.
"""

import types
from typing import Any

_QUEUE = "get put get_nowait put_nowait qsize empty full maxsize task_done join unfinished_tasks queue mutex shutdown"
_FUTURE = "done result exception cancelled cancel set_result set_exception add_done_callback remove_done_callback"
_TASK = f"{_FUTURE} uncancel cancelling get_name set_name"
_SEMAPHORE = "acquire release locked"
_CONDITION = f"{_SEMAPHORE} wait wait_for notify notify_all"
_DIGEST = "update digest hexdigest copy name digest_size block_size"
_BARRIER = "wait reset abort parties n_waiting broken"
_NAMES = {
    "asyncio.queues": {"Queue": _QUEUE, "PriorityQueue": _QUEUE, "LifoQueue": _QUEUE},
    "asyncio.locks": {
        "Event": "set clear is_set wait", "Lock": _SEMAPHORE, "Semaphore": _SEMAPHORE, "BoundedSemaphore": _SEMAPHORE,
        "Condition": _CONDITION, "Barrier": _BARRIER,
    },
    "_asyncio": {"Future": _FUTURE, "Task": _TASK},
    "asyncio.taskgroups": {"TaskGroup": "create_task"},
    "asyncio.timeouts": {"Timeout": "when reschedule expired"},
    "asyncio.streams": {
        "StreamReader": "read readline readexactly readuntil at_eof exception feed_data feed_eof",
    },
    "queue": {"Queue": _QUEUE, "PriorityQueue": _QUEUE, "LifoQueue": _QUEUE},
    "_queue": {"SimpleQueue": _QUEUE},
    "_thread": {"lock": _SEMAPHORE, "RLock": _SEMAPHORE, "_local": "*"},
    "threading": {
        "Event": "*", "Condition": _CONDITION, "Semaphore": _SEMAPHORE, "BoundedSemaphore": _SEMAPHORE, "Barrier": _BARRIER,
        "Thread": "start join is_alive name daemon ident", "Timer": "start join is_alive cancel",
    },
    "concurrent.futures._base": {"Future": f"{_FUTURE} running set_running_or_notify_cancel"},
    "concurrent.futures.thread": {"ThreadPoolExecutor": "submit map shutdown"},
    "_contextvars": {"ContextVar": "get set reset name", "Context": "run get keys values items copy", "Token": "var old_value"},
    "contextlib": {
        "nullcontext": "*", "_GeneratorContextManager": "", "_AsyncGeneratorContextManager": "", "suppress": "", "closing": "",
        "ExitStack": "enter_context push callback pop_all close",
        "AsyncExitStack": "enter_context enter_async_context push push_async_exit callback push_async_callback pop_all aclose",
        "redirect_stdout": "", "redirect_stderr": "",
    },
    "collections": {"ChainMap": "*", "UserDict": "*", "UserList": "*", "UserString": "*"},
    "collections.abc": {"KeysView": "isdisjoint", "ItemsView": "isdisjoint", "ValuesView": ""},
    "functools": {"partial": "*"},
    "_io": dict.fromkeys(
        ("StringIO", "BytesIO", "TextIOWrapper", "BufferedReader", "BufferedWriter", "BufferedRandom", "FileIO"), "*"
    ),
    "_csv": {"reader": "line_num dialect", "writer": "writerow writerows dialect"},
    "_hashlib": {"HASH": _DIGEST, "HMAC": _DIGEST},
    "_blake2": {"blake2b": _DIGEST, "blake2s": _DIGEST},
    "hmac": {"HMAC": _DIGEST},
    "_struct": {"Struct": "*"},
    "random": {"Random": "*"},
    "re": {"Match": "*"},
    "string": {"Template": "*"},
    "argparse": {
        "Namespace": "*", "_ArgumentGroup": "add_argument", "_MutuallyExclusiveGroup": "add_argument",
        "ArgumentParser": (
            "add_argument add_argument_group add_mutually_exclusive_group add_subparsers set_defaults parse_args parse_known_args "
            "format_help format_usage print_help print_usage error exit prog description"
        ),
        "_SubParsersAction": "add_parser dest",
    },
    "configparser": {
        "ConfigParser": (
            "get getint getfloat getboolean has_option has_section sections options items add_section set remove_option "
            "remove_section read_string read_dict defaults write keys values optionxform"
        ),
        "SectionProxy": "*",
    },
    "logging": {
        "LoggerAdapter": "debug info warning error critical exception log isEnabledFor getEffectiveLevel hasHandlers name",
    },
    "zipfile": {"ZipFile": "namelist infolist getinfo read writestr testzip comment close", "ZipInfo": "filename file_size is_dir"},
    "email.message": dict.fromkeys(("Message", "EmailMessage"), "*"),
    "urllib.parse": dict.fromkeys(("ParseResult", "SplitResult", "DefragResult"), "*"),
    "time": {"struct_time": "*"},
    "xml.etree.ElementTree": {
        "Element": (
            "tag text tail attrib get set items keys append extend insert remove clear find findall findtext iter iterfind "
            "itertext makeelement"
        ),
        "ElementTree": "getroot find findall findtext iter iterfind",
    },
    "_elementtree": {"_element_iterator": ""},
    "graphlib": {"TopologicalSorter": "*"},
    "sqlite3": {
        "Connection": (
            "execute executemany executescript cursor commit rollback close in_transaction total_changes isolation_level "
            "row_factory text_factory create_function create_aggregate create_collation iterdump interrupt"
        ),
        "Cursor": (
            "execute executemany executescript fetchone fetchmany fetchall close description lastrowid rowcount arraysize "
            "connection row_factory setinputsizes setoutputsize"
        ),
        "Row": "keys",
    },
}  # fmt: skip
_SET = {
    "_thread._local": "*",
    "argparse.Namespace": "*",
    "configparser.SectionProxy": "*",
    "xml.etree.ElementTree.Element": "tag text tail attrib",
    "sqlite3.Connection": "row_factory text_factory isolation_level",
    "sqlite3.Cursor": "row_factory arraysize",
}
_ITERATING = ("itertools", "_operator")  # modules whose objects may be called, iterated and copied
_PLAIN: tuple[Any, ...] = ([], (), "", set(), {}, range(0), b"", bytearray(), {}.values(), {}.items())
_ITERATORS: tuple[type, ...] = (
    *(type(iter(each)) for each in _PLAIN), type(reversed({})), type(iter(int, 0)),
    types.GeneratorType, types.AsyncGeneratorType, map, filter, zip, enumerate, reversed,
)  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LENT = {(module, name): _words(names) for module, kinds in _NAMES.items() for name, names in kinds.items()}
_SETTABLE = {tuple(label.rsplit(".", 1)): _words(names) for label, names in _SET.items()}


def is_lent(kind: type) -> bool:
    """Whether objects of a class are lent: they may be entered, iterated, compared as they are."""
    return kind in _ITERATORS or kind.__module__ in _ITERATING or _label(kind) in _LENT


def readable(kind: type, name: str) -> bool:
    """Whether a candidate may have an attribute of an object of a class."""
    return _among(_LENT, kind, name) or (kind is types.AsyncGeneratorType and name in ("aclose", "asend"))


def writable(kind: type, name: str) -> bool:
    """Whether it may set or delete one."""
    return _among(_SETTABLE, kind, name)


def _among(table: Any, kind: type, name: str) -> bool:
    names = table.get(_label(kind), ())
    return not name.startswith("_") and (name in names or "*" in names)


def _label(kind: type) -> tuple[str, str]:
    return kind.__module__, kind.__qualname__
