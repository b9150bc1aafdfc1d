"""Writes docs/commands.md from the commands' own --help, and the pictures of docs/statistics.md from the code."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

import click

from kgents.cli.main import kg
from kgents.stats import Design, boundary, boundary_svg, characteristics, curves_svg

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


def pictures() -> dict[str, str]:
    """Every picture by its name."""
    drawn = {name: boundary_svg(boundary(design)) for name, design in PICTURES.items()}
    for name, design in CURVES.items():
        rows = characteristics(design, [step / 100 for step in range(101)])
        drawn[name] = curves_svg(rows, design.max_trials or 0)
    return drawn


def main() -> None:
    """Writes the files."""
    (ROOT / "docs" / "commands.md").write_text(commands(), encoding="utf-8")
    for name, drawn in pictures().items():
        (ROOT / "docs" / "img" / name).write_text(drawn + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
