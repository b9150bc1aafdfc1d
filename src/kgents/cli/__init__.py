"""The command line: options in, documents out; no logic of its own.

Rule: commands are imported when they are called; `kg --help` imports click and nothing else of weight.
"""

from kgents.cli.main import run

__all__ = ["run"]
