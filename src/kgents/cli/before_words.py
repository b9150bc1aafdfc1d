"""A command whose options stand before the words of another program: what stands behind them goes to that program."""

import shlex

import click

from kgents.domain.notice import tell
from kgents.errors import UsageError


class BeforeWords(click.Command):
    """Says where options of kg were given behind a program, which gets them: many a program has such options, too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does. A note names the words that go to the program; UsageError where it is a line for the shell, which
        takes none. Behind `--` everything is meant to go there."""
        given = list(args)
        left = super().parse_args(ctx, args)
        words = list(ctx.params.get("words") or ())
        before = given[: len(given) - len(words)]
        if words[1:] and "--" not in before and self._are_ours(ctx, words[1:]):
            _say(ctx, before, words)
        return left

    def _are_ours(self, ctx: click.Context, words: list[str]) -> bool:
        """Whether all of them are long options of this command, with their values."""
        if not words[0].startswith("--"):
            return False
        try:
            _, rest, _ = self.make_parser(ctx).parse_args(list(words))
        except click.UsageError:
            return False
        return not rest


def _say(ctx: click.Context, before: list[str], words: list[str]) -> None:
    behind = shlex.join(words[1:])
    line = shlex.join([*ctx.command_path.split(), *before, *words[1:], "--", words[0]])
    if " " in words[0].strip():
        raise UsageError(f"{behind} stands behind the command, and options of kg stand before it", line)
    tell(
        "words",
        f"{behind} goes to {words[0]}: options of kg stand before the command ({line}), or write -- first",
        "note",
    )
