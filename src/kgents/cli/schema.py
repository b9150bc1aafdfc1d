"""`kg schema`."""

import json

import click

from kgents.cli.complete import kinds


@click.command()
@click.argument("kind", required=False, shell_complete=kinds)
def schema(kind: str | None) -> int:
    """The JSON Schema of what --json prints of an experiment: every field, and what it means.

    \b
    kg schema
    kg schema run
    """
    from kgents.kinds.registry import kind_called
    from kgents.report.schema import schema_of

    click.echo(json.dumps(schema_of(None if kind is None else kind_called(kind)), indent=2, ensure_ascii=False))
    return 0
