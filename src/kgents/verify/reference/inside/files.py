"""Files and folders, drawn at random."""

import random
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from kgents.verify.reference.inside.facts import Facts
from kgents.verify.reference.inside.recipes import FIRST_TIME, Recipe
from kgents.verify.reference.inside.texts import Texts


class Files:
    """Draws files for one spec; `as_object` is whether it takes them as paths of pathlib."""

    def __init__(self, facts: Facts, draw: random.Random, texts: Texts) -> None:
        self.facts, self.draw, self.texts = facts, draw, texts

    def path(self, as_object: bool) -> Recipe:
        """A path, mostly of a file with lines; now and then of none."""
        draw = self.draw
        if draw.random() < (0.2 if "exists" in self.facts.methods else 0.06):
            return Recipe("path", "missing", (None, as_object))
        name = draw.choice(["f.txt", "g.txt", "h.csv"])
        when = (self.changed_at(),) if self.facts.times else ()
        return Recipe("path", name, (self.content(), as_object, *when))

    def folder(self, as_object: bool) -> Recipe:
        """A folder with a few files and folders in it, names that come again among them."""
        draw = self.draw
        ends = sorted({word.lstrip("*") for word in self.texts.words if re.fullmatch(r"\*?\.\w{1,5}", word)}) or [
            ".txt"
        ]
        named = [word for word in self.texts.words if re.fullmatch(r"\w+\.\w{1,5}", word)]
        names = [*named, *(stem + end for stem in ("a", "b", "a b") for end in (*ends, ".log")), f".c{ends[0]}"]
        folders = ["", "", "s/", "s/t/", "u/", *([".h/"] if "." in self.facts.prefixes else [])]
        files: dict[str, str | None] = {}
        for _ in range(draw.choice([0, 1, 2, 3, 5])):
            files[draw.choice(folders) + draw.choice(names)] = self._small()
        if draw.random() < 0.2:
            files[f"e{draw.choice(['', ends[0]])}"] = None
        times = (self.times_of(files),) if self.facts.times else ()
        return Recipe("folder", draw.choice(["d", "d", "d/f"]), (self.listed(files), as_object, *times))

    def listed(self, files: Mapping[str, str | None]) -> tuple[tuple[str, str | None], ...]:
        """The files of a folder as they are listed: in no order where the spec puts them in one."""
        order = sorted(files.items())
        return tuple(self.draw.sample(order, len(order)) if self.facts.sorts else order)

    def times_of(self, files: Mapping[str, str | None]) -> tuple[tuple[str, int], ...]:
        """When the files of a folder, and the folders that they are in, were changed."""
        folders = {str(folder) for path in files for folder in PurePosixPath(path).parents} - {"."}
        return tuple((path, self.changed_at()) for path in sorted({*files, *folders}))

    def changed_at(self) -> int:
        """When a file was changed: some at the same time."""
        return FIRST_TIME + self.draw.choice([0, 1, 2, 60, 3600, 86_400, self.draw.randint(-(10**6), 10**6)])

    def _small(self) -> str:
        return self.draw.choice(["", "a", "ab\n", "é", self.content()])

    def content(self) -> str:
        """Lines of a small file."""
        draw = self.draw
        pieces = ["a", "b", "B", "A b", "  ", "", "x1", "\t", "a,1", "b,2"]
        lines = [draw.choice([*pieces, self.texts.text()]) for _ in range(draw.randint(0, 6))]
        return draw.choice(["\n", "\n", "\n", " "]).join(lines) + draw.choice(["\n", "\n", ""])
