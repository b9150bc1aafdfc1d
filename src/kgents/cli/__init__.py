"""The command line: options in, documents out; no logic of its own."""


def run() -> None:
    """Runs the command that the process was started with."""
