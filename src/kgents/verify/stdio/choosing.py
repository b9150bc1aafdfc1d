"""The oracle of given examples: what is called, and whether they tell right from wrong."""

from dataclasses import dataclass, replace

from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox
from kgents.sandbox.syntax import parse as parse_source
from kgents.verify.spec import read_spec
from kgents.verify.stdio.examples import Example, Programs, without
from kgents.verify.stdio.judging import judged_program
from kgents.verify.stdio.programs import is_program
from kgents.verify.stdio.proving import REMEDY, tried
from kgents.verify.stdio.reading import is_interactive, read_examples

WALL = 60.0  # seconds for one example


@dataclass(frozen=True, slots=True)
class GivenExamples:
    """The texts of --examples, and of --checker ("": none)."""

    examples: str
    checker: str = ""


def given_programs(
    examples_given: GivenExamples,
    spec: str,
    entry_point: str | None,
    tolerance: float | None,
    sandbox: Sandbox,
    allow_weak: bool,
    apart: int = 0,
) -> Programs:
    """What judges programs by given examples. UsageError where they say nothing, or a spec that runs fails on them.

    apart  so many of them are taken out, to be shown
    """
    if is_interactive(spec):
        raise UsageError(
            "--spec describes an interactive task: its input depends on what the program prints",
            "only tasks whose whole input is known before can be judged",
        )
    examples, named = read_examples(examples_given.examples)
    _check_checker(examples_given.checker)
    if tolerance is not None:
        examples = [replace(one, near=tolerance) for one in examples]
    entry, good = _called(spec, entry_point or named, examples)
    examples, shown = without(examples, entry, apart)
    programs = tried(Programs(tuple(examples), entry, examples_given.checker, apart=shown), sandbox)
    if good is not None:
        _good_passes(good, programs, sandbox)
    if programs.weak and not allow_weak:
        raise UsageError(
            f"--examples: a program that {programs.passing[0]} passes: they do not tell right from wrong", REMEDY
        )
    return programs


def _check_checker(source: str) -> None:
    if not source:
        return
    try:
        tree = parse_source(source)
    except (SyntaxError, ValueError) as wrong:
        raise UsageError(f"--checker: a syntax error: {wrong}", "define check(stdin, expected, got)") from wrong
    names = {getattr(node, "name", "") for node in tree.body}
    if "check" not in names:
        raise UsageError("--checker defines no function check", "def check(stdin, expected, got): return True or False")


def _called(spec: str, named: str | None, examples: list[Example]) -> tuple[str | None, str | None]:
    """(the function that examples call, None where they are run as programs; the spec, where it is a program itself)."""
    needs_call = any(one.args or one.returns is not None for one in examples)
    if named is None and is_program(spec):
        if needs_call:
            raise UsageError("--examples have 'args' or 'returns', the spec is a program", "name --entry-point")
        return None, spec
    read = read_spec(spec, named if named is not None and _defines(spec, named) else None)
    if named is not None or read.entry is None:
        if needs_call and named is None:
            raise UsageError("--examples have 'args' or 'returns', and no function is named", "name --entry-point")
        return named, spec if read.runnable else None
    arguments = read.entry.args
    required = len([*arguments.posonlyargs, *arguments.args]) - len(arguments.defaults)
    if required and not any(one.args for one in examples):
        raise UsageError(
            f"--examples give no 'args', but {read.entry.name}() takes {required}",
            'such as {"args": [1, 2], "returns": 3}; or say in words that a program is wanted',
        )
    return read.entry.name, spec if read.runnable else None


def _defines(spec: str, name: str) -> bool:
    try:
        return read_spec(spec, name).entry is not None
    except UsageError:
        return False


def _good_passes(good: str, programs: Programs, sandbox: Sandbox) -> None:
    """UsageError where the spec's own program fails."""
    seen = judged_program(good, programs, programs.defined, sandbox, WALL)
    if seen.error is None and seen.passed == len(programs.examples):
        return
    why = seen.error or f"{seen.where}: it came to no end within the limits"
    raise UsageError(
        f"--examples fail on the spec itself: {why}"[:400], "correct one of them, or give the spec in words"
    )
