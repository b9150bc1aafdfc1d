"""Answers read in this process, for tests whose answers are their own: nothing is confined here."""

from collections.abc import Sequence

from kgents.harness.extraction import Extraction, Wanted, extract
from kgents.sandbox.facts import Readings, read_all
from kgents.sandbox.inside.reading import read


class Here:
    """Says what the parts of an answer are, as a sandbox does."""

    def readings(self, blocks: Sequence[str], text: str | None = None, stem: str = "") -> Readings:
        """Facts of blocks; the programs in a text; what continues a stem."""
        return read_all(read(list(blocks), text, stem))


def taken(answer: str, names: tuple[str, ...] = (), stem: str = "") -> Extraction:
    """What is taken out of an answer that is asked for these names."""
    return extract(answer, Wanted(names, stem), Here())
