"""What variables and `[tool.kgents]` say, for every option of `kg experiment`.

Rule: the key is the option without its dashes: `--max-trials` is `max-trials` (or `max_trials`).
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click

from kgents.runner.settings import Settings, project_file, project_table


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key, its variable, its value, where that comes from, and the commands that have it."""

    key: str
    variable: str
    value: Any
    source: str
    commands: tuple[str, ...]


def defaults_of(group: click.Group, name: str) -> tuple[dict[str, Any], list[str]]:
    """(the defaults of one command from `[tool.kgents]`, warnings about keys that no command has)."""
    table = project_table()
    if table:
        from kgents.runner.project import refuse_forbidden

        refuse_forbidden(table, project_file())
    command = group.get_command(click.Context(group), name) if table else None
    if command is None:
        return {}, []
    mine = dict(_options(command))
    found = {_name(mine[key]): _value(mine[key], value) for key, value in table.items() if key in mine}
    rest = table.keys() - mine.keys()
    return found, _warnings(group, sorted(rest)) if rest else []


def effective(group: click.Group) -> list[Setting]:
    """Every setting of every command of the group, by key."""
    environment, table, file = Settings.read().environment, project_table(), project_file()
    found: dict[str, Setting] = {}
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        for key, option in _options(command):
            before = found.get(key)
            if before is not None:
                found[key] = Setting(key, before.variable, before.value, before.source, (*before.commands, name))
                continue
            variable = str(option.envvar)
            value, source = _effective(key, variable, environment, table, str(file))
            found[key] = Setting(key, variable, value, source, (name,))
    return [
        Setting(s.key.replace("_", "-"), s.variable, s.value, s.source, s.commands) for _, s in sorted(found.items())
    ]


def _effective(
    key: str, variable: str, environment: Mapping[str, str], table: Mapping[str, Any], file: str
) -> tuple[Any, str]:
    if environment.get(variable):
        return environment[variable], "environment"
    return (table[key], file) if key in table else (None, "default")


def _options(command: click.Command) -> Iterator[tuple[str, click.Option]]:
    """(key with underscores, option) of every option that is a variable."""
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.envvar and not parameter.hidden:
            long = next(name for name in parameter.opts if name.startswith("--"))
            yield long.removeprefix("--").replace("-", "_"), parameter


def _name(option: click.Option) -> str:
    assert option.name is not None
    return option.name


def _value(option: click.Option, value: Any) -> Any:
    return [value] if option.multiple and not isinstance(value, list) else value


def _warnings(group: click.Group, keys: list[str]) -> list[str]:
    known = {setting.key for setting in effective(group)}
    found = []
    for key in (key.replace("_", "-") for key in keys):
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            found.append(f"{project_file()}: [tool.kgents] has no key {key!r}{hint}")
    return found
