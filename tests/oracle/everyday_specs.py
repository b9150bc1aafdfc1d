# ruff: noqa: BLE001, PTH118, PTH208, SIM117
"""The corpus of everyday specs: each with programs that are wrong, programs that are right, and probes that show which.

Written before the reference oracle that it measures had judged any of it.
"""

import contextlib
import io
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "everyday"
_SECTION = re.compile(r"^--- (wrong|right|edit|probes)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Everyday:
    """A spec with its programs.

    name    the function or class that is wanted
    topic   dates, parsing, …: the file that the spec stands in
    probes  Python expressions; every wrong program differs from the spec on one of them, no right one does
    """

    name: str
    topic: str
    spec: str
    wrong: tuple[str, ...]
    right: tuple[str, ...]
    probes: tuple[str, ...]


def everyday_specs() -> list[Everyday]:
    """All of them, in the order of the files."""
    return [spec for path in sorted(FOLDER.glob("*.txt")) for spec in _specs(path)]


def _specs(path: Path) -> list[Everyday]:
    return [_spec(part, path.stem) for part in re.split(r"^=== ", path.read_text(), flags=re.MULTILINE)[1:]]


def _spec(text: str, topic: str) -> Everyday:
    name, _, body = text.partition("\n")
    spec, *pieces = _SECTION.split(body)
    sections: dict[str, list[str]] = {"wrong": [], "right": [], "probes": []}
    for kind, content in zip(pieces[::2], pieces[1::2], strict=True):
        if kind == "edit":
            sections["wrong"].append(_edited(spec, content))
        else:
            sections[kind].append(content)
    probes = tuple(line for line in "".join(sections["probes"]).splitlines() if line)
    return Everyday(name, topic, spec, tuple(sections["wrong"]), tuple(sections["right"]), probes)


def _edited(spec: str, content: str) -> str:
    """The spec with one passage of it in other words: `before`, a line `+++`, `after`."""
    before, after = (part.strip("\n") for part in re.split(r"^\+\+\+$", content, flags=re.MULTILINE))
    if spec.count(before) < 1:
        raise ValueError(f"the spec does not hold {before!r}")
    return spec.replace(before, after, 1)


def observed(program: str, probes: tuple[str, ...]) -> list[str]:
    """What a program of the corpus, which is trusted, shows on the probes: values, text printed, kinds of exceptions."""
    return [_observed(program, probe) for probe in probes]


def _observed(program: str, probe: str) -> str:
    import types

    module = types.ModuleType("everyday_program")
    sys.modules["everyday_program"] = module
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(printed):
        with contextlib.redirect_stderr(io.StringIO()):
            exec(program, module.__dict__)
            module.__dict__.update(
                file=lambda text: _file(folder, text), typed=_typed, read=lambda path: Path(path).read_text()
            )
            try:
                shown = repr(eval(probe, module.__dict__))
            except Exception as wrong:
                shown = type(wrong).__name__
    return f"{shown} {printed.getvalue()!r}"


def _file(folder: str, text: str) -> str:
    path = os.path.join(folder, str(len(os.listdir(folder))))
    Path(path).write_text(text)
    return path


def _typed(text: str, program: Any) -> Any:
    stdin, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        return program()
    finally:
        sys.stdin = stdin
