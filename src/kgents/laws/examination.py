"""`check`: the laws of a target in one line of a test; `load`: the target that PATH.py:NAME or PKG.MOD:NAME names.

Rule: `check` runs in this process. Code that is not yours is examined by `kg experiment laws`, which confines it.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from kgents.errors import UsageError
from kgents.laws import observation
from kgents.laws.catalogue import laws_of
from kgents.laws.examiner import Examiner
from kgents.laws.finding import Examination, Finding
from kgents.laws.places import place_of
from kgents.laws.resolution import resolve
from kgents.laws.spec import LawSpec
from kgents.sandbox.importing import NoFile, NoMember, value_of

DEFAULT = ("identity-left", "identity-right", "associativity")


class LawBroken(AssertionError):
    """A law does not hold; the message holds the counterexample and a program that shows it."""


def load(target: str) -> Any:
    """The object that PATH.py:NAME or PKG.MOD:NAME names. UsageError where there is none."""
    module_or_file, _, name = target.rpartition(":")
    if not module_or_file or not name:
        raise UsageError(
            f"--target {target}: not of the form PATH.py:NAME or PKG.MOD:NAME", "such as collections:Counter"
        )
    try:
        return value_of(module_or_file, name)
    except NoMember:
        raise UsageError(f"--target {target}: {module_or_file} has no {name}", "name something it defines") from None
    except NoFile as wrong:
        raise UsageError(f"--target {target}: {wrong}", "paths are relative to the working directory") from wrong
    except KeyboardInterrupt:
        raise
    except BaseException as wrong:
        message = f"--target {target}: it cannot be imported: {type(wrong).__name__}: {wrong}"
        raise UsageError(message, "import it by hand") from wrong


def examine(
    target: Any,
    laws: Iterable[str | Callable[..., Any]] = DEFAULT,
    *,
    spec: LawSpec | None = None,
    cases: int = 200,
    seed: int = 0,
    among: Iterable[str] = (),
) -> Examination:
    """What can be said of the laws of a class, a function, or a target written as PATH.py:NAME.

    among   laws that are asked of it elsewhere: those of a lattice are of two operations that go together
    """
    name, origin, target_object = named(target)
    declared_spec = declared(target_object, spec)
    wanted = laws_of(tuple(laws))
    family = resolve(target_object, declared_spec, name, origin, wanted, laws_of(tuple(among)))
    examiner = Examiner(family, cases, seed)
    findings = _outside_of_loops(lambda: examiner.examine(wanted))
    return Examination(str(target) if isinstance(target, str) else name, examiner.parts, tuple(findings))


def _outside_of_loops(work: Callable[[], list[Finding]]) -> list[Finding]:
    """The same in a thread where an event loop runs already, as in an asynchronous test."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def declared(target: Any, spec: LawSpec | None) -> LawSpec:
    """What is said of a target: `spec`, and for what that leaves out the target's own `__laws__`. UsageError."""
    own = getattr(target, "__laws__", None)
    if own is not None and not isinstance(own, LawSpec):
        raise UsageError(f"__laws__ of {target.__name__} is no LawSpec", "__laws__ = LawSpec(compose=…)")
    declared_parts = {name.name: getattr(spec, name.name) for name in fields(LawSpec)} if spec is not None else {}
    return replace(own or LawSpec(), **{name: value for name, value in declared_parts.items() if value is not None})


def check(
    target: Any,
    *laws: str | Callable[..., Any],
    spec: LawSpec | None = None,
    cases: int = 200,
    seed: int = 0,
    **parts: Any,
) -> Examination:
    """Raises LawBroken where a law of the target is refuted; `parts` are the fields of LawSpec.

    >>> check(list, "associativity").refuted
    ()
    """
    examined = examine(
        target, laws or DEFAULT, spec=spec or (LawSpec(**parts) if parts else None), cases=cases, seed=seed
    )
    for finding in examined.refuted:
        assert finding.counterexample is not None
        shown = finding.counterexample
        inputs = ", ".join(f"{name} = {text}" for name, text in shown.inputs.items())
        raise LawBroken(
            f"{finding.law} of {examined.target}: {inputs}: {shown.left} is not {shown.right}\n\n{shown.code}"
        )
    return examined


def named(target: Any) -> tuple[str, str, Any]:
    """(its name, the line that imports it, the object) of a target."""
    if isinstance(target, str):
        loaded = load(target)
        name = target.rpartition(":")[2].rpartition(".")[2]
        return name, f"{name} = load({_absolute(target)!r})", loaded
    name = str(getattr(target, "__name__", ""))
    if not name:
        raise UsageError(f"{target!r} is neither a class nor a function", "pass one of them, or PATH.py:NAME")
    if "<locals>" in target.__qualname__:
        return name, f"# define {name} here: it is local to {target.__qualname__.partition('.')[0]}", target
    address = place_of(target)
    module, _, qualified = address.rpartition(":")
    if "." in qualified or module.endswith(".py"):
        return name, f"{name} = load({address!r})", target
    return name, f"from {module} import {name}", target


def _absolute(target: str) -> str:
    module_or_file, _, name = target.rpartition(":")
    return f"{Path(module_or_file).resolve()}:{name}" if module_or_file.endswith(".py") else target


def observe(side: Callable[[], Any]) -> observation.Observed:
    """What a side of a law comes to, for programs that show a counterexample."""
    import asyncio

    loop = asyncio.new_event_loop()
    try:
        return observation.observe("side()", {"side": side}, loop)
    finally:
        loop.close()
