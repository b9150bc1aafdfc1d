"""`kg doctor`."""

import json
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.complete import models
from kgents.cli.loop import run_loop
from kgents.cli.option_types import JsonOptions
from kgents.cli.options import record_options
from kgents.errors import UsageError
from kgents.kinds.options import CoderOptions

if TYPE_CHECKING:
    from kgents.runner.diagnosis import Finding


class DoctorCommand(JsonOptions, CoderOptions):
    """All options of `kg doctor`."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--model", default=None, shell_complete=models, help="Ask this model one question: latency, slots, what to set."
)
@click.option("--harness", default=None, help="The coder that asks it.")
@click.option("--base-url", default=None, help="Of a server that speaks the OpenAI protocol.")
@click.option("--api-key-env", default=None, metavar="NAME", help="The variable that holds the key, or none.")
@record_options
def doctor(**options: Unpack[DoctorCommand]) -> int:
    """What is configured, found and missing; with --model, how that model answers (exit status 1 where it does not).

    \b
    kg doctor
    kg doctor --model simulated
    """
    findings = run_loop(_findings(options))
    if options["as_json"]:
        click.echo(json.dumps([{"what": f.subject, "state": f.state, "detail": f.detail} for f in findings], indent=2))
    else:
        width = max(len(finding.subject) for finding in findings)
        for finding in findings:
            click.echo(f"{finding.state:<8} {finding.subject:<{width}}  {finding.detail}")
    return 1 if options.get("model") is not None and findings[0].state == "missing" else 0


async def _findings(options: DoctorCommand) -> list["Finding"]:
    if options.get("model") is None:
        for name in ("harness", "base_url", "api_key_env"):
            if options.get(name) is not None:
                flag = name.replace("_", "-")
                raise UsageError(f"--{flag} belongs to --model", "name the model that is to be asked")
        from kgents.runner.diagnosis import diagnose

        return await diagnose(options["database"])
    from kgents.runner.model_probe import probe
    from kgents.runner.settings import ProcessSettings

    return await probe(options, ProcessSettings.readable(options["database"]).context())
