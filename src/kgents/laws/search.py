"""The search for a counterexample: Hypothesis proposes and shrinks, we replay.

Rule: Hypothesis searches; its cases are no independent draws, and no probability is ever computed from them.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kgents.laws import effects, opens
from kgents.laws.clock import Clock, Late
from kgents.laws.family import Family
from kgents.laws.law import Law
from kgents.laws.literals import Given, render
from kgents.laws.observation import Observed, Unusable, observe, same, value_of
from kgents.laws.program import sides_of
from kgents.laws.variables import strategy_for, variables_of

KEPT = 60  # cases on which corrupted compositions are tried
LEAST_OUTCOMES = 2
_MISTYPED = {"TypeError", "AttributeError"}  # what a value of a wrong type raises

Case = Mapping[str, Any]


class _Broken(AssertionError):
    pass


@dataclass(slots=True)
class Tally:
    """What one search saw."""

    runs: int = 0
    unusable: int = 0
    undefined: int = 0
    distinct: set[str] = field(default_factory=set)
    outcomes: list[Observed] = field(default_factory=list)
    why: str = ""
    kept: list[Case] = field(default_factory=list)
    counterexample: Case | None = None
    late: bool = False
    endless: Case | None = None

    def add(self, case: Case, left: Observed) -> None:
        """Counts a case on whose sides a law holds, and keeps it while there is room."""
        self.distinct.add(key_of(case))
        if len(self.kept) < KEPT:
            self.kept.append(dict(case))
        if len(self.outcomes) < LEAST_OUTCOMES and not any(same(left, seen) for seen in self.outcomes):
            self.outcomes.append(left)
        self.undefined += left.raised is not None


class Search:
    """Searches of one seed, with the loop that awaits what a target leaves to be awaited."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.loop = asyncio.new_event_loop()

    def search(self, law: Law, family: Family, cases: int, shrink: bool = True) -> Tally:
        """What is seen of a law in so many cases, until one breaks it or the time is over."""
        from hypothesis import strategies as st

        tally = Tally()
        parts = {name: strategy_for(name, law, family) for name in variables_of(law, family)}
        clock = Clock()

        def compare(case: Case) -> None:
            clock.tick()
            tally.runs += 1
            try:
                with clock.case():
                    case = self.chosen(law, family, case)
                    left, right = self.sides(law, family, case)
                    alike = same(left, right)
            except Late:
                tally.endless = dict(case)
                raise
            except Unusable as wrong:
                tally.unusable += 1
                tally.why = str(wrong)
                return
            if (family.guessed or _holds_none(case, family)) and {left.raised, right.raised} & _MISTYPED:
                tally.unusable += 1
                tally.why = f"{left.raised or right.raised}, where the type of an argument was guessed"
                return
            if not alike:
                tally.counterexample = dict(case)
                tally.distinct.add(key_of(case))
                raise _Broken
            tally.add(case, left)

        try:
            self.drive(st.fixed_dictionaries(parts), compare, cases, shrink)
        except Late:
            tally.late = True
        return tally

    def drive(self, strategy: Any, body: Callable[[Any], None], cases: int, shrink: bool = False) -> None:
        """Runs a body over what Hypothesis draws; ends at the smallest case that it finds broken."""
        from hypothesis import HealthCheck, Phase, given, seed, settings
        from hypothesis.errors import Flaky

        phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)

        def run(drawn: Any) -> None:
            body(drawn)

        chosen: Any = settings(
            max_examples=cases, phases=phases, database=None, deadline=None, derandomize=False,
            suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False,
        )  # fmt: skip
        seeding: Any = seed
        seeded: Any = seeding(self._seed)
        drawing: Any = given(strategy)
        test: Any = chosen(seeded(drawing(run)))
        try:
            test()
        except (_Broken, Flaky):  # flaky: the target is random, which the replay will show
            return

    def chosen(self, law: Law, family: Family, case: Case) -> Case:
        """The case with the variables that depend on others, each as a literal. Unusable where there is no choice, or
        where what the law supposes does not hold.
        """
        if law.choices is None and not any(name.endswith("0") for name in law.variables):
            return case
        choices = law.choices(family.operations) if law.choices is not None else {}
        chosen = {name: value for name, value in case.items() if name not in choices}
        environment = {**self.environment(family, chosen), **opens.MEMBERS}
        for name, text in choices.items():
            if name == "n" and "x[:n]" not in family.observed:
                continue
            several = _made(text, environment, self.loop)
            if not len(several):
                raise Unusable("an element has too few inputs")
            environment[name] = several[case.get(name, 0) % len(several)]
            chosen[name] = opens.literal(environment[name])
        if law.premise is not None:
            left, right = (observe(text, environment, self.loop) for text in law.premise(family.operations))
            if left.raised is not None or not same(left, right):
                raise Unusable("what the law supposes seldom holds")
        texts = " ".join(text for text in chosen.values() if isinstance(text, str))
        return {name: value for name, value in chosen.items() if not name.endswith("0") or name in texts}

    def value(self, text: str, family: Family, case: Case) -> Any:
        return value_of(text, self.environment(family, case), self.loop)

    def environment(self, family: Family, case: Case) -> dict[str, Any]:
        environment = {**effects.MEMBERS, **family.environment}
        for name, text in case.items():
            environment[name] = text.value if isinstance(text, Given) else _made(str(text), environment, self.loop)
        return environment

    def sides(self, law: Law, family: Family, case: Case) -> tuple[Observed, Observed]:
        """What the two sides come to, one after the other, on the same variables."""
        environment = self.environment(family, case)
        left, right = sides_of(law, family.operations, family)
        return observe(left, environment, self.loop), observe(right, environment, self.loop)


def _made(text: str, environment: Mapping[str, Any], loop: asyncio.AbstractEventLoop) -> Any:
    try:
        return value_of(text, environment, loop)
    except Exception as wrong:
        raise Unusable(f"{type(wrong).__name__}: {wrong}"[:150]) from wrong


def _holds_none(case: Case, family: Family) -> bool:
    """Whether None was tried in a case on our own account: functions that do not take it refute nothing."""
    return family.nothing and any(isinstance(text, str) and "None" in text for text in case.values())


def key(item: Any) -> str:
    return render(item.value) if isinstance(item, Given) else str(item)


def key_of(case: Case) -> str:
    return "\x1f".join(key(value) for value in case.values())
