"""Traversals of any applicative, lawful and not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Some items in a row."""

    items: tuple[int, ...]

    def traverse(self, f, pure):
        made = pure(())
        for item in self.items:
            made = made.map(lambda before: lambda x: (*before, x)).ap(f(item))
        return made.map(type(self))

    def map(self, f):
        return type(self)(tuple(map(f, self.items)))


@dataclass(frozen=True)
class Backwards(Row):
    """Effects from the last to the first, values in their places: lawful."""

    def traverse(self, f, pure):
        made = pure(())
        for item in reversed(self.items):
            made = made.map(lambda after: lambda x: (x, *after)).ap(f(item))
        return made.map(type(self))


@dataclass(frozen=True)
class Reversed(Row):
    """The values come back in reverse."""

    def traverse(self, f, pure):
        made = pure(())
        for item in self.items:
            made = made.map(lambda before: lambda x: (x, *before)).ap(f(item))
        return made.map(type(self))


@dataclass(frozen=True)
class Twice(Row):
    """Each effect happens twice, and the second result is kept."""

    def traverse(self, f, pure):
        made = pure(())
        for item in self.items:
            made = made.map(lambda before: lambda dropped: lambda x: (*before, x)).ap(f(item)).ap(f(item))
        return made.map(type(self))


@dataclass(frozen=True)
class FirstChoice(Row):
    """Looks into the effect."""

    def traverse(self, f, pure):
        made = pure(())
        for item in self.items:
            effect = f(item)
            if hasattr(effect, "values"):
                effect = type(effect)(*effect.values[:1])
            made = made.map(lambda before: lambda x: (*before, x)).ap(effect)
        return made.map(type(self))


@dataclass(frozen=True)
class Skipping(Row):
    """Leaves the first item as it is."""

    def traverse(self, f, pure):
        made = pure(self.items[:1])
        for item in self.items[1:]:
            made = made.map(lambda before: lambda x: (*before, x)).ap(f(item))
        return made.map(type(self))


def traverse(f, xs: list[int], pure):
    made = pure([])
    for x in xs:
        made = made.map(lambda before: lambda y: [*before, y]).ap(f(x))
    return made


LAWFUL = {
    "Row": ("traversable", "traversable-map"), "Backwards": ("traversable", "traversable-map"), "traverse": ("traversable",),
}  # fmt: skip
UNLAWFUL = {
    "Reversed": "traversable-identity",
    "Twice": "traversable-composition",
    "FirstChoice": "traversable-naturality",
    "Skipping": "traversable-map",
}
