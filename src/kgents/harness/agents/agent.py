"""What an agent CLI is to us: a few facts, a way to start it, a way to read it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from kgents.harness.model_name import ModelName
from kgents.sandbox.process import Ended


@dataclass(frozen=True, slots=True)
class Errand:
    """What a CLI is told: where the gate is (no slash at the end), the pass it opens to, the model, where it may write.

    The prompt is on its standard input.
    """

    url: str
    permit: str
    name: ModelName
    variable: str
    home: Path
    work: Path
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """The words after the name of the executable, and the variables beside those of the void."""

    words: Sequence[str]
    environment: Mapping[str, str]


class Unreadable(ValueError):
    """The CLI did not say what it says when it has an answer."""


class Agent(ABC):
    """One agent CLI.

    name      as `--harness` spells it, and as its executable is called
    vendors   whose models it can ask, and the variables that hold a key for each, the first choice first
    install   the command that installs it
    proven    versions that passed the contract test
    permit    what keys look like to it, where it checks
    """

    name: ClassVar[str]
    vendors: ClassVar[Mapping[str, tuple[str, ...]]]
    install: ClassVar[str]
    proven: ClassVar[tuple[str, ...]]
    permit: ClassVar[str] = "sk-void-"

    @abstractmethod
    def start(self, errand: Errand) -> Start:
        """How it is started; may write files below `errand.home`."""

    @abstractmethod
    def read(self, ended: Ended) -> str:
        """The text of its answer. Raises Unreadable."""
