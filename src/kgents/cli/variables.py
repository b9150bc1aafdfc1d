"""Variables KGENTS_… that nobody reads, and that are nearly the name of one."""

import os

import click

ALIKE = 0.88  # as difflib measures it; two letters changed in MAX_TRIALS are .94


def misspelt(context: click.Context) -> list[str]:
    """A warning for each variable that is no option of any command and nearly one of this command."""
    mine = _variables(context.command)
    doubtful = [name for name in os.environ if name.startswith("KGENTS_") and name not in mine and os.environ[name]]
    if not doubtful:
        return []
    from kgents.errors import nearest

    near = {name: meant for name in doubtful if (meant := nearest(name, mine, ALIKE)) is not None}
    group = context.parent.command if context.parent is not None else None
    if not near or not isinstance(group, click.Group):
        return []
    known = _elsewhere(group, context)
    return [
        f"{name}: there is no such variable; did you mean {meant}?" for name, meant in near.items() if name not in known
    ]


def _elsewhere(group: click.Group, context: click.Context) -> set[str]:
    """The variables of all commands, also those of one command alone."""
    from kgents.cli.configured import own_variable

    known: set[str] = set()
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            variables = _variables(command)
            known |= variables | {own_variable(name, variable.removeprefix("KGENTS_")) for variable in variables}
    return known


def _variables(command: click.Command) -> set[str]:
    """The variables that options of a command are read from."""
    named = [each.envvar for each in command.params if isinstance(each, click.Option)]
    return {name for name in named if isinstance(name, str)}
