"""What variables and `[tool.kgents]` say, for every option of `kg experiment`.

Rule: the key is the option without its dashes: `--max-trials` is `max-trials` (or `max_trials`). What holds for one command
alone stands in its table, `[tool.kgents.run]`, or in its variable, KGENTS_RUN_TARGET, and goes before what holds for all.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click

from kgents.errors import KgentsError, UsageError, suggested
from kgents.runner.settings import project_file, project_table, readable_table


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key, its variable, its value, where that comes from, and the commands that have it."""

    key: str
    variable: str
    value: Any
    source: str
    commands: tuple[str, ...]


def defaults_of(group: click.Group, name: str) -> tuple[dict[str, object], list[str]]:
    """(the defaults of one command from `[tool.kgents]`, warnings about keys that no command has).

    A table of a command, `[tool.kgents.run]`, goes before the flat keys. Variables of one command, KGENTS_RUN_TARGET, are
    made those of its options. UsageError names the file where a value cannot be what the option wants.
    """
    table = project_table()
    if table:
        from kgents.runner.project import refuse_forbidden

        for part in (table, *_tables(table).values()):
            refuse_forbidden(part, project_file())
    command = group.get_command(click.Context(group), name) if table or _prefixed(name) else None
    if command is None:
        return {}, []
    mine = dict(_options(command))
    for key, option in mine.items():
        variable = own_variable(name, key)
        if os.environ.get(variable):
            option.envvar = variable
    own = _tables(table).get(name, {})
    flat = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    values = {}
    for where, part in (("", flat), (f".{name}", own)):
        for key in part.keys() & mine.keys():
            _check(group, f"[tool.kgents{where}]", key, part[key], mine[key])
            values[_name(mine[key])] = _value(mine[key], part[key])
    return values, _warnings(group, name, table, flat, mine)


def _prefixed(command: str) -> bool:
    """Whether a variable may be one of this command alone."""
    prefix = own_variable(command, "")
    return any(variable.startswith(prefix) for variable in os.environ)


def own_variable(command: str, key: str) -> str:
    """The variable of an option of one command: KGENTS_RUN_TARGET."""
    return f"KGENTS_{command}_{key}".upper().replace("-", "_")


def _tables(table: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """The tables of commands, keys with underscores."""
    return {
        name: {str(key).replace("-", "_"): value for key, value in part.items()}
        for name, part in table.items()
        if isinstance(part, Mapping) and name != "hosts"
    }


def _check(group: click.Group, where: str, key: str, value: Any, option: click.Option) -> None:
    """UsageError for a value that is not of the type of the option, or is that of another command's option of this name."""
    shown = f"{project_file()}: {where} {key.replace('_', '-')} = {value!r}"
    if isinstance(value, int | float) and not isinstance(value, bool) and _takes_words(option):
        numbers = [name for name, other in _namesakes(group, key) if not _takes_words(other)]
        if numbers:
            remedy = f"write it for one command: [tool.kgents.{numbers[0]}]"
            raise UsageError(f"{shown} means something else here than for {', '.join(numbers)}", remedy)
    if not _fits(option, value):
        raise UsageError(f"{shown}: {option.type.name} is wanted", "correct the file")
    try:
        option.type_cast_value(click.Context(click.Command("")), _value(option, value))
    except click.BadParameter as wrong:
        raise UsageError(f"{shown}: {wrong.message}", "correct the file") from wrong


def _fits(option: click.Option, value: object) -> bool:
    """Whether a value of a file may be that of an option: a list only of one that is repeated, and a number is no flag."""
    if isinstance(value, list):
        return option.multiple and all(not isinstance(each, list | Mapping) for each in value)
    if isinstance(option.type, click.types.IntParamType | click.types.FloatParamType):
        whole = isinstance(option.type, click.types.IntParamType)
        return not isinstance(value, bool) and not (whole and isinstance(value, float))
    return isinstance(value, str | int | float)


def _takes_words(option: click.Option) -> bool:
    """Whether an option is a text that is no number: an object, a file, a program."""
    words = isinstance(option.type, click.types.StringParamType | click.Path)
    return words and option.name not in ("max_trials", "budget_usd")


def _namesakes(group: click.Group, key: str) -> Iterator[tuple[str, click.Option]]:
    """(command, option) of every option of this name."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        option = None if command is None else dict(_options(command)).get(key)
        if option is not None:
            yield name, option


def blamed(message: str, arguments: list[str]) -> str | None:
    """The file that set the option which a message names first, where neither the command line nor a variable did."""
    match = re.search(r"--([a-z][a-z-]*)", message)
    if match is None or any(word.partition("=")[0] == match[0] for word in arguments):
        return None
    key = match[1].replace("-", "_")
    try:
        table = project_table()
    except KgentsError:
        return None
    command = next((word for word in arguments[1:] if not word.startswith("-")), "")
    if key not in table and key not in _tables(table).get(command, {}):
        return None
    by_variable = os.environ.get(f"KGENTS_{key.upper()}") or os.environ.get(own_variable(command, key))
    return None if by_variable else str(project_file())


def effective(group: click.Group) -> list[Setting]:
    """Every setting of every command of the group, by key; those of one command alone as `run.target`."""
    environment, (table, _) = dict(os.environ), readable_table()
    file = str(project_file())
    settings: dict[str, Setting] = {}
    alone: list[Setting] = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        own = _tables(table).get(name, {})
        for key, option in _options(command):
            dashed, variable = key.replace("_", "-"), own_variable(name, key)
            if environment.get(variable) or key in own:
                value, source = _effective(key, variable, environment, own, file)
                alone.append(Setting(f"{name}.{dashed}", variable, value, source, (name,)))
            before = settings.get(key)
            if before is not None:
                settings[key] = Setting(dashed, before.variable, before.value, before.source, (*before.commands, name))
                continue
            shared = f"KGENTS_{key.upper()}" if option.envvar == variable else str(option.envvar)
            value, source = _effective(key, shared, environment, table, file)
            value = _default(option) if source == "default" else value
            settings[key] = Setting(dashed, shared, value, source, (name,))
    return [*(settings[key] for key in sorted(settings)), *alone]


def _default(option: click.Option) -> Any:
    """What holds where nobody says anything; None where that is worked out from the rest."""
    return option.default if isinstance(option.default, str | int | float | bool) else None


def _effective(
    key: str, variable: str, environment: Mapping[str, str], table: Mapping[str, object], file: str
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


def _warnings(
    group: click.Group, name: str, table: Mapping[str, Any], flat: Mapping[str, Any], mine: Mapping[str, Any]
) -> list[str]:
    """One for each key that no command has, and each table that is no command's."""
    commands = group.list_commands(click.Context(group))
    warnings = [
        f"{project_file()}: [tool.kgents.{unknown}]: there is no such command{suggested(unknown, commands)}"
        for unknown in _tables(table)
        if unknown not in commands
    ]
    rest = flat.keys() - mine.keys()
    known = {setting.key for setting in effective(group)} if rest else set()
    unknown = [("", key) for key in sorted(rest) if key.replace("_", "-") not in known]
    unknown += [(f".{name}", key) for key in sorted(_tables(table).get(name, {}).keys() - mine.keys())]
    names = known or {key.replace("_", "-") for key in mine}
    for where, key in ((where, key.replace("_", "-")) for where, key in unknown):
        warnings.append(f"{project_file()}: [tool.kgents{where}] has no key {key!r}{suggested(key, names)}")
    return warnings
