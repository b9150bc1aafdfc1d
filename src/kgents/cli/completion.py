"""`kg completion`."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the completion script of a shell.

    \b
    kg completion bash >> ~/.bashrc
    """
    from kgents.cli.main import kg

    shape = get_completion_class(shell)
    assert shape is not None
    for name in ("kg", "kgents"):
        click.echo(shape(kg, {}, name, f"_{name.upper()}_COMPLETE").source())
    return 0
