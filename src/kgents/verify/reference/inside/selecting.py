"""Which inputs are kept: different answers first, near misses, and those that tell mutants and controls apart."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgents.verify.reference.inside.covering import covering
from kgents.verify.reference.inside.matching import differs, identical, usable
from kgents.verify.reference.inside.observing import Program, Seen
from kgents.verify.reference.inside.probes import Probes
from kgents.verify.reference.inside.repairing import Repairs
from kgents.verify.reference.inside.searching import (
    LONGEST,
    ONE_CALL,
    STEPS,
    Origin,
    Pool,
    Row,
    asked,
    echoes,
    near_misses,
)

RETURNED, RAISED, MISSED = 120, 30, 40
SHORT, SCRIPTS = 40, 80  # of a class
_SLOW_CALLS = 3
_NEAR_OF = 20
_ECHOES = 4


@dataclass(slots=True)
class Wrong:
    """A wrong program: what it is called, its text, the place of the mistake, and what became of it.

    place  of the mistake among all of the spec, -1 for a control
    fate   killed, alive, unlike (differs in what is not compared), equivalent
    counted  whether it says how much the inputs tell apart; others only choose inputs
    sought   whether further inputs are looked for that tell it apart
    """

    name: str
    text: str
    index: int = -1
    fate: str = "alive"
    program: Program | None = None
    counted: bool = True
    sought: bool = True

    @property
    def control(self) -> bool:
        """Whether it is a program that knows nothing."""
        return self.index < 0


@dataclass(slots=True)
class Chosen:
    """What a target is asked: rows in their order, and wrong programs."""

    rows: list[Row] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    pool: Pool = field(default_factory=Pool)


def missed(pool: Pool, program: Program, probes: Probes, origin: Origin) -> list[Row]:
    """Near misses of inputs that returned, those first that the spec refuses elsewhere or answers otherwise."""
    returned = sorted((row for row in pool.usable if row.seen.returned), key=_size)
    kinds: dict[tuple[Any, ...], list[Row]] = {}
    for row in returned[:: max(1, len(returned) // _NEAR_OF)][:_NEAR_OF]:
        for kind, near in near_misses(row.arguments):
            arguments = origin.fitted(near)
            key = repr(arguments)
            if key not in pool.rows and len(key) < LONGEST:
                probes.clear()
                pool.rows[key] = origin.row(arguments, program.call(arguments, ONE_CALL), probes)
            other = pool.rows.get(key)
            if other is not None and usable(other.seen) and other.meant and other.typed and other.seen.raised:
                kinds.setdefault((kind, other.seen.explicit), []).append(other)
    return _layered(kinds.values(), MISSED)


def echoed(pool: Pool, program: Program, probes: Probes, origin: Origin) -> list[Row]:
    """Rows of short inputs that hold what the spec made of them: names that are given again, say."""
    rows: list[Row] = []
    returned = sorted((row for row in pool.usable if row.seen.returned), key=_size)
    for row in returned if origin.scripts is None else ():
        for near in echoes(row.arguments, row.seen.answer):
            arguments = origin.fitted(near)
            key = repr(arguments)
            if key not in pool.rows and len(key) < LONGEST:
                probes.clear()
                pool.rows[key] = origin.row(arguments, program.call(arguments, ONE_CALL), probes)
                rows += [pool.rows[key]] if usable(pool.rows[key].seen) and pool.rows[key].seen.returned else []
        if len(rows) >= _ECHOES:
            break
    return rows


def _layered(groups: Iterable[Sequence[Row]], most: int) -> list[Row]:
    layers = itertools.zip_longest(*[sorted(group, key=_size) for group in groups])
    return [row for layer in layers for row in layer if row is not None][:most]


def diverse(pool: Pool) -> list[Row]:
    """Inputs with different answers first, short ones first; a few that raise, by kind and place. Of scripts a few short ones,
    and those that together show most of what can follow upon what.
    """
    played = [row for row in pool.usable if row.seen.returned and _is_script(row.seen.answer)]
    if not played:
        return _by_answer(pool, RETURNED)
    wide = covering([(row.arguments, row.seen.answer) for row in played], SCRIPTS)
    return distinct([*_by_answer(pool, SHORT), *(played[index] for index in wide)])


def _is_script(answer: Any) -> bool:
    return isinstance(answer, tuple) and answer[:1] == ("script",)


def _by_answer(pool: Pool, most: int) -> list[Row]:
    groups: dict[str, list[Row]] = {}
    for row in pool.usable:
        groups.setdefault(repr(row.seen.kind), []).append(row)
    ordered = sorted(groups.values(), key=lambda rows: -len(rows))
    returned = [rows for rows in ordered if rows[0].seen.returned]
    raised = [rows for rows in ordered if not rows[0].seen.returned]
    return [*_layered(returned, most), *_layered(raised, RAISED)]


def common_answers(rows: Sequence[Row]) -> list[str]:
    """The two commonest answers as expressions, where they can be written."""
    texts = Counter(_expression(row.seen) for row in rows if row.seen.returned)
    return [text for text, _ in texts.most_common(3) if text][:2]


def _expression(seen: Seen) -> str:
    answer = seen.answer
    if answer is None or type(answer) in (int, str):
        return repr(answer)
    tag = answer[0] if isinstance(answer, tuple) and answer else ""
    if tag in ("T", "F"):
        return "True" if tag == "T" else "False"
    if tag == "f" and isinstance(answer[1], float):
        return repr(answer[1])
    return {("l",): "[]", ("d",): "{}", ("t",): "()"}.get(answer, "") if isinstance(answer, tuple) else ""


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Each input once."""
    return list({row.key: row for row in rows}.values())


def tried(wrong: Wrong, rows: Sequence[Row], load: Any) -> Row | None:
    """The first row that tells a wrong program apart; sets its fate."""
    program = wrong.program or _loaded(wrong, load)
    if program is None:
        return None
    same = wrong.fate != "unlike"
    slow = 0
    for row in rows:
        got = program.call(row.arguments, ONE_CALL)
        if differs(row.seen, got):
            wrong.fate = "killed"
            return row
        same = same and identical(row.seen, got)
        slow += got.raised[:1] == ("timeout",)
        if slow >= _SLOW_CALLS:
            break
    if not same:
        wrong.fate = "unlike"
    return None


def _loaded(wrong: Wrong, load: Any) -> Program | None:
    try:
        wrong.program = load(wrong.text)
    except BaseException:
        wrong.fate = "killed"
    return wrong.program


def select(chosen: Chosen, load: Any) -> None:
    """Tries every wrong program on the rows, then on the whole pool; a row that tells one apart is kept."""
    pool = chosen.pool.usable
    for wrong in chosen.wrong:
        if tried(wrong, chosen.rows, load) is None and wrong.fate != "killed":
            row = tried(wrong, pool, load)
            if row is not None:
                chosen.rows.append(row)
        if wrong.fate == "killed":
            wrong.program = None


def hunt(chosen: Chosen, origin: Origin, spec: Program, probes: Probes, most: int) -> None:
    """Changes of inputs that reached something rare, tried on the mutants that are left."""
    hunting = _Hunt(chosen, origin, spec, probes)
    steps = probes.spent + STEPS
    while (
        hunting.left
        and hunting.bases
        and hunting.effort < most
        and hunting.idle < _patience(hunting.left, most)
        and probes.spent < steps
        and hunting.slow < _SLOW_CALLS
    ):
        hunting.once_more()


class _Hunt:
    """The mutants that are left, the inputs that are changed, and what was spent since the beginning and the last find."""

    def __init__(self, chosen: Chosen, origin: Origin, spec: Program, probes: Probes) -> None:
        self._chosen, self._origin, self._spec, self._probes = chosen, origin, spec, probes
        left = [wrong for wrong in chosen.wrong if wrong.fate not in ("killed", "equivalent") and wrong.program]
        self.left = [wrong for wrong in left if wrong.sought]
        self.bases = [row.arguments for row in chosen.rows] + [arguments for arguments, _ in chosen.pool.seeds]
        self._rare = chosen.pool.rare
        self._known = set(chosen.pool.rows)
        self._repairs = Repairs(chosen.pool, origin, spec, probes)
        self.effort = self.idle = self.slow = 0

    def _base(self) -> Any:
        draw = self._origin.draw
        if self._repairs.bases and draw.random() < 0.6:
            return draw.choice(self._repairs.bases)
        return draw.choice(self._rare) if self._rare and draw.random() < 0.4 else draw.choice(self.bases)

    def once_more(self) -> None:
        """A few changes of one input."""
        arguments = self._base()
        self._probes.clear()
        self._spec.call(arguments, ONE_CALL)
        hints = self._origin.hints(self._probes, 20)
        for _ in range(4):
            spent = 1 + len(self.left) // 2
            self.effort, self.idle = self.effort + spent, self.idle + spent
            self._probes.clear()
            row = _new_row(arguments, hints, self._origin, self._spec, self._probes, self._known)
            self.slow += row is not None and row.seen.seconds > ONE_CALL / 2
            for each in self._repairs.of(row, self._known) if row is not None else ():
                self._tried(each)

    def _tried(self, row: Row) -> None:
        killed = [w for w in self.left if w.program and differs(row.seen, w.program.call(row.arguments, ONE_CALL))]
        if not killed:
            return
        self._chosen.rows.append(row)
        self.bases += [row.arguments] * 5
        self.idle = 0
        for wrong in killed:
            wrong.fate, wrong.program = "killed", None
        self.left = [wrong for wrong in self.left if wrong.fate != "killed"]


def _patience(left: Sequence[Wrong], most: int) -> int:
    """Effort without a find after which no more is tried; less where those that are left only choose inputs."""
    return most // 2 if any(wrong.counted for wrong in left) else most // 6


def _new_row(arguments: Any, hints: Any, origin: Origin, spec: Program, probes: Probes, known: set[str]) -> Row | None:
    changed = origin.changed(arguments, hints) if origin.draw.random() < 0.8 else origin.fresh()
    changed = origin.fitted(changed)
    key = repr(changed)
    if key in known or len(key) > LONGEST:
        return None
    known.add(key)
    row = asked(spec, changed, probes, origin, key)
    return row if usable(row.seen) and row.meant and row.typed else None


def _size(row: Row) -> tuple[int, str]:
    return len(row.key), row.key


def settled(chosen: Chosen, numbers: bool) -> None:
    """The rows in their canonical order, the smallest first. Equivalents are programs that differ in nothing that is compared,
    and those that leave white space where it is, of a spec that makes numbers of its texts: int() does not mind it.
    """
    chosen.rows = sorted(distinct(chosen.rows), key=_size)
    for wrong in chosen.wrong:
        unseen = wrong.fate == "unlike" or (numbers and wrong.fate == "alive" and wrong.name == "white space kept")
        if unseen and not wrong.control:
            wrong.fate = "equivalent"
