"""Which blocks of an answer are the program: the choice that a person would make who knows what was asked for."""

import builtins
import re
from collections.abc import Sequence

from kgents.harness.extraction.blocks import Block
from kgents.harness.extraction.preference import rank, recommended
from kgents.harness.extraction.wanted import Reading, Wanted
from kgents.lazy_pattern import pattern
from kgents.sandbox.facts import Facts

_CALLED = pattern(r"\(|\bimport\b")  # a lone word of prose calls and imports nothing
_BUILTINS = frozenset(dir(builtins))
STREAMS = frozenset({"input", "print", "sys", "open", "fileinput", "os"})
_ACTING = pattern(r"^(?:if __name__|(?:for|while|with|try)\b|[\w.]+\(|[\w, ]+=.*\()", re.MULTILINE)


def chosen(blocks: Sequence[Block], facts: Sequence[Facts], wanted: Wanted) -> Reading | None:
    """The block that answers, with those that it needs; None where no block can be read and says anything."""
    if wanted.is_program:
        return _chosen_program(blocks, facts)
    sound = [n for n, each in enumerate(facts) if each.error is None]
    good = [n for n in sound if facts[n].functions or facts[n].classes or facts[n].bound]
    good = good or [n for n in sound if facts[n].binds_unseen and _CALLED.search(blocks[n].text)]
    if not good:
        return None
    names = set(wanted.names)
    defining = [n for n in good if names and names <= set(facts[n].bound)]
    defining = [n for n in defining if not names & set(facts[n].borrowed)] or defining
    missing = 0
    if not defining and (wrapped := _method_of_solution(good, facts, names)) is not None:
        parts = _parts(wrapped, good, facts, set())
        return Reading(blocks, facts, wrapped, parts, 0, ["method_of_solution"], tuple(sorted(names)))
    if not defining and names:
        most = max(len(names & set(facts[n].bound)) for n in good)
        defining = [n for n in good if len(names & set(facts[n].bound)) == most]
        missing = len(names) - most
    if not defining or (names and missing == len(names)):
        defining = [n for n in good if facts[n].functions or facts[n].classes] or good
    full = [n for n in defining if not _is_outline(facts[n], names)] or defining
    main = _preferred(blocks, full)
    parts = _parts(main, good, facts, names)
    got = set().union(*(facts[n].bound for n in parts))
    return Reading(blocks, facts, main, parts, len(names - got) if names else 0)


def _method_of_solution(good: Sequence[int], facts: Sequence[Facts], names: set[str]) -> int | None:
    """The last block whose class `Solution` has methods of these names and is made without arguments."""
    for n in reversed(good):
        solution = next((one for one in facts[n].classes if one.name == "Solution"), None)
        methods = {one.name: one for one in solution.methods} if solution is not None else {}
        made = methods.get("__init__")
        free = made is None or all(one.has_default or one.kind in ("rest", "keywords") for one in made.parameters[1:])
        if names and free and names <= {name for name, one in methods.items() if not one.is_empty}:
            return n
    return None


def _chosen_program(blocks: Sequence[Block], facts: Sequence[Facts]) -> Reading | None:
    """The block that reads or prints, the last one unless the prose says otherwise, with those that it needs."""
    good = [n for n, each in enumerate(facts) if each.error is None and _does_something(each)]
    if not good:
        return None
    weights = {n: len(STREAMS & {*facts[n].free, *facts[n].imports}) for n in good}
    acting = [n for n in good if weights[n] == 2] or [n for n in good if weights[n]] or good
    main = _preferred(blocks, acting)
    parts = _parts(main, good, facts, set())
    if not _ACTING.search(blocks[main].text):
        later = (n for n in range(main + 1, len(facts)) if facts[n].error is None and not facts[n].functions)
        users = (n for n in later if set(facts[n].free) & set(facts[main].bound))
        parts += [n for n in users if _ACTING.search(blocks[n].text)][:1]
    return Reading(blocks, facts, main, parts, 0)


def _preferred(blocks: Sequence[Block], among: Sequence[int]) -> int:
    """The block that the prose recommends, else the last of those that it speaks of best."""
    said = recommended(blocks, among)
    return max(among, key=lambda n: (rank(blocks, n), n)) if said is None else said


def _does_something(facts: Facts) -> bool:
    """Whether a block is more than words and numbers that happen to be Python."""
    return bool(facts.functions or facts.classes or facts.bound or "print" in facts.free)


def _is_outline(facts: Facts, names: set[str]) -> bool:
    """Whether the functions in question are signatures only."""
    asked = [one for one in facts.functions if one.name in names]
    return bool(asked) and all(one.is_empty for one in asked)


def _parts(main: int, good: Sequence[int], facts: Sequence[Facts], names: set[str]) -> list[int]:
    """The main block and those that define what it needs, needed ones first."""
    parts = [main]
    have = set(facts[main].bound) | _BUILTINS
    while True:
        needed = set().union(*(facts[n].free for n in parts)) | names
        needed -= have
        providers = [n for n in good if n not in parts and needed & set(facts[n].bound)]
        if not providers:
            return [*sorted(parts[1:]), main]
        nearest = max((n for n in providers if n < main), default=providers[0])
        parts.append(nearest)
        have |= set(facts[nearest].bound)
