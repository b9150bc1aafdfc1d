"""`kg ui`, and `--ui` of runs."""

import os
import subprocess
import sys
from contextlib import suppress
from typing import Unpack

import click

from kgents.cli.complete import ids
from kgents.cli.loop import collect_as_usual, run_loop
from kgents.cli.option_types import RecordOptions
from kgents.cli.options import record_options
from kgents.domain.mark import Mark
from kgents.engine.run import Run
from kgents.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PageCommand(RecordOptions):
    """All options of `kg ui`; `parent` is the process that is to end with it."""

    port: int
    host: str
    no_browser: bool
    parent: int | None


@click.command()
@click.argument("reference", default="", metavar="[ID]", shell_complete=ids)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 is any that is free.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another one than loopback lets others in.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--parent", type=int, default=None, hidden=True)
@record_options
def ui(reference: str, **options: Unpack[PageCommand]) -> int:
    """A page over the record: history, experiments, live runs. It only reads.

    \b
    kg ui --no-browser
    kg ui @latest
    """
    return run_loop(_serve(reference, options))


async def _serve(reference: str, options: PageCommand) -> int:
    from kgents.page.server import has_browser, listen, missing
    from kgents.runner.settings import ProcessSettings

    parent = options["parent"]
    database = ProcessSettings.read(options["database"]).database
    try:
        from kgents.page.guard import Door
        from kgents.page.server import serve
    except ImportError as wrong:
        raise missing() from wrong
    where = await _path(reference, database)
    bound = listen(options["host"], options["port"])
    door = Door(options["host"], bound.getsockname()[1])
    address = door.url.replace("/?", f"{where}?", 1)
    if options["host"] not in LOOPBACK:
        click.echo(
            f"warning: --host {options['host']}: whoever reaches this machine and has the token reads the record",
            err=True,
        )
    click.echo(f"kg ui: {address}", err=parent is not None)
    sys.stdout.flush()
    if not options["no_browser"] and has_browser():
        import webbrowser

        webbrowser.open(address)
    collect_as_usual()
    with suppress(KeyboardInterrupt):
        await serve(bound, door, database, parent)
    return 0


async def _path(reference: str, database: str) -> str:
    """The path of the page that is asked for: what it stands for is looked up at once, so that a wrong one is said here."""
    if not reference:
        return "/"
    from kgents.runner.records import resolved

    return f"/e/{await resolved(reference, database)}"


class OpenPage:
    """Opens `kg ui` for a run when its plan is durable; that process ends by itself after this one."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._child: subprocess.Popen[bytes] | None = None

    def observe(self, mark: Mark, run: Run) -> None:
        """Starts it at the first mark."""
        if self._child is None:
            command = [sys.executable, "-m", "kgents", "ui", run.plan.experiment, "--parent", str(os.getpid())]
            environment = {**os.environ, "KGENTS_DATABASE_URL": self._database}
            self._child = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )


def check_ui() -> None:
    """UsageError where --ui cannot be, before anything runs."""
    from importlib.util import find_spec

    if not (find_spec("starlette") and find_spec("uvicorn")):
        raise UsageError("--ui needs starlette and uvicorn, which are not installed", "pip install 'kgents[ui]'")
