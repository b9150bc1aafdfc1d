"""What `parse` is asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict


class ParseOptions(TypedDict):
    """Lists with commas as they are typed; None: not said.

    parser, command  parsers of the user: MODULE:FUNCTION, and command lines
    input            documents of the user: TEXT, @FILE, @FOLDER or -
    limit            seconds that one input may take
    examples         how many inputs are shrunk, per strategy
    """

    strategy: str | None
    parser: Sequence[str]
    command: Sequence[str]
    corpus: str | None
    input: str | None
    schema: str | None
    mutators: str | None
    severity: str
    weights: str | None
    weights_from: Path | None
    max_corruption: float | None
    compare: bool
    recommend: bool
    limit: float
    memory_mb: int
    controls: int
    examples: int
    timeout: float
