"""What `generate` asks, wants and simulates where whole programs are judged by examples."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kgents.harness.extraction import Wanted
from kgents.harness.prompt import INSTRUCTION
from kgents.harness.simulated import reference_of
from kgents.kinds.generate.completion import is_completed
from kgents.kinds.generate.options import GenerateConfig, QuestionOptions
from kgents.kinds.generate.question import Asked, question_of
from kgents.verify.apart import text_of
from kgents.verify.oracle import Oracle
from kgents.verify.spec import read_spec
from kgents.verify.stdio.examples import Example, Programs
from kgents.verify.stdio.programs import comments_of, is_program

PROGRAM = "Write a whole Python program that reads from standard input and prints to standard output."
ONLY_EXAMPLES = (
    "the spec is a program without a docstring: the question says nothing of the task; add a docstring, --describe TEXT, "
    "--show-examples 3, or --show-body"
)
_LARGEST_TABLE = 200_000  # characters of examples that a simulated coder learns by heart


def asked_for(spec: str, options: QuestionOptions, oracle: Oracle, visible: tuple[str, ...]) -> Asked:
    """The question for a spec under its oracle."""
    if oracle.programs is None or oracle.programs.entry is not None or is_completed(options):
        return question_of(spec, options, visible)
    description = (options.get("describe") or "").strip()
    imports = f"It may import the standard library and {', '.join(visible)}." if visible else ""
    if not is_program(spec):
        return Asked(_joined(spec, description, PROGRAM, imports, INSTRUCTION))
    if options.get("show_body"):
        holding = "the question holds the spec's own program, which is an answer (--show-body)"
        return Asked(_joined(spec, description, PROGRAM, imports, INSTRUCTION), "body", holding)
    comment = comments_of(spec)
    note = None if comment or description else ONLY_EXAMPLES
    text = _joined(comment, description, PROGRAM, imports, INSTRUCTION)
    return Asked(text, "names" if note else "interface", note)


def with_pairs(description: str | None, pairs: Sequence[str]) -> str | None:
    """A description, and behind it the pairs of an oracle that the question shows."""
    return "\n\n".join(filter(None, ((description or "").strip(), text_of(pairs)))) or None


def _joined(*parts: str) -> str:
    return "\n\n".join(part.rstrip() for part in parts if part.strip())


def wanted_of(config: GenerateConfig, oracle: Oracle) -> Wanted:
    """What an answer has to hold under a recorded configuration: of a completion, the rest of the prompt."""
    wanted = wanted_of_oracle(oracle, config["prompt"])
    is_rest = any(is_completed(coder) for coder in config["coders"])
    return replace(wanted, stem=config["prompt"], is_rest=True) if is_rest else wanted


def wanted_of_oracle(oracle: Oracle, shown: str) -> Wanted:
    """What an answer to what was shown has to hold, as far as the oracle knows it."""
    if oracle.programs is not None and oracle.programs.entry is None:
        return Wanted(is_program=True, shown=shown)
    entry = (oracle.entry.partition(".")[0],) if oracle.entry else ()
    return Wanted(tuple(dict.fromkeys((*oracle.defined, *entry))) or oracle.names, shown=shown)


def is_solution(spec: str, oracle: Oracle) -> bool:
    """Whether the spec is itself a program that its oracle runs and passes."""
    if oracle.programs is not None and oracle.programs.entry is None:
        return is_program(spec)
    return oracle.kind != "static" and read_spec(spec).runnable


def right_program(spec: str, oracle: Oracle) -> str:
    """The program that a simulated coder takes for right: the spec where it runs, else one that knows the examples."""
    programs = oracle.programs
    if programs is None or (programs.entry is None and is_program(spec)):
        return spec if programs is not None else reference_of(spec)
    known = reference_of(spec) if programs.entry is not None else ""
    size = sum(len(one.stdin) + sum(map(len, one.answers)) for one in programs.examples)
    if programs.entry is not None and known.strip() and known == spec:
        return known
    return learnt(programs) if size <= _LARGEST_TABLE and not programs.checker else known or "print()\n"


def learnt(programs: Programs) -> str:
    """A program that knows the examples by heart."""
    if programs.entry is None:
        table = {one.stdin: (one.answers or ("",))[0] for one in programs.examples}
        return f"import sys\nknown = {table!r}\nsys.stdout.write(known.get(sys.stdin.read(), ''))\n"
    rows = {repr(list(one.args)): _row(one) for one in programs.examples}
    name = programs.entry.rpartition(".")[2]
    return (
        f"import sys\nknown = {rows!r}\n\ndef {name}(*args):\n    printed, value = known.get(repr(list(args)), ('', None))\n"
        "    sys.stdout.write(printed)\n    return value\n"
    )


def _row(one: Example) -> tuple[str, Any]:
    return (one.answers or ("",))[0], one.returns[0] if one.returns else None
