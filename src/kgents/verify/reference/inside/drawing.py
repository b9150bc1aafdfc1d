"""Values of a domain, drawn at random; small changes of values. Everything is a function of the draw."""

import datetime as dt
import decimal
import fractions
import json
import random
import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from kgents.verify.reference.inside.domains import ANY, INT, STR, Domain
from kgents.verify.reference.inside.facts import Facts
from kgents.verify.reference.inside.files import Files
from kgents.verify.reference.inside.graphs import NODES
from kgents.verify.reference.inside.grids import maze
from kgents.verify.reference.inside.recipes import FUNCTIONS, KINDS_OF_ITEMS, Recipe
from kgents.verify.reference.inside.texts import Texts

_DEEPEST = 3
_KEY: Domain = ("choice", ("a", "b", "c"))
_NUMERIC = re.compile(r"amount|count|qty|quantity|price|num|age|id$|total|value|score|year|points|size|priority")
_MANY: dict[str, Callable[[Any], Any]] = {"list": list, "set": set, "frozenset": frozenset, "many": tuple, "dict": dict}
Hint = tuple[Any, Any]


class Drawing:
    """Draws values for one spec."""

    def __init__(
        self, facts: Facts, draw: random.Random, changed: Callable[["Drawing", Any, Sequence[Hint]], Any]
    ) -> None:
        self._changed = changed
        self.facts = facts
        self.draw = draw
        self.texts = Texts(facts, draw)
        self.files = Files(facts, draw, self.texts)
        self.numbers = self.texts.numbers
        self._floats = sorted(facts.floats)
        self._columns: dict[str, Domain] = {}
        self._makers: dict[str, Callable[[Domain, int], Any]] = {
            name.removeprefix("_make_"): getattr(self, name) for name in dir(self) if name.startswith("_make_")
        }

    def make(self, domain: Domain, depth: int = 0) -> Any:
        """A value of a domain; in one value what goes by one name is of one type."""
        if not depth:
            self._columns = {}
        return self._makers.get(domain[0], self._make_any)(domain, depth)

    def size(self) -> int:
        """A length: small, or near one that the code compares with."""
        draw = self.draw
        near = [length + draw.choice((-1, 0, 1)) for length in sorted(self.facts.lengths) if 0 < length < 40]
        return max(0, draw.choice([0, 1, 2, 3, draw.randint(0, 6), *near]))

    def _make_int(self, domain: Domain, depth: int) -> int:
        draw = self.draw
        most = 40 if self.facts.bits else 9 if self.facts.loops else 20
        power = draw.choice([1, -1]) * 2 ** draw.randint(0, most) + draw.randint(-1, 1)
        # quick: six ways to an int, small ones the most likely
        ways = (draw.randint(-3, 12), draw.randint(-3, 12), draw.randint(0, 4), draw.choice(self.numbers or [0]),
                draw.randint(-100, 300 if self.facts.loops else 5000), power)  # fmt: skip
        return draw.choice(ways)

    def _make_float(self, domain: Domain, depth: int) -> float:
        draw = self.draw
        near = draw.choice(self._floats or self.numbers or [0]) + draw.choice([0, 0, 1, -1, 0.5, -0.5, 0.01, -0.01])
        ways = [draw.randint(-5, 20), draw.randint(-50, 50) / 4, draw.uniform(-100, 100), near, near]
        ways += [draw.choice(self.numbers or [0]) * draw.choice([1, 1.5, 2, 0.5]), round(draw.uniform(0, 1), 2)]
        return float(draw.choice(ways))

    def _make_bool(self, domain: Domain, depth: int) -> bool:
        return self.draw.random() < 0.5

    def _make_str(self, domain: Domain, depth: int) -> str:
        return self.texts.text()

    def _make_bytes(self, domain: Domain, depth: int) -> bytes:
        draw, near = self.draw, [number for number in self.numbers if 0 <= number < 256]
        if "decode" not in self.facts.methods and draw.random() < 0.4:  # of texts of others only those that are texts
            return bytes(draw.choice([*near, draw.randrange(256)]) for _ in range(draw.randint(0, 8)))
        return self.texts.text().encode()[:40]

    def _make_complex(self, domain: Domain, depth: int) -> complex:
        return complex(self.draw.randint(-4, 4), self.draw.randint(-4, 4))

    def _make_none(self, domain: Domain, depth: int) -> None:
        return None

    def _make_list(self, domain: Domain, depth: int) -> list[Any]:
        inner = domain[1]
        if inner[0] == "list" and self.draw.random() < 0.6:
            return self._rectangle(inner[1], depth)
        made = [self.make(inner, depth + 1) for _ in range(self.size())]
        if made and self.draw.random() < 0.3:
            made += [self._again(item) for item in self.draw.choices(made, k=self.draw.randint(1, 3))]
        return made

    def _again(self, item: Any) -> Any:
        return self.change(item) if self.draw.random() < 0.5 else item

    def _rectangle(self, inner: Domain, depth: int) -> list[Any]:
        """Rows of one length, as tables and matrices have them; now and then a square. A grid is larger, mostly of one sign, or a
        maze."""
        draw = self.draw
        if self.facts.grids and draw.random() < 0.15:
            way, wall = self._ground(inner, depth), self._ground(inner, depth)
            return maze(draw, way, wall) if way != wall else [[way]]
        most = draw.choice((4, 6)) if self.facts.grids else 4
        rows = draw.randint(0, most)
        columns = rows if draw.random() < 0.4 else draw.randint(1, most)
        often = draw.choice((0.0, 0.6, 0.85)) if self.facts.grids else 0.0
        ground = self._ground(inner, depth) if often else None
        cells = [[self.make(inner, depth + 2) for _ in range(columns)] for _ in range(rows)]
        return [[ground if draw.random() < often else cell for cell in row] for row in cells] if often else cells

    def _ground(self, inner: Domain, depth: int) -> Any:
        """What most cells of a grid are: of numbers mostly 0 or 1."""
        return self.draw.choice((0, 0, 1)) if inner == INT and self.draw.random() < 0.8 else self.make(inner, depth + 2)

    def _make_rows(self, domain: Domain, depth: int) -> list[str]:
        """A grid of signs: rows of text of one length, mostly of one sign of the code."""
        draw = self.draw
        signs = [word for word in self.texts.words if len(word) == 1] or self.texts.letters[:4]
        ground, often = draw.choice(signs), draw.choice((0.0, 0.6, 0.85))
        if draw.random() < 0.25:
            wall = draw.choice([sign for sign in (*signs, "#") if sign != ground] or ["x"])
            return ["".join(row) for row in maze(draw, ground, wall)]
        rows, columns = draw.randint(0, draw.choice((4, 6))), draw.randint(1, draw.choice((4, 6)))
        other = [*signs, draw.choice("ab1#")]
        cells = [[ground if draw.random() < often else draw.choice(other) for _ in range(columns)] for _ in range(rows)]
        return ["".join(row) for row in cells]

    def _make_many(self, domain: Domain, depth: int) -> tuple[Any, ...]:
        return tuple(self._make_list(domain, depth))

    def _make_set(self, domain: Domain, depth: int) -> set[Any]:
        return {item for item in self._make_list(domain, depth) if _hashable(item)}

    def _make_frozenset(self, domain: Domain, depth: int) -> frozenset[Any]:
        return frozenset(self._make_set(domain, depth))

    def _make_tuple(self, domain: Domain, depth: int) -> tuple[Any, ...]:
        return tuple(self.make(inner, depth + 1) for inner in domain[1:])

    def _make_dict(self, domain: Domain, depth: int) -> dict[Any, Any]:
        value = domain[2] if depth < _DEEPEST else INT
        few = domain[1] == STR and value == ANY and self.draw.random() < 0.7  # of nested ones, the same keys again
        keys = [self.make(_KEY if few else domain[1], depth + 1) for _ in range(self.draw.randint(0, 4))]
        return {key: self.make(value, depth + 1) for key in keys if _hashable(key)}

    def _make_graph(self, domain: Domain, depth: int) -> dict[Any, Any]:
        """A few nodes, on each of which few others follow; now and then one that is no node; or all of them in a ring."""
        draw = self.draw
        names: list[Any] = draw.sample(NODES, draw.choice((0, 1, 2, 3, 4, 4, 5, 6)))
        names = names if domain[1] == STR else list(range(len(names)))
        if draw.random() < 0.15:  # a ring, or a chain
            ends = [*names[1:], *(names[:1] if draw.random() < 0.6 else ["z" if domain[1] == STR else len(names)])]
            return {name: self._follows(domain[2], [end]) for name, end in zip(names, ends, strict=False)}
        stranger = ["z" if domain[1] == STR else len(names)]
        return {name: self._follows(domain[2], [*names, *(stranger if draw.random() < 0.3 else [])]) for name in names}

    def _follows(self, domain: Domain, names: list[Any]) -> Any:
        """What follows on a node: one, or a container of some, each with what goes with it. The last of the names is no node."""
        draw = self.draw
        kind, inner = domain[0], domain[1] if len(domain) > 1 else INT
        if kind not in _MANY:
            return draw.choice(names) if names and domain in (STR, INT, ANY) else self.make(domain, 1)
        chosen = draw.sample(names, min(len(names), draw.choice((0, 1, 1, 2, 2, 3))))
        if kind == "dict":
            return {name: self.make(domain[2], 2) for name in chosen}
        beside = inner[2:] if inner[0] == "tuple" else None
        items = [name if beside is None else (name, *(self.make(part, 2) for part in beside)) for name in chosen]
        return _MANY[kind](items)

    def _make_record(self, domain: Domain, depth: int) -> dict[str, object]:
        often, needed = self.draw.choice([0.75, 0.97, 1.0]), self.facts.keys
        return {
            name: self._field(name, inner, depth)
            for name, inner in domain[1].items()
            if name in needed or self.draw.random() < often
        }

    def _field(self, name: str, inner: Domain, depth: int) -> Any:
        if inner == ANY:
            kinds: list[Domain] = [STR, STR, INT, ("none",)] if self.facts.nones else [STR, STR, INT]
            inner = INT if _NUMERIC.search(name) else self._columns.setdefault(name, self.draw.choice(kinds))
        return self.make(inner, depth + 1)

    def _make_object(self, domain: Domain, depth: int) -> Recipe:
        parts = tuple((name, self._field(name, inner, depth)) for name, inner in domain[1].items())
        return Recipe("object", "", parts)

    def _make_instance(self, domain: Domain, depth: int) -> Recipe:
        return Recipe("instance", domain[1], tuple(self.make(inner, depth + 1) for inner in domain[2:]))

    def _make_enum(self, domain: Domain, depth: int) -> Recipe:
        return Recipe("enum", domain[1], (self.draw.choice(domain[2] or ("",)),))

    def _make_choice(self, domain: Domain, depth: int) -> Any:
        return self.draw.choice(domain[1])

    def _make_or(self, domain: Domain, depth: int) -> Any:
        return self.make(self.draw.choice(domain[1:]), depth)

    def _make_json(self, domain: Domain, depth: int) -> str:
        return json.dumps(self.make(domain[1], depth), default=str)

    def _make_csv(self, domain: Domain, depth: int) -> str:
        names = [*domain[1], *(["z"] if self.draw.random() < 0.2 else [])]
        self.draw.shuffle(names)
        rows = [[self._cell(name) for name in names] for _ in range(self.draw.randint(0, 5))]
        return "\n".join(",".join(row) for row in [names, *rows]) + "\n"

    def _cell(self, name: str) -> str:
        draw = self.draw
        if draw.random() < 0.15:
            return draw.choice(["", " ", "a", '"a,b"'])
        if _NUMERIC.search(name) or "number" in self.facts.parsers:
            return draw.choice([self.texts.shapes.number(), self.texts.shapes.decimal(), str(draw.randint(0, 9))])
        return draw.choice(["a", "b", "a", '"a,b"', *self.texts.words[:4]])

    def _make_date(self, domain: Domain, depth: int) -> dt.date:
        draw = self.draw
        if draw.random() < 0.25:
            first = draw.choice(
                [(1999, 12, 31), (2000, 2, 29), (2024, 2, 29), (2023, 3, 1), (2024, 1, 1), (2023, 2, 28)]
            )
            return dt.date(*first)
        if draw.random() < 0.6:
            return dt.date(2024, 1, 1) + dt.timedelta(days=draw.randint(-30, 400))
        return dt.date(draw.randint(1990, 2030), draw.randint(1, 12), draw.randint(1, 28))

    def _make_datetime(self, domain: Domain, depth: int) -> dt.datetime:
        draw = self.draw
        hour, minute = draw.choice([0, 12, 23, draw.randint(0, 23)]), draw.choice([0, 30, 59, draw.randint(0, 59)])
        second = draw.choice([0, 0, 59, draw.randint(0, 59)])
        clock = dt.time(hour, minute, second, draw.choice([0, 1, 999_999]) if self.facts.microseconds else 0)
        return dt.datetime.combine(self._make_date(domain, depth), clock)

    def _make_time(self, domain: Domain, depth: int) -> dt.time:
        return self._make_datetime(domain, depth).time()

    def _make_timedelta(self, domain: Domain, depth: int) -> dt.timedelta:
        seconds = self.draw.choice([0, 1, 59, 60, 3600, 86399, 86400, self.draw.randint(-100000, 1000000)])
        return dt.timedelta(seconds=seconds)

    def _make_decimal(self, domain: Domain, depth: int) -> decimal.Decimal:
        return decimal.Decimal(self.texts.shapes.decimal())

    def _make_fraction(self, domain: Domain, depth: int) -> fractions.Fraction:
        return fractions.Fraction(self.draw.randint(-9, 9), self.draw.randint(1, 9))

    def _make_uuid(self, domain: Domain, depth: int) -> uuid.UUID:
        return uuid.UUID(self.texts.shapes.of("uuid"))

    def _make_range(self, domain: Domain, depth: int) -> list[int]:
        return list(range(self.draw.randint(0, 6)))

    def _make_array(self, domain: Domain, depth: int) -> Recipe:
        draw = self.draw
        dimensions = domain[1] or draw.choice([1, 2])
        width = draw.randint(1, 5)
        dtype = domain[2] if len(domain) > 2 else draw.choice(["float64", "float64", "int64"])
        rows = [[self._entry(dtype) for _ in range(width)] for _ in range(draw.randint(1, 4))]
        content = rows[0] if dimensions == 1 else rows
        return Recipe("array", dtype, (content,))

    def _entry(self, dtype: str) -> Any:
        value = self.draw.choice([0, 1, -1, 2, 2, self.draw.randint(-9, 9), self.draw.randint(-50, 50) / 4])
        return KINDS_OF_ITEMS.get(dtype, float)(value)

    def _make_series(self, domain: Domain, depth: int) -> Recipe:
        return Recipe("series", "", tuple(self._entry("float64") for _ in range(self.size())))

    def _make_frame(self, domain: Domain, depth: int) -> Recipe:
        rows = self.draw.randint(0, 5)
        names = [word for word in self.texts.words if word.isidentifier()][:5] or ["a", "b"]
        columns = tuple((name, [self._column_entry(name) for _ in range(rows)]) for name in names)
        return Recipe("frame", "", columns)

    def _column_entry(self, name: str) -> Any:
        return self._entry("int64") if _NUMERIC.search(name) else self.draw.choice(["a", "b", "c"])

    def _make_path(self, domain: Domain, depth: int) -> Recipe:
        return self.files.path(domain[1])

    def _make_folder(self, domain: Domain, depth: int) -> Recipe:
        return self.files.folder(domain[1])

    def _make_callable(self, domain: Domain, depth: int) -> Recipe:
        return Recipe("function", self.draw.choice(sorted(FUNCTIONS)), ())

    def _make_iterator(self, domain: Domain, depth: int) -> Recipe:
        return Recipe("iterator", "", tuple(self._make_list(domain, depth)))

    def _make_deque(self, domain: Domain, depth: int) -> Recipe:
        return Recipe("deque", "", tuple(self._make_list(domain, depth)))

    def _make_typed(self, domain: Domain, depth: int) -> Recipe:
        """What is typed on stdin: lines, mostly numbers and words."""
        draw = self.draw
        lines = [draw.choice([self.texts.shapes.number(), self._typed_line()]) for _ in range(draw.randint(1, 5))]
        return Recipe("typed", "", ("\n".join(lines) + "\n",))

    def _typed_line(self) -> str:
        return self.draw.choice([self.texts.text().replace("\n", " "), "3 4", "ab", "", " 5 ", "x y z"])

    def _make_any(self, domain: Domain, depth: int) -> Any:
        kinds: list[Domain] = [INT, INT, STR, ("list", INT)]
        if depth < _DEEPEST:
            asked = self.facts.kinds
            often = 4 if asked else 1  # of a spec that asks what a value is, of each kind some
            kinds += [("list", ANY), ("many", ANY)] * (often if asked & {"list", "tuple"} else 1)
            kinds += [("dict", STR, ANY)] * (often if asked & {"dict"} else 1)
        return self.make(self.draw.choice(kinds), depth)

    def change(self, value: Any, hints: Sequence[Hint] = ()) -> Any:
        """A near miss of a value, of its own type. A hint is a pair of operands that a comparison met."""
        return self._changed(self, value, hints)


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
