"""`kg doctor`."""

import json
from typing import Any

import click

from kgents.cli.loop import run_loop
from kgents.cli.options import record_options


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@record_options
def doctor(**options: Any) -> int:
    """What is configured, found and missing.

    \b
    kg doctor
    """
    from kgents.runner.diagnosis import diagnose

    findings = run_loop(diagnose(options["database"]))
    if options["as_json"]:
        click.echo(json.dumps([{"what": f.what, "state": f.state, "detail": f.detail} for f in findings], indent=2))
        return 0
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.state:<8} {finding.what:<{width}}  {finding.detail}")
    return 0
