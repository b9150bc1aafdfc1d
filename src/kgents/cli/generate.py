"""`kg experiment generate`."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kgents.cli import faces
from kgents.cli.options import (
    design_of,
    design_options,
    option,
    output_options,
    record_options,
    run_options,
    run_settings,
    together,
)
from kgents.cli.texts import read_text
from kgents.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path, dir_okay=False)


def coder_options(function: F) -> F:
    """Who is asked."""
    return together(
        option("--model", default=None, help="anthropic:…, openai:…, simulated[:RATE], …"),
        option("--harness", default=None, help="An agent CLI, replay, command, …"),
        option("--base-url", default=None, help="An OpenAI-compatible server (vLLM, Ollama, llama.cpp)."),
        option("--temperature", type=float, default=None, help="Sent where the model has it."),
        option("--max-output-tokens", type=int, default=None, help="Cap on one answer."),
        option("--system", default=None, help="A system prompt."),
        option("--candidates", type=_FILE, default=None, help="For --harness replay: one answer a line."),
        option("--command", default=None, help="For --harness command: prompt on stdin, answer on stdout."),
        option("--requests-per-minute", type=int, default=None, help="Shared by all trials of one key."),
        option("--tokens-per-minute", type=int, default=None, help="Shared by all trials of one key."),
    )(function)


def oracle_options(function: F) -> F:
    """Who judges."""
    return together(
        option("--tests", type=_FILE, default=None, help="A pytest or assert file: the strongest oracle."),
        option("--check", "checks", default="", help="Also run: types, lint."),
        option("--entry-point", default=None, help="The function in question, where a spec has several."),
        option("--inputs", type=_FILE, default=None, help="Inputs for the reference oracle, one JSON list a line."),
        option("--tolerance", type=float, default=None, help="Relative tolerance of floats.  [default: 1e-9]"),
        option("--allow-weak-sandbox", is_flag=True, help="Run candidates even below sandbox level L3."),
    )(function)


@click.command()
@option("--spec", default=None, help="TEXT, @FILE, or - for stdin: code, a signature, or prose with --tests.")
@coder_options
@oracle_options
@design_options
@run_options
@output_options
@record_options
def generate(**options: Any) -> int:
    """Trials of code generation from a spec, each candidate judged in a sandbox.

    \b
    kg experiment generate --spec "def add(a, b): return a + b" --n 2
    kg experiment generate --spec @spec.py --model anthropic:claude-sonnet-5-5 --adaptive --target 0.9
    kg experiment generate --spec @task.md --tests test_task.py --harness claude --adaptive --budget-usd 2
    """
    faces.check_outputs(options["outputs"])
    if options["spec"] is None:
        raise UsageError("--spec is needed", 'such as --spec "def add(a, b): return a + b"')
    design_of(options)
    spec = read_text("--spec", options["spec"])
    return asyncio.run(_generate(spec, options))


async def _generate(spec: str, options: dict[str, Any]) -> int:
    from kgents.wiring.conduct import begin
    from kgents.wiring.generate import spec_request
    from kgents.wiring.session import session

    design, run = design_of(options), run_settings(options)
    async with session(options["database"]) as (store, settings):
        request, builder = await spec_request(spec, design, run, options, settings)
        if options["prior"] == "history":
            from kgents.wiring.history import informed

            request = await informed(request, store)
        concurrency = options["concurrency"] or 4
        summary = await begin(request, store, settings, builder, concurrency, faces.observers(options))
        return await faces.present(store, summary, options)
