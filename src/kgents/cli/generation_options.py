"""Options of commands that ask for code: who is asked what, who judges it where, and the tasks of suites."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kgents.cli.complete import models, suites
from kgents.cli.files import InputFile
from kgents.cli.options import option, together
from kgents.cli.projects import address_of_user
from kgents.stats import Control

F = TypeVar("F", bound=Callable[..., Any])
KINDS = ("tests", "reference")
_FILE = InputFile()
_FOLDER = click.Path(exists=True, file_okay=False, resolve_path=True)


class _Program(click.Path):
    """A program, named by a path or by a word that PATH knows; an absolute path."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from kgents.sandbox.environment import program_path

        return super().convert(program_path(str(value)), param, ctx)


_PROGRAM = _Program(exists=True, dir_okay=False)


def coder_options(function: F) -> F:
    """Who is asked."""
    return together(
        option("--model", default=None, shell_complete=models, help="anthropic:…, openai:…, simulated[:RATE], …"),
        option("--harness", default=None, help="claude, codex, gemini, opencode, llm, replay, command, …"),
        option(
            "--base-url",
            default=None,
            callback=address_of_user,
            help="An OpenAI-compatible server (vLLM, Ollama, llama.cpp).",
        ),
        option(
            "--api-key-env", default=None, metavar="NAME", help="The variable whose key goes to that server; or none."
        ),
        option("--temperature", type=float, default=None, help="Sent where the model has it."),
        option("--max-output-tokens", type=int, default=None, help="Cap on one answer."),
        option("--system", default=None, help="A system prompt."),
        option("--candidates", type=_FILE, default=None, help="For --harness replay: one answer a line."),
        option("--command", default=None, help="For --harness command: prompt on stdin, answer on stdout."),
        option("--requests-per-minute", type=int, default=None, help="Shared by all trials of one key."),
        option("--tokens-per-minute", type=int, default=None, help="Shared by all trials of one key."),
    )(function)


def sandbox_options(function: F) -> F:
    """Where candidates run."""
    return together(
        option("--sandbox", default=None, help="One that another package provides.  [default: our own]"),
        option(
            "--allow-weak-oracle", is_flag=True, help="Judge by a spec that hardly tells right from wrong (tier WEAK)."
        ),
        option("--allow-weak-sandbox", is_flag=True, help="Run candidates even below sandbox level L3."),
        option(
            "--packages", default=None, metavar="NAME,…", help="Installed packages that candidates may import, or all."
        ),
        option(
            "--module-path", type=_FOLDER, default=None, help="A folder of your own modules, readable for candidates."
        ),
        option("--python", type=_PROGRAM, default=None, help="The interpreter that runs candidates: CPython 3.11+."),
    )(function)


def oracle_options(function: F) -> F:
    """Who judges."""
    return together(
        option("--tests", type=_FILE, default=None, help="A pytest or assert file: the strongest oracle."),
        option(
            "--examples",
            type=_FILE,
            default=None,
            help="Pairs of stdin and stdout (JSON, JSONL; a task of LiveCodeBench or APPS): whole programs are judged.",
        ),
        option("--checker", type=_FILE, default=None, help="For --examples: Python with check(stdin, expected, got)."),
        option(
            "--integrity",
            type=click.Choice(["outside"]),
            default=None,
            help="outside: count no trial that the candidate's own process or operators decided.",
        ),
        option("--check", "checks", default="", help="Also run: types, lint."),
        option("--entry-point", default=None, help="The function in question, where a spec has several."),
        option("--inputs", type=_FILE, default=None, help="Inputs for the reference oracle, one JSON list a line."),
        option("--tolerance", type=float, default=None, help="Relative tolerance of floats.  [default: 1e-9]"),
        sandbox_options,
    )(function)


def _unless_chat(context: click.Context, parameter: click.Parameter, style: str | None) -> str | None:
    """Chat is what is asked without the option, and is recorded as that."""
    return None if style == "chat" else style


def question_options(function: F) -> F:
    """What is asked for a spec that runs."""
    return together(
        option("--describe", default=None, metavar="TEXT", help="Said to the coder besides the spec, or @FILE."),
        option(
            "--exclude",
            multiple=True,
            type=click.Choice(["truncated"]),
            help="truncated: leave trials out whose answer was cut off, and say what they could have meant.",
        ),
        option(
            "--prompt-style",
            type=click.Choice(["chat", "completion"]),
            default=None,
            callback=_unless_chat,
            help="completion: a base model goes on with the text up to the body.  [default: chat]",
        ),
        option(
            "--show-examples",
            type=click.IntRange(min=1),
            default=None,
            metavar="N",
            help="Send N pairs of the oracle (a call and its answer), which then judge nothing.",
        ),
        option("--show-body", is_flag=True, help="Send a spec that runs with its body, which is an answer."),
    )(function)


def _readable_suite(context: click.Context, parameter: click.Parameter, suite: str | None) -> str | None:
    """UsageError for a suite that is neither a file that is there nor known by its name."""
    if suite is not None and not Path(suite).exists():
        from kgents.kinds.suite.files.suite import KNOWN, read_suite

        if suite not in KNOWN:
            read_suite(suite)
    return suite


def suite_options(function: F) -> F:
    """Which tasks, and what is said of them."""
    return together(
        option(
            "--suite",
            shell_complete=suites,
            default=None,
            callback=_readable_suite,
            help="A file in the format of HumanEval, MBPP, EvalPlus, LiveCodeBench, APPS or BigCodeBench, or humaneval.",
        ),
        option("--task", "tasks", multiple=True, metavar="ID", help="Only this task of the suite; repeatable."),
        option("--oracle", type=click.Choice(KINDS), default=None, help="What judges a suite.  [default: its tests]"),
    )(function)


def family_option(function: F) -> F:
    """Whose error the error of a suite's tasks is."""
    return option(
        "--family",
        type=click.Choice([control.value for control in Control]),
        default=Control.EACH.value,
        show_default=True,
        help="Whose error: each task's own, all tasks' together (Holm), fdr: the wrong share of verdicts (BH).",
    )(function)


def k_option(function: F) -> F:
    """For pass@k."""
    return option("--k", default=None, help="pass@k of a suite, such as 1,5,10.  [default: those that --n allows]")(
        function
    )
