"""The question of `generate`: what is sent for a spec."""

from dataclasses import dataclass

from kgents.errors import UsageError
from kgents.harness.extraction.blocks import strict
from kgents.harness.prompt import INSTRUCTION
from kgents.harness.question import interface
from kgents.kinds.generate.completion import is_completed, opening
from kgents.kinds.generate.options import GenerateOptions, QuestionOptions
from kgents.sandbox.inside.reading import spans_of
from kgents.verify.spec import read_spec
from kgents.verify.stdio.programs import is_asked_for

TASK = "This is the interface; write the Python code."
ONLY_A_NAME = (
    "the name is the whole question: the spec has no docstring and bodies are not sent; add a docstring, "
    "--describe TEXT, --show-examples 3, or --show-body"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a coder is sent, and what a person should know of it (None: nothing).

    holds  what the question has of the spec: "all", where nothing was held back, "interface" (without bodies), "names" (an
           interface that describes nothing), "body" (with the answer) or "opening" (the text up to the body)
    """

    prompt: str
    holds: str = "all"
    note: str | None = None


def question_of(spec: str, options: QuestionOptions, visible: tuple[str, ...] = ()) -> Asked:
    """The question for a spec. Of one that runs only the interface is sent, unless `show_body` is set.

    visible  what may be imported besides the standard library; said where there is something
    """
    description = (options.get("describe") or "").strip()
    imports = f"It may import the standard library and {', '.join(visible)}." if visible else ""
    if is_completed(options):
        return Asked(opening(spec, options), "opening")
    read = read_spec(spec, options.get("entry_point"))
    if not read.runnable or read.tree is None:
        return Asked(_joined(spec.rstrip(), description, imports, INSTRUCTION))
    if options.get("show_body"):
        holding = "the question holds the spec's own body, which is an answer (--show-body)"
        return Asked(_joined(spec.rstrip(), description, imports, INSTRUCTION), "body", holding)
    asked = interface(spec, read.tree, [name.removesuffix("()") for name in read.targets])
    note = None if asked.described or description else ONLY_A_NAME
    return Asked(_joined(asked.text, TASK, description, imports, INSTRUCTION), "names" if note else "interface", note)


def _joined(*parts: str) -> str:
    return "\n\n".join(part.rstrip() for part in parts if part.strip())


def spec_in(text: str) -> tuple[str, str]:
    """(the program in a spec, the prose around it); (the text, "") where it is one program, or prose without one.

    A program stands in one fenced block, or behind a sentence.
    """
    try:
        if read_spec(text).tree is not None:
            return text, ""
    except UsageError:
        return text, ""
    lines = text.split("\n")
    parts = [(block.text, block.lines) for block in strict(text) if block.python]
    parts = parts or [("\n".join(lines[first:end]), range(first, end)) for first, end, _ in spans_of(text)]
    programs = [(code, covered) for code, covered in parts if _defines(code)]
    if len(programs) != 1:
        return text, ""
    code, covered = programs[0]
    prose = "\n".join(line for number, line in enumerate(lines) if number not in covered).strip()
    return code, prose


def check_spec(spec: str, options: GenerateOptions) -> None:
    """UsageError for a spec that is code which cannot be read, or that asks for nothing; --tests and --examples go with words."""
    if is_completed(options):
        opening(spec, options)
    is_read = options["entry_point"] or options["tests"] is not None or not is_asked_for(spec)
    if options.get("examples") is None and is_read:
        read_spec(spec, options["entry_point"])


def parted(spec: str, description: str | None) -> tuple[str, str | None]:
    """The program of a spec, and its prose before the description."""
    program, prose = spec_in(spec)
    return program, "\n\n".join(filter(None, (prose, description))) if prose else description


def _defines(code: str) -> bool:
    try:
        return read_spec(code).entry is not None or bool(read_spec(code).classes)
    except UsageError:
        return False
