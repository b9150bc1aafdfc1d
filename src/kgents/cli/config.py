"""`kg config`: what is set, and where."""

import json
from dataclasses import asdict

import click


@click.group()
def config() -> None:
    """Settings: variables and `[tool.kgents]`.

    \b
    kg config show
    kg config path
    """


@config.command()
@click.option("--all", "everything", is_flag=True, help="Also what nobody has set.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(everything: bool, as_json: bool) -> int:
    """Every setting, its value, and where that comes from. The command line wins over variables, they over the file.

    \b
    kg config show
    kg config show --all --json
    """
    from kgents.cli.configured import effective
    from kgents.cli.main import experiment
    from kgents.runner.settings import readable_table

    assert isinstance(experiment, click.Group)
    wrong = readable_table()[1]
    if wrong is not None:
        click.echo(f"warning: {wrong}", err=True)
    shown = [setting for setting in effective(experiment) if everything or setting.source != "default"]
    rows = [{**asdict(setting), "value": _shown(setting.key, setting.value)} for setting in shown]
    if as_json:
        click.echo(json.dumps(rows, indent=2, default=str))
        return 0
    if not rows:
        click.echo("nothing is set; kg config show --all lists what could be")
    width = max((len(setting.key) for setting in shown), default=0)
    for row in rows:
        value = "-" if row["value"] is None else row["value"]
        click.echo(f"{row['key']:<{width}}  {value}  ({row['source']}: {row['variable']})")
    return 0


@config.command()
def path() -> int:
    """The file of your own in which hosts and the variables of their keys are named; it has to be yours alone (0600).

    \b
    kg config path
    """
    from kgents.harness.user_config import config_file

    click.echo(config_file())
    return 0


def _shown(key: str, value: object) -> object:
    """A value that may be shown: the password of a database is not."""
    if key != "database" or value is None:
        return value
    from kgents.runner.records import shown

    return shown(str(value))
