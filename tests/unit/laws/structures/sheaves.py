"""Sections over finite sets, lawful and not."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Section:
    """Values over points."""

    values: dict[str, int]

    @property
    def domain(self) -> frozenset[str]:
        return frozenset(self.values)

    def restrict(self, points) -> "Section":
        return type(self)({key: value for key, value in self.values.items() if key in points})

    @classmethod
    def glue(cls, sections) -> "Section":
        joined: dict[str, int] = {}
        for section in sections:
            for key, value in section.values.items():
                if joined.setdefault(key, value) != value:
                    raise ValueError(f"the sections differ at {key}")
        return cls(joined)


@dataclass(frozen=True)
class FirstOnly(Section):
    """Gluing forgets the second section."""

    @classmethod
    def glue(cls, sections):
        return cls(dict(sections[0].values))


@dataclass(frozen=True)
class Summed(Section):
    """Gluing adds on the overlap."""

    @classmethod
    def glue(cls, sections):
        joined: dict[str, int] = {}
        for section in sections:
            for key, value in section.values.items():
                joined[key] = joined.get(key, 0) + value
        return cls(joined)


@dataclass(frozen=True)
class Named:
    """A part of each section belongs to no point: sections over no point differ, as in a constant presheaf."""

    values: dict[str, int]
    name: str = ""

    @property
    def domain(self) -> frozenset[str]:
        return frozenset(self.values)

    def restrict(self, points) -> "Named":
        return Named({key: value for key, value in self.values.items() if key in points}, self.name)

    def glue(self, other: "Named") -> "Named":
        return Named({**self.values, **other.values}, self.name)


@dataclass(frozen=True)
class Graph:
    """Nodes are points; an edge is in no cover by single nodes."""

    nodes: frozenset[Literal[0, 1, 2]]
    edges: frozenset[tuple[Literal[0, 1, 2], Literal[0, 1, 2]]]

    def __post_init__(self):
        object.__setattr__(self, "edges", frozenset(edge for edge in self.edges if self.nodes >= set(edge)))

    @property
    def domain(self):
        return self.nodes

    def restrict(self, nodes):
        return Graph(self.nodes & frozenset(nodes), self.edges)

    def glue(self, other):
        return Graph(self.nodes | other.nodes, self.edges | other.edges)


@dataclass(frozen=True)
class Defaulting(Section):
    """Restricting to no point keeps everything."""

    def restrict(self, points):
        return type(self)({k: v for k, v in self.values.items() if k in points}) if points else self


@dataclass(frozen=True)
class Rounded(Section):
    """Restricting changes the values."""

    def restrict(self, points):
        return type(self)({k: v // 2 * 2 for k, v in self.values.items() if k in points})


@dataclass(frozen=True)
class Bounded(Section):
    """Bounded functions have no infinite gluing; here: at most two points are glued."""

    @classmethod
    def glue(cls, sections):
        made = Section.glue.__func__(cls, sections)
        if len(made.values) > 2:
            raise ValueError("too large")
        return made


class Tables:
    """A sheaf that is an object of its own: sections are plain dictionaries."""

    def restrict(self, section: dict[str, int], points) -> dict[str, int]:
        return {key: section[key] for key in section if key in points}

    def glue(self, sections: list[dict[str, int]]) -> dict[str, int]:
        first, second = sections
        if any(first[key] != second[key] for key in first.keys() & second.keys()):
            raise ValueError("they differ")
        return {**first, **second}


LAWFUL = {"Section": ("sheaf",), "Tables": ("sheaf",)}
UNLAWFUL = {
    "FirstOnly": "gluing-right",
    "Summed": "gluing-left",
    "Named": "locality-empty",
    "Graph": "locality",
    "Defaulting": "restriction-composition",
    "Rounded": "restriction-identity",
    "Bounded": "gluing-uniqueness",
}
