"""What is asked of an answer and what is found in it, as data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kgents.domain.outcome import Cause
from kgents.harness.extraction.blocks import Block
from kgents.sandbox.facts import Facts, Readings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: names that a program has to define, and the code that a completion continues.

    is_program  a program that does something when it is run
    shown       what the coder was sent: a patch may be one of it
    is_rest     the answer was asked for as the rest of `stem`, and is read as that first
    """

    names: tuple[str, ...] = ()
    stem: str = ""
    is_program: bool = False
    shown: str = ""
    is_rest: bool = False


class Reader(Protocol):
    """Says what texts are without running them; `kgents.sandbox.sandbox.Sandbox` does."""

    def readings(self, blocks: Sequence[str], text: str | None = None, stem: str = "") -> Readings:
        """Facts of blocks; the programs in a text; what continues a stem."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an answer holds.

    code     the program, None where there is none
    cause    None with code; SYNTAX where there are code blocks but none can be read, else MALFORMED
    error    one line for people, None with code
    repairs  the choices that had to be made, by name
    is_whole  the code holds the stem that it continues
    """

    code: str | None
    cause: Cause | None = None
    error: str | None = None
    repairs: tuple[str, ...] = ()
    is_whole: bool = False


@dataclass(slots=True)
class Reading:
    """A way to read an answer: its blocks, their facts, the block that was chosen and what it needs.

    methods  functions that were asked for and that only `class Solution` has
    """

    blocks: Sequence[Block]
    facts: Sequence[Facts]
    main: int
    parts: list[int]
    missing: int
    notes: list[str] = field(default_factory=list)
    methods: tuple[str, ...] = ()
