"""A coder that is any program: the prompt on its standard input, the answer on its standard output.

Rule: it runs as the user would run it (same directory, same environment); for a program that must not see the
project there are the agent harnesses.
"""

import shlex
from collections.abc import Mapping, Sequence

from kgents.domain.json import JsonObject
from kgents.domain.outcome import Cause, Tier, Usage
from kgents.domain.ports import HarnessError, Limits, Reply
from kgents.errors import UsageError
from kgents.sandbox.process import Ended, run

_TAIL = 400  # characters of stderr in a diagnosis


class CommandCoder:
    """Asks a program. What it costs is unknown."""

    tier = Tier.EMPIRICAL

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        if not argv:
            raise UsageError(
                "--command is empty", "give a program that reads the prompt on stdin: --command ./coder.py"
            )
        self._argv = tuple(argv)
        self._environment = dict(environment)

    def describe(self) -> JsonObject:
        return {"harness": "command", "model": self._argv[0], "command": list(self._argv)}

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        env = {**self._environment, "KGENTS_TRIAL": str(trial), "KGENTS_SEED": str(seed)}
        stdin = prompt.encode("utf-8", "surrogateescape")
        try:
            ended = await run(
                self._argv, stdin=stdin, env=env, seconds=limits.seconds, output_bytes=limits.output_bytes
            )
        except OSError as error:
            raise HarnessError(
                Cause.HARNESS_MISSING, f"--command {self._argv[0]}: {error.strerror or error}"
            ) from error
        text = ended.stdout.decode("utf-8", "replace")
        usage = Usage(cost_usd=None, calls=1)
        match ended.status:
            case 0:
                return Reply(text, usage, self._argv[0], "cut" if ended.cut else "stop")
            case None:
                message = f"--command {self._argv[0]} gave no answer within {limits.seconds:g} s"
                raise HarnessError(Cause.MODEL_TIMEOUT, message, usage, text)
            case status:
                message = f"--command {self._argv[0]} ended with {_status(status)}{tail(ended)}"
                raise HarnessError(Cause.HARNESS_CRASH, message, usage, text)

    async def aclose(self) -> None:
        pass


def split_command(command: str) -> list[str]:
    """The words of a command line as a shell reads them; UsageError where a quote is open."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--command {command!r}: {error}", "quote it as a shell wants it") from error


def tail(ended: Ended) -> str:
    """The end of what a program said on stderr, as the end of a sentence."""
    last_words = ended.stderr.decode("utf-8", "replace").strip()
    return f": {last_words[-_TAIL:]}" if last_words else ""


def _status(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"
