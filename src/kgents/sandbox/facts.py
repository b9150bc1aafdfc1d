"""What a program is, without running it: its error, names, signatures and imports, told by a confined child."""

from dataclasses import dataclass
from typing import Any

from kgents.sandbox.program import Limits, Program

LARGEST = 2_000_000  # characters of a program
LIMITS = Limits(cpu_s=5)
FACTS = "kgents.sandbox.inside.facts:main"
READING = "kgents.sandbox.inside.reading:main"

__all__ = ["LARGEST", "Facts", "Parameter", "Signature", "SourceError", "program", "read", "too_large"]


@dataclass(frozen=True, slots=True)
class SourceError:
    """Why a program cannot be compiled: the name of the exception, its message, the line (from 1) or None."""

    kind: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: `kind` is positional, either, rest (*args), keyword or keywords (**kwargs)."""

    name: str
    kind: str
    annotation: str | None
    has_default: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """A function as it is written; `is_empty`: its body is no more than a docstring, `...`, `pass` or lone words."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str | None = None
    is_async: bool = False
    line: int = 0
    doc: str = ""
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class as it is written."""

    name: str
    bases: tuple[str, ...]
    methods: tuple[Signature, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What a program is. `error` where it cannot be compiled; then the rest is empty.

    names  that it may bind anywhere; `bound`: at its top level; `free`: that it reads and does not bind
    borrowed  bound at its top level by an import from outside of the standard library
    binds_unseen  it may bind names that only running it shows: by a star import, or by functions that bind by name
    """

    error: SourceError | None = None
    names: tuple[str, ...] = ()
    functions: tuple[Signature, ...] = ()
    classes: tuple[ClassFacts, ...] = ()
    imports: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    binds_unseen: bool = False
    borrowed: tuple[str, ...] = ()

    def function(self, name: str) -> Signature | None:
        """The last function of this name at the top level."""
        return next((one for one in reversed(self.functions) if one.name == name), None)


def program(environment: Any) -> Program:
    """The program that answers questions about programs."""
    return Program(FACTS, limits=LIMITS, environment=environment)


def reading(environment: Any) -> Program:
    """The program that finds programs in texts."""
    return Program(READING, limits=LIMITS, environment=environment)


def too_large(source: str) -> Facts | None:
    """Facts of a program that is larger than what is read; None where it is not."""
    if len(source) <= LARGEST:
        return None
    return Facts(SourceError("TooLarge", f"{len(source)} characters; at most {LARGEST} are read"))


@dataclass(frozen=True, slots=True)
class Readings:
    """What a child found in the parts of an answer.

    blocks  facts, one per block
    spans   (first line, end, facts) of stretches of a text that are programs
    bodies  per block, and for the text: (body, note, facts) as the rest of a stem; None where it is none
    """

    blocks: tuple[Facts, ...]
    spans: tuple[tuple[int, int, Facts], ...] = ()
    bodies: tuple[tuple[str, str, Facts] | None, ...] = ()


def read_all(data: Any) -> Readings:
    """What a child told. ValueError where it has another form."""
    try:
        spans = tuple((int(first), int(end), read(facts)) for first, end, facts in data["spans"])
        bodies = tuple(None if row is None else (str(row[0]), str(row[1]), read(row[2])) for row in data["bodies"])
        return Readings(tuple(map(read, data["blocks"])), spans, bodies)
    except (KeyError, TypeError, IndexError) as wrong:
        raise ValueError("no readings of an answer") from wrong


def read(data: Any) -> Facts:
    """Facts as a child told them. ValueError where they have another form."""
    try:
        if data["error"] is not None:
            kind, message, line = data["error"]
            return Facts(SourceError(str(kind), str(message), line if isinstance(line, int) else None))
        classes = [
            ClassFacts(
                str(one["name"]),
                tuple(map(str, one["bases"])),
                tuple(map(_signature, one["methods"])),
                int(one["line"]),
            )
            for one in data["classes"]
        ]
        functions = tuple(map(_signature, data["functions"]))
        keys = ("names", "imports", "bound", "free", "borrowed")
        names, imports, bound, free, borrowed = (tuple(map(str, data[key])) for key in keys)
        return Facts(None, names, functions, tuple(classes), imports, bound, free, bool(data["unseen"]), borrowed)
    except (KeyError, TypeError) as wrong:
        raise ValueError("no facts of a program") from wrong


def _signature(data: Any) -> Signature:
    rows = tuple(
        Parameter(str(name), str(kind), None if annotation is None else str(annotation), bool(default))
        for name, kind, annotation, default in data["parameters"]
    )
    returns = data["returns"]
    return Signature(
        str(data["name"]),
        rows,
        None if returns is None else str(returns),
        bool(data["is_async"]),
        int(data["line"]),
        str(data["doc"]),
        bool(data["empty"]),
    )
