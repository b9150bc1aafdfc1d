"""What is told between us and the processes that run confined, as types.

Nothing here is needed at run time: modules import it for the type checker alone.
"""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict


class Layout(TypedDict):
    """Where an interpreter has its standard library, and in which folders packages are installed (masked)."""

    version: str
    version_info: list[int]
    implementation: str
    stdlib: list[str]
    masked: list[str]


class Question(TypedDict):
    """What an interpreter is asked: what has to be visible for these imports and packages.

    packages  names, or ["all"]; hidden: paths whose distributions are never visible, as those called `denied` are not
    """

    imports: list[str]
    packages: list[str]
    hidden: list[str]
    denied: list[str]
    module_path: str | None


class Visible(Layout):
    """The layout, and what has to be visible.

    entries, folders, path  files of distributions, folders of editable ones, what sys.path gets
    visible  modules; missing: packages that are not there; denied: those that must not be visible
    """

    entries: list[str]
    folders: list[str]
    path: list[str]
    visible: list[str]
    missing: list[str]
    denied: list[str]


class LimitsData(TypedDict):
    """CPU seconds, megabytes of addresses, bytes of a file, open files, processes (None: no limit of its own)."""

    cpu_s: int
    as_mb: int
    fsize: int
    nofile: int
    nproc: int | None


class Configuration(TypedDict):
    """What a zygote is told.

    mains    module:function of each job that may be ordered; modules and preload are imported before anything is confined
    folder   of our own copies; own: whether the whole environment is ours
    layers   that are wanted; plain: without namespaces; trusted: the program is ours
    shown    paths that can be read; masked: folders in them that cannot
    prefixes folders of the interpreter
    """

    mains: list[str]
    modules: list[str]
    preload: list[str]
    folder: str
    own: bool
    path: list[str]
    limits: LimitsData
    trusted: bool
    plain: bool
    layers: list[str]
    landlock: Any
    prefixes: list[str]
    shown: list[str]
    masked: list[str]


class Answer(TypedDict, total=False):
    """What a candidate's process says, which may be forged: of loading ok, missing or unreadable, of a call the others.

    value, args  encoded: what a call returned, and its arguments where they were changed
    raised       [name, names of its bases, text]; forbidden: the first thing that it tried and may not do
    """

    value: Any
    args: Any
    raised: Any
    cpu_s: float
    forbidden: str
    ok: bool
    missing: list[str]
    unreadable: Any


class FunctionFacts(TypedDict):
    """A function: parameters are [name, kind, annotation or None, whether it has a default]."""

    name: str
    is_async: bool
    line: int
    parameters: list[list[Any]]
    returns: str | None
    doc: str | None
    empty: bool


class ClassFacts(TypedDict):
    """A class with its methods."""

    name: str
    line: int
    bases: list[str | None]
    methods: list[FunctionFacts]


class FactsData(TypedDict):
    """What can be read of a program; `error` is [kind, message, line or None] of what is none.

    names     it may bind; bound: it does; free: it uses and does not define; borrowed: it takes from other modules
    unseen    whether it binds names that cannot be seen
    """

    error: list[Any] | None
    names: list[str]
    functions: list[FunctionFacts]
    classes: list[ClassFacts]
    imports: list[str]
    bound: list[str]
    free: list[str]
    borrowed: list[str]
    unseen: bool


class ReadData(TypedDict):
    """Facts of blocks; stretches of code in a text [first line, end, facts]; what continues a stem [body, note, facts]."""

    blocks: list[FactsData]
    spans: list[list[Any]]
    bodies: list[list[Any] | None]


class Confinement(TypedDict):
    """How confined candidates are, as the plan keeps it: `holes` are the attacks that are not withstood."""

    level: str
    recipe: str
    meaning: str
    holes: Sequence[str]
    notes: NotRequired[Sequence[str]]
