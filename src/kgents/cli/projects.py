"""Options whose value came from a project's file and needs a word of the user."""

import click
from click.core import ParameterSource


def address_of_user(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """An address; one that the project names is said and confirmed once."""
    assert parameter.name is not None
    if value is not None and context.get_parameter_source(parameter.name) is ParameterSource.DEFAULT_MAP:
        from kgents.runner.project import confirm_address

        confirm_address(value, lambda question: click.confirm(question, err=True))
    return value
