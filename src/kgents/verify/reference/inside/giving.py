"""Arguments for the parameters of one function or method."""

from typing import Any

from kgents.verify.reference.inside.domains import Domain
from kgents.verify.reference.inside.drawing import Drawing
from kgents.verify.reference.inside.recipes import Recipe

Parameter = tuple[Domain, bool, str, str]  # domain, whether it has a default, way, name


class Giving:
    """Draws arguments; now and then without those that have defaults."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.draw = drawing.draw

    def arguments_for(self, parameters: list[Parameter], typed: bool = False) -> tuple[Any, ...]:
        """Arguments for parameters; `typed` adds what stands on stdin."""
        often = self.draw.choice([0.0, 1.0, 1.0, 0.5])
        taken = [p for p in parameters if not p[1] or self.draw.random() < often]
        positional = [p for p in parameters if p[2] == "positional"]
        count = max((positional.index(p) + 1 for p in taken if p[2] == "positional"), default=0)
        made = [self.drawing.make(domain) for domain, *_ in positional[:count]]
        self._related(made, [domain for domain, *_ in positional])
        for domain, _, way, _ in taken:
            if way == "splat":
                made += [self.drawing.make(domain) for _ in range(self.draw.randint(0, 4))]
        named = tuple((name, self.drawing.make(domain)) for domain, _, way, name in taken if way == "keyword")
        if named:
            made.append(Recipe("keywords", "", named))
        if typed:
            made.append(self.drawing.make(("typed",)))
        return tuple(made)

    def _related(self, made: list[Any], domains: list[Domain]) -> None:
        """Arguments of one domain are equal, or one change apart, more often than chance would have it."""
        for index in range(1, len(made)):
            if domains[index] == domains[index - 1] and self.draw.random() < 0.3:
                before = made[index - 1]
                made[index] = self.drawing.change(before) if self.draw.random() < 0.7 else before
