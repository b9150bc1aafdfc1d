"""What is asked of a model's reasoning: problems, and which laws each can be asked of."""

from collections.abc import Sequence
from dataclasses import dataclass

from kgents.domain.seeds import derive
from kgents.errors import UsageError
from kgents.laws.transformations import DEFAULT, TRANSFORMATIONS


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked; `steps` where the work is given as steps."""

    text: str
    steps: tuple[str, ...] = ()


def problems_of(problems: str | Problem | Sequence[str | Problem]) -> list[Problem]:
    """Problems; a text is one. UsageError names what is none."""
    several = [problems] if isinstance(problems, str | Problem) else list(problems)
    for number, problem in enumerate(several):
        if not isinstance(problem, Problem) and not (isinstance(problem, str) and problem.strip()):
            raise UsageError(f"problems[{number}]: {problem!r} is no problem", "give texts, or Problem(text, steps)")
    if not several:
        raise UsageError("problems: there is none", "give a text, or a list of texts")
    return [problem if isinstance(problem, Problem) else Problem(problem) for problem in several]


def laws_of(laws: str | Sequence[str]) -> list[str]:
    """Names of laws as arms: `identity` and tiers become their transformations. UsageError names an unknown one."""
    names: dict[str, None] = {}
    for word in laws.split(",") if isinstance(laws, str) else laws:
        name = word.strip()
        members = list(DEFAULT) if name == "identity" else [name] if name in ("associativity", "coherence") else []
        members += [made.name for made in TRANSFORMATIONS.values() if name in (made.name, made.tier)]
        if not members:
            known = ("identity", "associativity", "coherence", *TRANSFORMATIONS)
            raise UsageError(f"laws: there is no law {name!r}", f"one of {', '.join(known)}")
        names |= dict.fromkeys(members)
    if not names:
        raise UsageError("laws: there is none", 'give names, such as "identity"')
    return list(names)


def drawn(problems: Sequence[Problem], seed: int) -> Problem:
    """The problem of a block, with replacement: blocks are independent, whatever the order of the problems."""
    return problems[derive(seed, "problem") % len(problems)]


def applicable(problem: Problem) -> bool:
    """Whether associativity can be asked of a problem."""
    return len(problem.steps) >= 3


def problems_for(law: str, problems: Sequence[Problem]) -> list[Problem]:
    """The problems that a law can be asked of. UsageError where there are none."""
    if law == "associativity":
        able = [problem for problem in problems if applicable(problem)]
        if not able:
            raise UsageError(
                "associativity is NOT APPLICABLE: no problem has three steps",
                "give problems with three steps or more: Problem(text, (step, step, step))",
            )
        return able
    return list(problems)


def layout_of(laws: Sequence[str], problems: Sequence[Problem]) -> dict[str, list[int]]:
    """Which laws face one problem only, which are rates or effects: what `Blocks` has to know of its arms."""
    rates = [number for number, law in enumerate(laws) if law == "coherence"]
    single = [n for n, law in enumerate(laws) if n not in rates and len(problems_for(law, problems)) == 1]
    effects = [n for n, law in enumerate(laws) if law in TRANSFORMATIONS and TRANSFORMATIONS[law].tier == "effect"]
    return {"single": single, "rates": rates, "effects": effects}
