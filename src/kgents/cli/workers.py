"""The options that name workers on other machines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kgents.cli.options import option, together

F = TypeVar("F", bound=Callable[..., Any])


def workers_options(function: F) -> F:
    """Where trials are run."""
    return together(
        option(
            "--workers",
            default=None,
            metavar="ADDRESS",
            callback=_address,
            help="Run trials on the workers of kg cluster: tls://HOST:PORT (extra cluster).",
        ),
        option(
            "--workers-tls", default=None, type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
            help="The certificates that kg cluster up made.",
        ),
        option("--workers-clocks", default=None, metavar="NAME=S,…", help="Seconds of grace, lease, ttl and silence."),
        option("--insecure", is_flag=True, help="Let --workers be tcp:// beyond this machine: no encryption, no keys."),
    )(function)  # fmt: skip


def _address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """An address; one that the project names is said and confirmed once."""
    from click.core import ParameterSource

    assert parameter.name is not None
    if value and context.get_parameter_source(parameter.name) is ParameterSource.DEFAULT_MAP:
        from kgents.runner.project import confirm_workers

        confirm_workers(value, lambda question: click.confirm(question, err=True))
    return value
