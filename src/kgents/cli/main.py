"""The command `kg`: its tree of commands, and how errors leave the process."""

import json
import os
import sys
from importlib import import_module
from itertools import pairwise
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from kgents import __version__
from kgents.cli import streams
from kgents.errors import KgentsError, UsageError, exhausted, nearest
from kgents.report.clean import clean

INTERRUPTED = 130  # as a shell calls what ended by SIGINT
_Table = dict[str, tuple[str, str]]

EXPERIMENT: _Table = {
    "generate": ("kgents.cli.generate:generate", "Trials of code generation from a spec."),
    "run": ("kgents.cli.command:command", "Trials of any command: exit status 0 is a success."),
    "verify": ("kgents.cli.verify:verify", "Judge completions that exist already."),
    "compare": ("kgents.cli.compare:compare", "Which arm is better: models, coders, commands."),
    "laws": ("kgents.cli.laws:laws", "Laws of Python objects, and of a model's reasoning."),
    "parse": ("kgents.cli.parse:parse", "How well a parser survives malformed input."),
    "pytest": ("kgents.cli.flaky:flaky", "Which tests of a suite are flaky, and how flaky."),
    "bisect": ("kgents.cli.bisect:bisect", "At which commit a command began to pass less often."),
    "open": ("kgents.cli.asking:open_", "Open an experiment whose trials another program runs."),
    "ask": ("kgents.cli.asking:ask", "Which trials to run now."),
    "tell": ("kgents.cli.asking:tell", "What a trial came to."),
    "plan": ("kgents.cli.plan:plan", "What a design costs and how often it errs, exactly."),
    "history": ("kgents.cli.history:history", "Past experiments."),
    "monitor": ("kgents.cli.monitor:monitor", "Whether, and since when, the rate of a series has fallen."),
    "show": ("kgents.cli.history:show", "One experiment."),
    "resume": ("kgents.cli.resume:resume", "Go on with an experiment that stopped or was killed."),
    "export": ("kgents.cli.archive:export", "Write one experiment, chain and texts, to one file."),
    "import": ("kgents.cli.archive:import_", "Read an exported experiment, and verify it."),
    "erase": ("kgents.cli.erase:erase", "Remove the texts of one experiment; its chain stands."),
    "report": ("kgents.cli.history:report", "Write one experiment to a file."),
}
TOP: _Table = {
    "witness": ("kgents.cli.witness:witness", "The record: what was witnessed, in a chain that shows every change."),
    "brain": ("kgents.cli.brain:brain", "What was learned, searchable."),
    "db": ("kgents.cli.database:database", "The database of the record."),
    "schema": ("kgents.cli.schema:schema", "The JSON Schema of what --json prints."),
    "config": ("kgents.cli.config:config", "What is set by variables and [tool.kgents]."),
    "cluster": ("kgents.cli.cluster:cluster", "Workers for trials, on this machine and others."),
    "ui": ("kgents.cli.ui:ui", "A page over the record: history, experiments, live runs."),
    "doctor": ("kgents.cli.doctor:doctor", "What is configured, found and missing."),
    "completion": ("kgents.cli.completion:completion", "Print the completion script of a shell."),
}


def _elsewhere(word: str) -> str | None:
    """The whole command that a word is the name of, in whichever group."""
    return f"kg experiment {word}" if word in EXPERIMENT else f"kg {word}" if word in TOP else None


class CheckedContext(click.Context):
    """The context of a command that takes no text without a character: somebody's variable was not set."""

    def invoke(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the command. UsageError for an option, or an argument that is one word, that is empty or blank."""
        for parameter in self.command.params:
            value = self.params.get(parameter.name or "")
            is_told = self.get_parameter_source(parameter.name or "") is not ParameterSource.DEFAULT
            words = (value or ()) if parameter.multiple else [value] if parameter.nargs == 1 else []
            if is_told and any(isinstance(word, str) and not word.strip() for word in words):
                is_option = isinstance(parameter, click.Option)
                name = max(parameter.opts, key=len) if is_option else parameter.human_readable_name.strip("[]")
                hint = "give it a text, or leave it out" if not parameter.required else f"{self.command_path} --help"
                raise UsageError(f"{name} is empty (an unset variable?)", hint)
        if any(variable.startswith("KGENTS_") for variable in os.environ):
            from kgents.cli.variables import misspelt

            for warning in misspelt(self):
                click.echo(clean(f"warning: {warning}"), err=True)
        return super().invoke(*args, **kwargs)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; the table holds (where, short help)."""

    def __init__(self, *args: Any, table: _Table, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in the order of the table."""
        return [*self._table, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the command."""
        if cmd_name not in self._table:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._table[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        for each in command.commands.values() if isinstance(command, click.Group) else [command]:
            each.context_class = CheckedContext
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of `--help`, without importing a command."""
        rows = [(name, command.get_short_help_str()) for name, command in sorted(self.commands.items())]
        rows += [(name, short) for name, (_, short) in self._table.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command; suggests the nearest name for one that is unknown."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as wrong:
            near = _elsewhere(args[0]) or nearest(args[0], self.list_commands(ctx))
            # Suggestions of click (8.3 and newer) are of this group alone.
            message = wrong.format_message().partition(" Did you mean")[0]
            raise click.UsageError(message + (f" Did you mean {near!r}?" if near else ""), ctx) from wrong


@click.group(cls=LazyGroup, table=TOP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="kgents")
def kg() -> None:
    """Decisions about stochastic programs, with stated error rates, from the fewest trials.

    \b
    kg experiment generate --spec "def add(a, b): return a + b" --adaptive
    kg experiment run --adaptive --target 0.9 -- pytest -x tests/test_flaky.py
    kg experiment plan --target 0.9 --max-trials 200
    """


@kg.command("help")
@click.argument("words", nargs=-1, metavar="[COMMAND]…")
@click.pass_context
def help_(ctx: click.Context, words: tuple[str, ...]) -> None:
    """The help of a command: kg help experiment run."""
    assert ctx.parent is not None
    context, command = ctx.parent, ctx.parent.command
    for word in words:
        called = command.get_command(context, word) if isinstance(command, click.Group) else None
        if called is None:
            raise click.UsageError(f"No such command {word!r}.", context)
        context, command = click.Context(called, info_name=word, parent=context), called
    click.echo(command.get_help(context))


@kg.group(cls=LazyGroup, table=EXPERIMENT)
@click.pass_context
def experiment(ctx: click.Context) -> None:
    """Gather evidence instead of guessing.

    \b
    kg experiment generate --spec "def add(a, b): return a + b" --n 2
    kg experiment history --today
    """
    from kgents.cli.configured import defaults_of

    name = ctx.invoked_subcommand
    if name is not None and isinstance(ctx.command, click.Group):
        defaults, warnings = defaults_of(ctx.command, name)
        ctx.default_map = {name: defaults}
        for warning in warnings:
            click.echo(f"warning: {warning}", err=True)


def run() -> None:
    """Runs the command that the process was started with; exits with the code of the contract."""
    streams.prepare()
    try:
        code = _code_of(sys.argv[1:])
    except SystemExit:
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):  # click's own answer to a reader that has gone
            sys.exit(streams.BROKEN_PIPE)
        raise
    except OSError as wrong:
        sys.exit(streams.unwritten(wrong, 0))
    else:
        if code == INTERRUPTED:
            _end_at_once()
        sys.exit(streams.finish(code))
    finally:
        streams.settle()


def _end_at_once() -> NoReturn:
    """Ends the process without waiting for threads: what they still import, or wait for, nobody asks for any more.

    Another Ctrl-C meanwhile would turn the exit code into a death by a signal.
    """
    import atexit
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = streams.finish(INTERRUPTED)
    streams.settle()
    atexit._run_exitfuncs()
    os._exit(code)


def _code_of(arguments: list[str]) -> int:
    """Runs a command; what it raises becomes a message and an exit code, but for an output that cannot be written."""
    try:
        code = kg.main(arguments, prog_name=_called(), standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as wrong:
        return _misused(arguments, wrong)
    except click.Abort:
        return INTERRUPTED
    except KgentsError as wrong:
        if _debugging(arguments):
            raise
        return _fail(arguments, wrong.kind, wrong.message, _with_file(wrong, arguments), wrong.exit_code)
    except Exception as bug:
        if _debugging(arguments) or streams.of_output(bug):
            raise
        return _unforeseen(arguments, bug)


def _with_file(wrong: KgentsError, arguments: list[str]) -> str | None:
    """The hint, and the file that set the option which is wrong."""
    from kgents.cli.configured import blamed

    file = blamed(wrong.message, arguments) if wrong.kind == "usage" else None
    return (
        wrong.hint if file is None else f"{wrong.hint}; it is set in {file}" if wrong.hint else f"it is set in {file}"
    )


def _misused(arguments: list[str], wrong: click.ClickException) -> int:
    """A group without a command shows its help (click 8.2 and newer raise it as an error of this name)."""
    if type(wrong).__name__ == "NoArgsIsHelpError":
        click.echo(wrong.format_message())
        return 2
    from kgents.cli.mistakes import told

    return _fail(arguments, "usage", *told(arguments, wrong), 2)


def _unforeseen(arguments: list[str], bug: Exception) -> int:
    """A machine that is full is no bug of ours; everything else that nobody raised on purpose is."""
    lacking = exhausted(bug)
    if isinstance(bug, FileNotFoundError) and _is_nowhere():
        return _fail(arguments, "usage", "the working directory has been removed", "cd to a folder that is there", 2)
    if lacking is None:
        message = f"{type(bug).__name__}: {bug}"
        return _fail(arguments, "internal", message, "this is a bug of kgents; --debug shows where", 1)
    code = _fail(arguments, lacking.kind, lacking.message, lacking.hint, lacking.exit_code)
    sys.stdout.flush()
    os._exit(code)  # libraries that got no thread (OpenBLAS) can crash while the interpreter is taken down


def _is_nowhere() -> bool:
    """Whether the working directory has been removed."""
    try:
        os.getcwd()  # noqa: PTH109 - only asked for
    except FileNotFoundError:
        return True
    return False


def _called() -> str:
    """The name of the console script: completion looks for its variable."""
    name = sys.argv[0].rpartition("/")[2]
    return name if name in ("kg", "kgents") else "kg"


def _debugging(arguments: list[str]) -> bool:
    from kgents.runner.settings import wanted

    return "--debug" in arguments or wanted("KGENTS_DEBUG")


def _fail(arguments: list[str], kind: str, message: str, hint: str | None, code: int) -> int:
    from kgents.runner.settings import wanted

    if "--json" in arguments or "--jsonl" in arguments or wanted("KGENTS_JSON") or wanted("KGENTS_JSONL"):
        print(json.dumps({"error": {"kind": kind, "message": message, "hint": hint}}))  # noqa: T201
    else:
        click.echo(clean(f"error: {message}"), err=True)
        if hint:
            click.echo(clean(f"hint: {hint}"), err=True)
    return 128 if _for_git(arguments) else code


def _for_git(arguments: list[str]) -> bool:
    """Whether `git bisect run` reads the exit code: it takes 1 to 127 for a bad commit (125: skip), above that it stops."""
    return "--exit-codes=bisect" in arguments or ("--exit-codes", "bisect") in pairwise(arguments)
