"""What is found of each law of a family: a counterexample, or what a search without one is worth."""

import ast
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from typing import Any

from kgents.laws.catalogue import laws_of
from kgents.laws.clock import SECONDS, Clock, Late
from kgents.laws.family import Family
from kgents.laws.finding import Counterexample, Finding, LawVerdict, Power
from kgents.laws.law import Law
from kgents.laws.literals import render
from kgents.laws.observation import Unusable, observe, same, sides, value_of
from kgents.laws.orientation import Value, oriented
from kgents.laws.program import program, written
from kgents.laws.search import LEAST_OUTCOMES, Case, Search, Tally, key

CONSTANT = (
    "inverse",
    "annihilation-left",
    "annihilation-right",
    "locality-empty",
)  # laws whose sides have one outcome by their nature
_ANY_X = {True: "[2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]"}
_LARGE = re.compile(
    r"\d{16}"
)  # as large as integers are drawn: neutral to min and max only because larger ones are not
LEAST_CASES = 5
LOOKED_AT = 10  # of the cases that are kept, for whether operands are changed
EACH = 2.0  # processor seconds for each corrupted composition, and for looking at one case
REPLAYS = 12  # a coin that breaks a law half of the time passes for a counterexample once in 4096
CORRUPTIONS: tuple[Callable[[str, str, str], str], ...] = (
    lambda op, a, b: op.format(op.format(a, b), b),
    lambda op, a, b: op.format(op.format(b, a), b),
    lambda op, a, b: op.format(a, op.format(a, b)),
    lambda op, a, b: a,
    lambda op, a, b: b,
)


class Examiner:
    """Examines the laws of one family."""

    def __init__(self, family: Family, cases: int = 200, seed: int = 0) -> None:
        self._family = family
        self._cases = cases
        self._search = Search(seed)
        self._known: dict[str, Tally] = {}

    @property
    def parts(self) -> dict[str, str]:
        """How the target was understood, for people."""
        known = self._family.operations.get("e")
        if known == "identity":
            known = render(self._family.environment["identity"])
        return {**self._family.parts, **({} if known is None else {"identity": known})}

    def examine(self, laws: Sequence[Law]) -> list[Finding]:
        """One finding per law."""
        try:
            needs = {need for law in laws for need in law.needs}
            self._family = oriented(self._family, needs, self._samples, self._in_time())
            if "e" in needs and set(self._family.operations) & {"op", "insert"}:
                about = "operad-unit" if "insert" in needs else "identity"
                self._family = self._identify(f"{about}-left", f"{about}-right")
            if "z" in needs and "plus" in self._family.operations:
                self._family = self._zero()
            return [self._judge(law, _with(law, self._family)) for law in laws]
        finally:
            self._search.loop.close()

    def _in_time(self) -> Value:
        """`_value`, where what comes to no end is unusable, and is not tried again on other elements."""
        clocks: dict[str, Clock] = {}

        def value(text: str, family: Family, case: dict[str, object]) -> Any:
            clock = clocks.setdefault(text, Clock(EACH))
            try:
                clock.tick()
                with clock.case():
                    return self._search.value(text, family, case)
            except Late:
                raise Unusable(f"no end within {EACH:g} s of processor time") from None

        return value

    # the identity

    def _identify(self, *names: str) -> Family:
        """The family with its identity: the declared one, or a guess that survives a search for what refutes it."""
        family = self._family
        if family.declared:
            return family.with_identity(family.identities[0])
        laws = laws_of(names)
        samples = self._samples(family)
        clock = Clock()
        texts = [text for text in samples if isinstance(text, str) and not _LARGE.search(text)]
        guesses = [*family.identities, *_empty(texts[:1]), *texts]
        for guess in list(dict.fromkeys(guesses))[:120]:
            candidate = family.with_identity(guess)
            try:
                if not self._neutral_on(laws, candidate, samples, clock):
                    continue
            except Late:
                return family
            tallies = [self._search.search(law, candidate, self._cases) for law in laws]
            broken = [tally.counterexample["a"] for tally in tallies if tally.counterexample is not None]
            if not broken:
                self._known = {**self._known, **dict(zip(names, tallies, strict=True))}
                return candidate
            samples.extend(broken)
        return family

    def _zero(self) -> Family:
        """The family with the neutral element of `plus`, found as that of the composition is."""
        family, known = self._family, self._known
        try:
            self._family = replace(
                family, operations={**family.operations, "op": family.operations["plus"]},
                identities=family.zeros, declared=family.zero_declared,
            )  # fmt: skip
            neutral = self._identify("identity-left", "identity-right").operations.get("e")
        finally:
            self._family, self._known = family, known
        named = family.zero_declared or neutral != family.operations.get("e")
        return family.with_zero(neutral) if neutral is not None and named else family

    def _samples(self, family: Family) -> list[Any]:
        values: list[Any] = []
        self._search.drive(family.elements, values.append, 80)
        unique = {key(item): item for item in values}
        return sorted(unique.values(), key=lambda item: len(key(item)))

    def _neutral_on(self, laws: Sequence[Law], family: Family, samples: Sequence[Any], clock: Clock) -> bool:
        good = 0
        for law in laws:
            for sample in samples[:40]:
                clock.tick()
                try:
                    case = {"a": sample, "x": _ANY_X.get("x[:n]" in family.observed, "3")}
                    with clock.case():
                        left, right = self._search.sides(
                            law, family, self._search.chosen(law, family, {**case, "i": 0})
                        )
                        alike = same(left, right)
                except Unusable:
                    continue
                if not alike:
                    return False
                good += right.raised is None
        return good > 0

    # one law

    def _judge(self, law: Law, family: Family) -> Finding:
        missing = [need for need in law.needs if need not in family.operations]
        if missing and set(missing) <= {"e", "z"}:
            which = "neutral element of plus" if missing == ["z"] else "neutral element"
            return Finding(law.name, LawVerdict.NO_IDENTITY, detail=f"no {which} was declared or found")
        if missing:
            flags = {"op": "--compose", "op2": "--image-compose"}
            names = ", ".join(flags.get(need, f"--{need}") for need in missing if need not in ("e", "z"))
            return Finding(law.name, LawVerdict.ERROR, detail=f"the law needs {names}")
        tally = self._known.get(law.name) or self._search.search(law, family, self._cases)
        if tally.counterexample is not None:
            return self._refuted(law, family, tally)
        if tally.endless is not None:
            inputs = ", ".join(f"{name} = {key(value)}" for name, value in sorted(tally.endless.items()))
            detail = f"no end within {SECONDS:g} s of processor time: {inputs}"
            return Finding(law.name, LawVerdict.ERROR, len(tally.distinct), detail=detail[:300])
        verdict, detail = self._strength(tally, law.function is not None or law.name in CONSTANT)
        changed = self._changed(family, tally.kept[:LOOKED_AT])
        return Finding(
            law.name,
            verdict,
            len(tally.distinct),
            detail=f"{detail}; {changed}" if changed else detail,
            power=None if tally.late else self._power(law, family, tally.kept),
        )

    def _strength(self, tally: Tally, constant: bool) -> tuple[LawVerdict, str]:
        """What a search without a counterexample is worth; `constant` sides have one outcome by their nature."""
        usable = tally.runs - tally.unusable
        if not usable:
            return LawVerdict.VACUOUS, f"no case could be made ({tally.why}): say what the elements are with --elements"
        if usable and tally.undefined > usable / 2:
            why = f"both sides raise in {tally.undefined} of {usable} cases"
            return LawVerdict.UNDEFINED, f"{why}: if these are no elements, say what they are with --elements"
        within = f", all that {SECONDS:g} s allow" if tally.late else ""
        exhausted = tally.runs < self._cases and len(tally.distinct) > 1 and not tally.late
        if len(tally.outcomes) < LEAST_OUTCOMES and not constant:
            return LawVerdict.VACUOUS, f"{len(tally.distinct)} distinct cases, all with one outcome{within}"
        if len(tally.distinct) < LEAST_CASES and not exhausted:
            return LawVerdict.VACUOUS, f"only {len(tally.distinct)} distinct cases{within}"
        return LawVerdict.NOT_REFUTED, f"no counterexample in {len(tally.distinct)} distinct cases{within}"

    def _refuted(self, law: Law, family: Family, tally: Tally) -> Finding:
        case = tally.counterexample
        assert case is not None
        replays = [self._search.sides(law, family, case) for _ in range(REPLAYS)]
        if not all(not same(left, right) for left, right in replays):
            detail = "the counterexample does not replay: the target is random; declare its sampler with --sample"
            return Finding(law.name, LawVerdict.ERROR, len(tally.distinct), detail=detail)
        left, right = replays[0]
        texts = {name: written(value, family.environment) for name, value in case.items()}
        shown = {name: people for name, (_, people) in texts.items()}
        code = program(law, family, {}, {name: source for name, (source, _) in texts.items()}, shown)
        counterexample = Counterexample(shown, str(left), str(right), code)
        changed = self._changed(family, [case, *tally.kept[:LOOKED_AT]])
        return Finding(law.name, LawVerdict.REFUTED, len(tally.distinct), counterexample, detail=changed)

    def _changed(self, family: Family, cases: Sequence[Case]) -> str:
        """How the composition changes what it is given, in the first of some cases where it does; else nothing."""
        if "op" not in family.operations:
            return ""
        for case in cases:
            drawn = [name for name in "abc" if isinstance(case.get(name), str)]
            for pair in combinations(drawn, 2):
                with suppress(Exception, Late), Clock(EACH).case():
                    if told := self._changed_by(family, case, pair):
                        return told
        return ""

    def _changed_by(self, family: Family, case: Case, operands: tuple[str, str]) -> str:
        composed, untouched, again = (self._search.environment(family, case) for _ in range(3))
        value_of(family.operations["op"].format(*operands), composed, self._search.loop)
        for name in operands:
            after, before, before_again = (
                observe(name, each, self._search.loop) for each in (composed, untouched, again)
            )
            if same(before, before_again) and not same(before, after):
                return f"the composition changes what it is given: {name} = {before} is {after} afterwards"[:300]
        return ""

    def _power(self, law: Law, family: Family, cases: Sequence[Case]) -> Power | None:
        """How many corrupted compositions the cases of a search tell from a lawful one."""
        if "op" not in law.needs:
            return None
        op = family.operations["op"]
        kept = CORRUPTIONS[:3] if law.name == "associativity" else CORRUPTIONS
        corrupted = [replace(family, operations={**family.operations, "op": bad(op, "{0}", "{1}")}) for bad in kept]
        told = [caught for bad in corrupted if (caught := self._caught(law, bad, cases)) is not None]
        return Power(sum(told), len(told)) if told else None

    def _caught(self, law: Law, family: Family, cases: Sequence[Case]) -> bool | None:
        """Whether cases tell a composition from a lawful one; None where it does not come to an end on them."""
        clock = Clock(EACH)
        for case in cases:
            try:
                with suppress(Unusable), clock.case():
                    if not same(*self._search.sides(law, family, case)):
                        return True
            except Late:
                return None
        return False


def _with(law: Law, family: Family) -> Family:
    """The family with the user's own function in its environment."""
    if law.function is None:
        return family
    return replace(family, environment={**family.environment, law.name: law.function, "sides": sides})


def _empty(texts: Sequence[str]) -> list[str]:
    """The empty value of the kind of a text, where it is a literal of a builtin collection: seldom drawn, often neutral."""
    try:
        kinds = {type(ast.literal_eval(text)) for text in texts}
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [repr(kind()) for kind in kinds if kind in (dict, list, tuple, set, str, bytes)]
