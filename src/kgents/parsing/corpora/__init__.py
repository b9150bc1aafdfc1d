"""Where documents come from: generators that never run out, and the user's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kgents.errors import UsageError, suggested
from kgents.parsing.corpora.llm import answer
from kgents.parsing.corpora.program import program
from kgents.parsing.corpora.values import container
from kgents.parsing.document import STYLES, Document
from kgents.parsing.draw import Draw


class Corpus(Protocol):
    """Documents with a known value."""

    @property
    def language(self) -> str:
        """json or python."""

    def draw(self, draw: Draw) -> Document:
        """One of them."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A corpus that is made as it is drawn from."""

    make: Callable[[Draw], tuple[str, Any]]
    language: str = "json"

    def draw(self, draw: Draw) -> Document:
        """A new document."""
        name, value = self.make(draw)
        return Document(name, value, draw.below(len(STYLES)), self.language)


@dataclass(frozen=True, slots=True)
class Given:
    """The user's documents: (name, value)."""

    documents: Sequence[tuple[str, Any]]
    language: str = "json"

    def draw(self, draw: Draw) -> Document:
        """One of them, in one of the styles."""
        name, value = draw.pick(self.documents)
        return Document(name, value, draw.below(len(STYLES)), self.language)


BUILT_IN: Mapping[str, Generated] = {
    "llm-json": Generated(answer),
    "json": Generated(container),
    "python": Generated(program, "python"),
}


def built_in(name: str) -> Generated:
    """A corpus by name; UsageError suggests the nearest."""
    if name not in BUILT_IN:
        raise UsageError(
            f"--corpus {name}: there is no such corpus{suggested(name, set(BUILT_IN))}", f"one of {', '.join(BUILT_IN)}"
        )
    return BUILT_IN[name]
