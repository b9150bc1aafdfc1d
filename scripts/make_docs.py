"""Writes docs/commands.md from the commands' own --help, and the pictures of docs/statistics.md from the code."""

import inspect
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

import click

import kgents
from kgents.cli.main import EXPERIMENT, TOP, kg
from kgents.kinds.registry import BUILT_IN, command_of, kind_of
from kgents.report.pictures import Picture, operating, path, standalone
from kgents.report.pictures.svg import box, text
from kgents.report.schema import schema_of
from kgents.stats import Design, Rule, boundary, characteristics

HEAD = """# Commands

Generated from the commands' own `--help` by `scripts/make_docs.py`; a test keeps it so. Every option with an environment
variable is also a key of `[tool.kgents]` in pyproject.toml (`--max-trials` is `max-trials`). What is given on the
command line wins over the variable, the variable over the file.
"""


def help_of(command: click.Command, path: str, parent: click.Context | None) -> list[tuple[str, str]]:
    """(path, help) of a command and all below it."""
    context = click.Context(
        command, info_name=path.rsplit(" ", 1)[-1], parent=parent, max_content_width=100, **command.context_settings
    )
    context.terminal_width = 100
    found = [(path, command.get_help(context))]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            found += help_of(child, f"{path} {name}", context)
    return found


def commands() -> str:
    """The page."""
    parts = [HEAD]
    parts += [f"## `{path}`\n\n```\n{text.rstrip()}\n```\n" for path, text in help_of(kg, "kg", None)]
    return "\n".join(parts)


PICTURES = {
    "boundary-half.svg": Design(target=0.5),
    "boundary-nine-tenths.svg": Design(target=0.9, max_trials=200),
}
CURVES = {"curves-half.svg": Design(target=0.5)}


PYTHON = """# Names of `import kgents as kg`

Generated from the docstrings by `scripts/make_docs.py`; a test keeps it so. Examples of each: [Python](api.md).
"""


def reference() -> str:
    """The page of the public names: signature, docstring, and the public members of classes."""
    parts = [PYTHON]
    for name in kgents.__all__:
        value = getattr(kgents, name)
        parts.append(f"## `{name}`\n\n```\n{_signed(f'kg.{name}', value)}\n\n{inspect.getdoc(value)}\n```\n")
        if inspect.isclass(value):
            parts += [
                _member(name, member, vars(value)[member]) for member in vars(value) if not member.startswith("_")
            ]
    return "\n".join(part for part in parts if part)


def _member(owner: str, name: str, value: object) -> str:
    function = value.fget if isinstance(value, property) else value
    if not inspect.isfunction(function):
        return ""
    shown = f"{owner}.{name}" if isinstance(value, property) else _signed(f"{owner}.{name}", function)
    return f"```\n{shown}\n\n{inspect.getdoc(function)}\n```\n"


def _signed(path: str, value: Any) -> str:
    """A call as it is written, types by their names alone."""
    text = re.sub(r"\*<class '[\w.]*?(\w+)'>", r"Unpack[\1]", _call(path, value))
    return re.sub(r"<class '[\w.]*?(\w+)'>|\b(?:collections\.abc|typing|kgents(?:\.\w+)+)\.(?=[A-Z])", r"\1", text)


def _call(path: str, value: Any) -> str:
    """A call as it is written: names, defaults and types, one argument a line where they are many."""
    if inspect.isclass(value) and issubclass(value, BaseException):
        return path
    signature = inspect.signature(value)
    shown = f"{path}{_plain(signature)}"
    if len(shown) <= 100:
        return shown
    arguments = [_plain(parameter) for parameter in signature.parameters.values()]
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    if inspect.Parameter.KEYWORD_ONLY in kinds:
        arguments.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    inner = ",\n".join(f"    {argument}" for argument in arguments)
    returned = signature.return_annotation
    return f"{path}(\n{inner},\n)" + ("" if returned is signature.empty else f" -> {returned}")


def _plain(value: Any) -> str:
    """As text, the same under every Python: 3.13 calls pathlib's classes by the module that they come from."""
    return str(value).replace("pathlib._local.", "pathlib.")


MAN = """# kg

## Synopsis

`kg` COMMAND [OPTION …], `kg experiment` KIND [OPTION …] [-- COMMAND …]

## Description

Decisions about programs that do not always do the same, with stated error rates, from the fewest trials. Every command
has `--help`; the whole of it is on the page [commands](commands.md).
"""
MAN_END = """## Exit status

0 supported, or an estimate was made · 1 internal or infrastructure error · 2 usage · 3 the record is damaged ·
10 refuted · 11 inconclusive · 12 too many errors of the world · 130 interrupted (resumable)

## Environment

`KGENTS_DATABASE_URL`, `KGENTS_DATA_DIR`, and for every option of `kg experiment` the variable that its `--help` names.

## Files

`kgents.db` in the data directory of the user (`kg doctor` says where), `[tool.kgents]` in the nearest pyproject.toml.
"""


def man() -> str:
    """The manual page: every command in a line."""
    parts = [MAN]
    for title, table, before in (("Experiments", EXPERIMENT, "kg experiment "), ("Other commands", TOP, "kg ")):
        lines = "\n".join(f"- `{before}{name}`: {short}" for name, (_, short) in table.items())
        parts.append(f"## {title}\n\n{lines}\n")
    return "\n".join([*parts, MAN_END])


SCHEMA = """# The JSON document

What `--json` prints of an experiment, `-o x.json` writes and `Result.to_dict()` returns; `kg experiment history --json` is
a list of them, without trials unless `--trials` says so. `kg schema` prints the JSON Schema (2020-12) of it, `kg schema KIND`
that of one kind; a test holds every document of the acceptance tests against it.

Generated from that schema by `scripts/make_docs.py`. A type with `?` may be null. A field with ○ may be left out.
Where the configuration is large, parts of it are told by their digest unless `--full` says so.
"""


def schema() -> str:
    """The page of the fields: those of every document, then those of each kind."""
    whole = schema_of()["properties"]
    parts = [SCHEMA, "## Every document\n", _table(schema_of(), "", ("config", "evidence", "arms", "trials"))]
    for name, words in (("config", "config"), ("evidence", "evidence"), ("arms", "arms[]"), ("trials", "trials[]")):
        shown = whole[name]["items"] if name in ("arms", "trials") else whole[name]
        parts += [f"## `{words}`\n", f"{shown['description'].capitalize()}.\n", _table(shown, f"{words}.")]
    for kind in BUILT_IN:
        fields = kind_of(kind).fields()
        assert fields is not None
        own = {"properties": {"config": {"properties": fields.config}, "evidence": {"properties": fields.evidence}}}
        parts.append(
            f"## Kind `{kind}`\n\nOf `kg experiment {command_of(kind)}`.\n"
            if command_of(kind) in EXPERIMENT
            else f"## Kind `{kind}`\n"
        )
        rows = [row for name, part in own["properties"].items() for row in _rows(part, f"{name}.", ())]
        parts.append(_lines(rows) if rows else "It adds nothing.\n")
    return "\n".join(parts)


def _table(schema: Mapping[str, Any], before: str, apart: Sequence[str] = ()) -> str:
    return _lines(_rows(schema, before, apart))


def _lines(rows: Sequence[tuple[str, str, str]]) -> str:
    lines = [f"| `{path}` | {kind} | {words} |" for path, kind, words in rows]
    return "\n".join(["| field | type | what it means |", "|---|---|---|", *lines, ""])


def _rows(schema: Mapping[str, Any], before: str, apart: Sequence[str]) -> list[tuple[str, str, str]]:
    """(path, type, meaning) of every field and of those below it; `apart` have a table of their own."""
    found = []
    for name, field in schema.get("properties", {}).items():
        left_out = "" if name in schema.get("required", schema["properties"]) else " ○"
        found.append((f"{before}{name}", _type(field) + left_out, _meaning(field)))
        if name not in apart:
            found += _rows(*_below(field, f"{before}{name}"), ())
    return found


def _below(field: Mapping[str, Any], path: str) -> tuple[Mapping[str, Any], str]:
    while "items" in field or isinstance(field.get("additionalProperties"), dict):
        field, path = (
            (field["items"], f"{path}[]") if "items" in field else (field["additionalProperties"], f"{path}.*")
        )
    return field, f"{path}."


def _type(field: Mapping[str, Any]) -> str:
    kinds = field.get("type", "any")
    names: list[str] = [kinds] if isinstance(kinds, str) else list(kinds)
    return names[0] + ("?" if "null" in names[1:] else "")


def _meaning(field: Mapping[str, Any]) -> str:
    choices = ", ".join(f"`{choice}`" for choice in field.get("enum", ()) if choice is not None)
    return field["description"].replace("|", "\\|") + (f": {choices}" if choices else "")


TARGET, RATE, CAP = 0.5, 0.7, 100


@dataclass(frozen=True)
class Needed:
    """A way to decide: its expected trials at RATE, and how often it says `supported` when the rate is TARGET."""

    name: str
    trials: float
    error: float
    power: float


def needed() -> list[Needed]:
    """Four ways to ask whether a rate is above TARGET when it is RATE; exact, by the programme that plans a run."""
    rules = (("kgents", Rule.CALIBRATED), ("e-process", Rule.ANYTIME), ("posterior, looked at always", Rule.POSTERIOR))
    rows = [_needed(name, Design(rule, TARGET, 0.95, CAP)) for name, rule in rules]
    fixed = next(
        row
        for n in range(1, 1000)
        if (row := _needed("fixed number", Design(Rule.FIXED, TARGET, 0.95, n))).power >= rows[0].power
    )
    return [fixed, rows[2], rows[1], rows[0]]


def _needed(name: str, design: Design) -> Needed:
    at_target, at_rate = characteristics(design, [TARGET, RATE])
    return Needed(name, at_rate.expected_trials, at_target.supported, at_rate.supported)


def chart() -> str:
    """The bars of README.md."""
    rows = needed()
    most = max(row.trials for row in rows)
    parts = []
    for place, row in enumerate(rows):
        top, wrong = 8 + 34 * place, row.error > 0.0501
        tone = "bad" if wrong else "good" if row.name == "kgents" else "hold"
        errs = f"{row.trials:.1f} trials, errs in {100 * row.error:.1f} %"
        width = 230 * row.trials / most
        parts += [text(172, top + 17, row.name, "strong" if row.name == "kgents" else "", "end"),
                  box(180, top, width, 24, tone), text(188 + width, top + 17, errs, "say-bad" if wrong else "")]  # fmt: skip
    words = "; ".join(
        f"{row.name} {row.trials:.1f} trials, wrongly supported in {100 * row.error:.1f} %" for row in rows
    )
    title = f"Trials needed against a rate of {TARGET:g} when it is {RATE:g}"
    return standalone(Picture("needed", title, words, 600, 8 + 34 * len(rows), "".join(parts)))


def pictures() -> dict[str, str]:
    """Every picture by its name."""
    drawn = {
        name: standalone(path("boundary", boundary(design), design.target or 0.5, (), False))
        for name, design in PICTURES.items()
    }
    for name, design in CURVES.items():
        rows = characteristics(design, [step / 100 for step in range(101)])
        drawn[name] = standalone(operating("curves", rows, design.max_trials or 0, design.target, None))
    drawn["trials.svg"] = chart()
    return drawn


def main() -> None:
    """Writes the files."""
    for name, page in (("commands", commands), ("reference", reference), ("man", man), ("schema", schema)):
        (ROOT / "docs" / f"{name}.md").write_text(page(), encoding="utf-8")
    for name, drawn in pictures().items():
        (ROOT / "docs" / "img" / name).write_text(drawn + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
