"""`kg experiment run`."""

import os
from typing import Any

import click

from kgents.cli import faces
from kgents.cli.loop import run_loop
from kgents.cli.options import design_of, design_options, output_options, record_options, run_options, run_settings
from kgents.domain.json import digest_of
from kgents.errors import UsageError


@click.command("run", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@design_options
@run_options
@output_options
@record_options
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[--] COMMAND...")
def command(words: tuple[str, ...], **options: Any) -> int:
    """Trials of any command: exit status 0 is a success.

    One word with spaces in it is a line for /bin/sh (dash on many systems: no $RANDOM, no [[). Each trial sees
    KGENTS_EXPERIMENT, KGENTS_ARM, KGENTS_TRIAL and KGENTS_SEED in its environment.

    \b
    kg experiment run --n 20 -- pytest -x tests/test_flaky.py
    kg experiment run --adaptive --target 0.9 'test $(od -An -N1 -tu1 /dev/urandom) -lt 205'
    """
    if not words:
        raise UsageError("there is no command to run", "kg experiment run --n 20 -- COMMAND…")
    faces.check_outputs(options["outputs"])
    return run_loop(_run(words, options))


async def _run(words: tuple[str, ...], options: dict[str, Any]) -> int:
    from kgents.experiments.command import argv_of
    from kgents.wiring.conduct import Request, begin
    from kgents.wiring.kinds import builder_of
    from kgents.wiring.session import session

    argv = list(argv_of(words))
    config = {
        "type": "command",
        "programs": [{"name": "", "argv": argv}],
        "timeout": options["timeout"],
        "cwd": os.getcwd(),  # noqa: PTH109 - a string is what is kept
    }
    design = design_of(options)
    request = Request(
        "command", config, design, **run_settings(options), oracle="exit status", facts={"spec": digest_of(argv)}
    )
    async with session(options["database"]) as (store, settings):
        if options["prior"] == "history":
            from kgents.wiring.history import informed

            request = await informed(request, store)
        summary = await begin(
            request, store, settings, builder_of("command"), options["concurrency"] or 1, faces.observers(options)
        )
        return await faces.present(store, summary, options)
