"""What runs candidates, by the kind of their oracle: a sandbox that knows of it needs one server for them, not two."""

from collections.abc import Iterable

from kgents.sandbox.program import Program


def runs(kinds: Iterable[str]) -> tuple[Program, ...]:
    """The programs in which candidates run that are judged by oracles of these kinds."""
    return tuple(program for kind in dict.fromkeys(kinds) for program in _runs(kind))


def _runs(kind: str) -> tuple[Program, ...]:
    match kind:
        case "reference":
            from kgents.verify.reference.processes import RUNS

            return (RUNS,)
        case "tests" | "doctest":
            from kgents.verify.mirrors.line import RUNS as BY_TESTS
            from kgents.verify.mirrors.line import RUNS_OURS

            return (BY_TESTS, RUNS_OURS)
        case "stdio":
            from kgents.verify.stdio.processes import RUNS as AS_PROGRAMS

            return (AS_PROGRAMS,)
    return ()
