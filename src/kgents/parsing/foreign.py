"""The user's own parsers by command: the text on stdin, JSON on stdout, an exit status above 0 is a rejection."""

import json
import signal
import subprocess
from typing import Any

from kgents.parsing.strategy import Rejected, Strategy


class CommandDied(Exception):
    """The command was killed by a signal."""


def command(line: str, language: str = "json") -> Strategy:
    """A strategy that runs a command line for each text."""

    def parse(text: str, schema: Any) -> Any:
        ended = subprocess.run(["/bin/sh", "-c", line], input=text.encode("utf-8", "replace"), capture_output=True,
                               check=False, start_new_session=False)  # fmt: skip
        if ended.returncode < 0 or ended.returncode > 128:
            number = -ended.returncode if ended.returncode < 0 else ended.returncode - 128
            raise CommandDied(f"killed by signal {number} ({_name(number)})")
        if ended.returncode:
            raise Rejected(ended.stderr.decode(errors="replace").strip()[:300] or f"exit status {ended.returncode}")
        output = ended.stdout.decode("utf-8", "replace")
        return output if language == "python" else json.loads(output)

    return Strategy(line, f"the command {line}", parse, (ValueError,), language, waits=True)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
