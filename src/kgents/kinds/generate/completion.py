"""What a base model goes on with: the text of a spec up to the body of its function (`--prompt-style completion`). Pure."""

import ast
from collections.abc import Mapping

from kgents.errors import UsageError
from kgents.harness.question import interface
from kgents.kinds.generate.options import QuestionOptions
from kgents.verify.spec import Function, Spec, read_spec

COMPLETION = "completion"


def is_completed(options: Mapping[str, object]) -> bool:
    """Whether options, or a recorded coder, ask for the rest of a text and not for an answer to it."""
    return bool(options.get("prompt_style") == COMPLETION)


def opening(spec: str, options: QuestionOptions) -> str:
    """The text up to the body: imports, what the signature names, signature and docstring; prose as it is, and a newline.

    A description is put above as a comment. UsageError where a spec has no body that could follow.
    """
    if options.get("show_body"):
        raise UsageError("--show-body and --prompt-style completion contradict each other", "leave one of them out")
    read = read_spec(spec, options.get("entry_point"))
    text = _up_to_the_body(spec, read)
    description = (options.get("describe") or "").strip()
    if not description:
        return text
    if read.tree is None:
        return f"{description}\n\n{text}"
    return "".join(f"# {line}\n" for line in description.splitlines()) + text


def _up_to_the_body(spec: str, read: Spec) -> str:
    if read.tree is None:
        return f"{spec.rstrip()}\n"
    if read.entry is None or len(read.targets) > 1 or any(target.endswith("()") for target in read.targets):
        names = ", ".join(read.targets or read.defined)
        hint = "name one function: --entry-point NAME" if read.entry is not None else "leave --prompt-style out"
        raise UsageError(f"--prompt-style completion is about one function; the spec has {names}", hint)
    if read.tree.body[-1] is not read.entry and not read.runnable:
        raise UsageError(
            f"--prompt-style completion: there is more behind {read.entry.name}", "put it at the end of the spec"
        )
    return _of_a_program(spec, read.tree, read.entry) if read.runnable else _of_a_signature(spec, read.entry)


def _of_a_program(spec: str, tree: ast.Module, entry: Function) -> str:
    text = interface(spec, tree, [entry.name]).text
    if not text.endswith("..."):
        raise UsageError(
            f"--prompt-style completion: {entry.name} stands before what it names", "put it at the end of the spec"
        )
    return f"{text.removesuffix('...').rstrip()}\n"


def _of_a_signature(spec: str, entry: Function) -> str:
    """A spec without a body, up to the `pass` or `...` in its place."""
    stubs = entry.body[1:] if ast.get_docstring(entry) is not None else entry.body
    text = _before(spec, stubs[0]) if stubs else spec
    head = text.rstrip()
    return f"{head}\n" if head.endswith(":") or len(stubs) < len(entry.body) else f"{head}:\n"


def _before(source: str, node: ast.stmt) -> str:
    """The text before a statement; columns of a tree count bytes of UTF-8."""
    lines = source.encode("utf-8", "surrogatepass").splitlines(keepends=True)
    head = [*lines[: node.lineno - 1], *(line[: node.col_offset] for line in lines[node.lineno - 1 : node.lineno])]
    return b"".join(head).decode("utf-8", "surrogatepass")
