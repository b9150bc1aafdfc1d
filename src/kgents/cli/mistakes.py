"""What is said of a command line that is none: what is wrong with it, and what to type instead."""

import shlex
from pathlib import Path

import click

from kgents.cli.examples import example_of, such_as
from kgents.errors import nearest

_SUBJECTS = {"generate": "--spec", "laws": "--target", "parse": "--parser", "verify": "--samples"}
_ADAPTIVE = "stops by itself as soon as the evidence decides: leave it out"
_CAP = "stops as soon as the evidence decides; its cap: --max-trials 100"
_INSTEAD = {
    ("compare", "--n"): _CAP,
    ("compare", "--adaptive"): _ADAPTIVE,
    ("laws", "--n"): "has --cases 200 for a --target, and --max-trials 200 for a --problem",
    ("laws", "--adaptive"): _ADAPTIVE,
}  # options that a neighbour has


def told(arguments: list[str], wrong: click.ClickException) -> tuple[str, str | None]:
    """(what is wrong, what to do about it)."""
    context = wrong.ctx if isinstance(wrong, click.UsageError) else None
    hint = f"{context.command_path} --help" if context is not None else None
    if isinstance(wrong, click.BadOptionUsage):
        words = [word for word in arguments[:2] if not word.startswith("-")]
        return wrong.format_message(), such_as(wrong.option_name) or f"{' '.join(['kg', *words])} --help"
    if isinstance(wrong, click.NoSuchOption):
        return _no_option(wrong), _where_it_is(wrong) or hint
    if isinstance(wrong, click.MissingParameter):
        hint = example_in(context.command) or hint if context is not None else hint
    elif isinstance(wrong, click.BadParameter) and wrong.param is not None:
        hint = example_of(wrong.param) or hint
    return wrong.format_message(), _named(arguments, wrong) or hint


def example_in(command: click.Command) -> str | None:
    """The first line of a command's help that could be typed."""
    lines = (line.strip() for line in (command.help or "").splitlines())
    return next((line for line in lines if line.startswith("kg ")), None)


def _no_option(wrong: click.NoSuchOption) -> str:
    """Names the nearest option, where one is near without the dashes that all of them have."""
    known = [] if wrong.ctx is None else wrong.ctx.command.get_params(wrong.ctx)
    longs = {name.lstrip("-"): name for each in known for name in each.opts if name.startswith("--")}
    near = nearest(wrong.option_name.lstrip("-"), longs)
    return f"No such option {wrong.option_name!r}." + (f" Did you mean {longs[near]!r}?" if near else "")


def _where_it_is(wrong: click.NoSuchOption) -> str | None:
    """Where an option was given before its command, or one that another command has: what to do."""
    if wrong.ctx is None:
        return None
    if isinstance(wrong.ctx.command, click.Group):
        return f"options stand behind the command: {wrong.ctx.command_path} COMMAND {wrong.option_name} …"
    instead = _INSTEAD.get((wrong.ctx.info_name or "", wrong.option_name))
    return f"{wrong.ctx.command_path} {instead}" if instead else None


def _named(arguments: list[str], wrong: click.ClickException) -> str | None:
    """The command to type where a word was given alone that belongs to an option; None where it is another mistake."""
    word = wrong.message.removeprefix("Got unexpected extra argument (").removesuffix(")")
    option = _SUBJECTS.get(arguments[1] if arguments[:1] == ["experiment"] and len(arguments) > 2 else "")
    if option is None or word == wrong.message or word not in arguments[2:]:
        return None
    index = arguments.index(word, 2)
    meant = f"@{word}" if option == "--spec" and Path(word).is_file() else word
    return shlex.join(["kg", *arguments[:index], option, meant, *arguments[index + 1 :]])
