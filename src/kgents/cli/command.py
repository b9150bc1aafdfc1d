"""`kg experiment run`."""

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from kgents.cli.options import design_of, design_options, output_options, record_options, run_options, run_settings
from kgents.cli.output import check_outputs
from kgents.cli.running import run
from kgents.domain.json import digest_of
from kgents.errors import UsageError

if TYPE_CHECKING:
    from kgents.domain.ports import Store
    from kgents.kinds.kind import Request, RunContext


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
    check_outputs(options["outputs"])
    return run(partial(_request, words, options), options)


async def _request(words: tuple[str, ...], options: dict[str, Any], store: "Store", context: "RunContext") -> "Request":
    from kgents.kinds.command.trial import argv_of
    from kgents.kinds.kind import Request

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
    if options["prior"] == "history":
        from kgents.runner.prior import informed

        request = await informed(request, store)
    return request
