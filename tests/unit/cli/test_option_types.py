"""The classes that say what options come to, and the options of the commands, are one thing."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import click
import pytest

from kgents.cli.main import kg
from kgents.cli.option_types import StoredTarget
from kgents.cli.target import TargetType


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for each in command.list_commands(context):
                inner = command.get_command(context, each)
                assert inner is not None
                yield from _commands(inner, f"{name} {each}")
    else:
        yield name, command


def _typed(command: click.Command) -> type | None:
    """The class of `**options`."""
    assert command.callback is not None
    function = inspect.unwrap(command.callback)
    hints = get_type_hints(function)
    keywords = [each.name for each in inspect.signature(function).parameters.values() if each.kind is each.VAR_KEYWORD]
    shape = get_args(hints[keywords[0]])[0] if keywords else None
    assert shape is None or is_typeddict(shape), command.name
    return shape


COMMANDS = dict(_commands(kg, "kg"))
TYPED = {name: shape for name, command in COMMANDS.items() if (shape := _typed(command)) is not None}


def _exposed(command: click.Command) -> dict[str, click.Parameter]:
    """What click passes in `**options`, by name."""
    assert command.callback is not None
    named = inspect.signature(inspect.unwrap(command.callback)).parameters
    return {each.name: each for each in command.params if each.expose_value and each.name and each.name not in named}


def _members(annotation: object) -> set[object]:
    if get_origin(annotation) is NotRequired:
        annotation = get_args(annotation)[0]
    return set(get_args(annotation)) if get_origin(annotation) in (Union, UnionType) else {annotation}


def _of_click(parameter: click.Parameter) -> set[object]:
    """The Python types of the values of a parameter that is given."""
    match parameter.type:
        case TargetType():
            return {float, StoredTarget}
        case click.Path():
            return {parameter.type.type or str}
        case _ if parameter.type.name.startswith("integer"):
            return {int}
        case _ if parameter.type.name.startswith("float"):
            return {float}
        case _ if parameter.type.name == "boolean":
            return {bool}
        case _:
            return {str}


@pytest.mark.parametrize("name", sorted(TYPED))
def test_a_command_has_the_options_that_its_class_names(name: str) -> None:
    """No option that mypy does not know, no key that click does not pass; what a function adds later is NotRequired."""
    shape, exposed = TYPED[name], _exposed(COMMANDS[name])
    assert set(exposed) - set(shape.__annotations__) == set()
    assert shape.__required_keys__ - set(exposed) == set()


@pytest.mark.parametrize("name", sorted(TYPED))
def test_options_have_the_types_that_their_class_says(name: str) -> None:
    """Also whether None is possible: where there is neither a default nor a need to give one."""
    hints = get_type_hints(TYPED[name], include_extras=True)
    for key, parameter in _exposed(COMMANDS[name]).items():
        said = _members(hints[key])
        several = next((each for each in said if get_origin(each) in (tuple, get_origin(list[str]))), None)
        if parameter.multiple:
            told = str(hints[key]).replace("pathlib._local.", "pathlib.")  # as 3.13 calls it
            assert told.endswith(("tuple[str, ...]", "tuple[pathlib.Path, ...]", "Sequence[str]]", "Sequence[str]"))
            continue
        assert several is None, key
        assert _of_click(parameter) <= said | ({Path} if str in said and parameter.type.name == "file" else set()), key
        is_flag = isinstance(parameter, click.Option) and parameter.is_flag
        with click.Context(COMMANDS[name]) as context:
            can_be_none = not is_flag and not parameter.required and parameter.get_default(context) is None
        assert not can_be_none or NoneType in said, key


def test_every_command_with_the_record_has_a_class() -> None:
    """Commands that open the record take `**options`, and none of them as Any."""
    assert {
        name for name, command in COMMANDS.items() if any(each.name == "database" for each in command.params)
    } <= set(TYPED)
