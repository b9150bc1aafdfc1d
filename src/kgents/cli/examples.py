"""What to type where an option was given something else."""

import click

_EXAMPLES = {
    "target": "--target 0.9",
    "confidence": "--confidence 0.95",
    "n": "--n 10",
    "max-trials": "--max-trials 100",
    "futility": "--futility 0.02",
    "margin": "--margin 0.05",
    "prior": "--prior 1,1",
    "timeout": "--timeout 60",
    "concurrency": "--concurrency 4",
    "max-errors": "--max-errors 10",
    "seed": "--seed 1",
    "temperature": "--temperature 0.7",
    "max-output-tokens": "--max-output-tokens 1000",
    "requests-per-minute": "--requests-per-minute 60",
    "tokens-per-minute": "--tokens-per-minute 100000",
    "cases": "--cases 200",
    "repeats": "--repeats 20",
    "budget-tokens": "--budget-tokens 100000",
    "budget-seconds": "--budget-seconds 600",
    "budget-usd": "--budget-usd 2.50",
    "epsilon": "--epsilon 0.1",
    "limit": "--limit 50",
    "k": "--k 1,10",
    "max-corruption": "--max-corruption 0.1",
    "memory-mb": "--memory-mb 1024",
    "controls": "--controls 20",
    "examples": "--examples 3",
    "show-examples": "--show-examples 3",
    "holds-at-least": "--holds-at-least 0.95",
    "port": "--port 8000",
}


def meant(name: str, value: object) -> str:
    """What to type instead of a number that is out of range, for this very option."""
    if name in ("target", "confidence") and isinstance(value, int | float) and 1 < value < 100:
        return f"did you mean {value / 100:g}?" if value >= 10 else "a share, such as 0.9"
    return f"such as {_EXAMPLES[name]}" if name in _EXAMPLES else f"change --{name}, or leave it out"


def such_as(flag: str) -> str | None:
    """What to type for an option that is a number and was given none; None for any other."""
    name = flag.lstrip("-")
    return f"such as {_EXAMPLES[name]}" if name in _EXAMPLES else None


def example_of(parameter: click.Parameter) -> str | None:
    """What to type for an option that is a number or a file, where the text was none."""
    name = max(parameter.opts, key=len).lstrip("-")
    is_number = isinstance(parameter.type, click.types.IntParamType | click.types.FloatParamType)
    if isinstance(parameter.type, click.Path) and not parameter.type.file_okay:
        return "name a folder that is there"
    if isinstance(parameter.type, click.Path) and not parameter.type.dir_okay:
        return "name a file that is there" if parameter.type.exists else "name a file, not a folder"
    return f"such as {_EXAMPLES[name]}" if is_number and name in _EXAMPLES else None
