"""What a program is, without running it: its error, names, signatures and imports, told by a confined child."""

from dataclasses import dataclass
from typing import Any

from kgents.sandbox.program import Limits, Program

LARGEST = 2_000_000  # characters of a program
LIMITS = Limits(cpu_s=5)
FACTS = "kgents.sandbox.inside.facts:main"

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
    """A function as it is written."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str | None = None
    is_async: bool = False
    line: int = 0
    doc: str = ""


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class as it is written."""

    name: str
    bases: tuple[str, ...]
    methods: tuple[Signature, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What a program is. `error` where it cannot be compiled; then the rest is empty."""

    error: SourceError | None = None
    names: tuple[str, ...] = ()
    functions: tuple[Signature, ...] = ()
    classes: tuple[ClassFacts, ...] = ()
    imports: tuple[str, ...] = ()

    def function(self, name: str) -> Signature | None:
        """The last function of this name at the top level."""
        return next((one for one in reversed(self.functions) if one.name == name), None)


def program(environment: Any) -> Program:
    """The program that answers questions about programs."""
    return Program(FACTS, limits=LIMITS, environment=environment)


def too_large(source: str) -> Facts | None:
    """Facts of a program that is larger than what is read; None where it is not."""
    if len(source) <= LARGEST:
        return None
    return Facts(SourceError("TooLarge", f"{len(source)} characters; at most {LARGEST} are read"))


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
        return Facts(None, tuple(map(str, data["names"])), functions, tuple(classes), tuple(map(str, data["imports"])))
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
    )
