"""From the options of a command line to the configuration of the kind `command`."""

import os
from collections.abc import Mapping

from kgents.domain.notice import tell
from kgents.errors import UsageError
from kgents.kinds.command.bashisms import misread
from kgents.kinds.command.environment import names_of
from kgents.kinds.command.lines import check_startable, simple_words
from kgents.kinds.command.options import CommandConfig, CommandOptions, ProgramConfig
from kgents.kinds.command.statuses import codes_of, runner_of


def command_config(
    arms: Mapping[str, tuple[str, ...]],
    options: CommandOptions,
    environment: Mapping[str, str],
    under: float | None = None,
) -> CommandConfig:
    """The configuration for these argument vectors by the name of their arm; UsageError where one can never run.

    under  seconds above which a trial fails
    """
    success = codes_of("--success-codes", options["success_codes"] or "0")
    error = codes_of("--error-codes", options["error_codes"]) if options["error_codes"] else []
    both = sorted(set(success) & set(error))
    if both:
        raise UsageError(f"--success-codes and --error-codes both name {both[0]}", "leave it out of one of them")
    names = names_of(options.get("env_pass"))
    for argv in arms.values():
        check_startable(argv, environment)
        doubt = misread(argv)
        if doubt is not None:
            tell("shell", doubt, "warning")
    config: CommandConfig = {
        "type": "command",
        "programs": [_program(name, argv, options["runner"]) for name, argv in arms.items()],
        "timeout": options["timeout"],
        "cwd": working_directory(),
        "success_codes": success,
        "error_codes": error,
    }
    if names is not None:
        config["env_pass"] = names
    if under is not None:
        config["under"] = under
    return config


def working_directory() -> str:
    """Where commands are run; UsageError where it has been removed."""
    try:
        return os.getcwd()  # noqa: PTH109 - a string is what is kept
    except FileNotFoundError:
        raise UsageError("the working directory has been removed", "cd to a folder that is there") from None


def _program(name: str, argv: tuple[str, ...], asked: str | None) -> ProgramConfig:
    runner = runner_of(simple_words(argv)) if asked is None else asked
    if runner is None or runner == "none":
        return {"name": name, "argv": list(argv)}
    return {"name": name, "argv": list(argv), "runner": runner}
