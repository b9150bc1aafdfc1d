"""`kg experiment laws`."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.designs import check_confidence
from kgents.cli.examples import meant
from kgents.cli.files import InputFile
from kgents.cli.generation_options import coder_options
from kgents.cli.option_types import RunOptions, ShownOptions
from kgents.cli.options import check_outputs, option, output_options, record_options, run_options, run_settings
from kgents.cli.running import Prepare, run
from kgents.cli.texts import read_text
from kgents.errors import UsageError
from kgents.kinds.laws.options import LawOptions
from kgents.kinds.reasoning.options import ReasoningOptions
from kgents.kinds.traces.options import TraceOptions

if TYPE_CHECKING:
    from kgents.kinds.kind import Request, RunContext
    from kgents.runner.session import Record


_TEXT = InputFile("name a file of UTF-8 text that can be read")


class LawsCommand(LawOptions, ReasoningOptions, TraceOptions, RunOptions, ShownOptions):
    """All options of `kg experiment laws`."""

    target: str | None
    problem: str | None
    problems: Path | None
    traces: Path | None


@click.command()
@option("--target", default=None, help="PATH.py:NAME or PACKAGE.MODULE:NAME, a class or a function of two elements.")
@option(
    "--laws",
    "names",
    default=None,
    help="Laws, sets, PATH.py:FUNCTION, with commas.  [default: identity,associativity]",
)
@option("--cases", type=int, default=200, show_default=True, help="Cases per law that are searched.")
@option("--compose", default=None, help="The composition: an operator, a method, or '{0}.join({1})'.")
@option("--identity", default=None, help="The neutral element, an expression.")
@option("--elements", default=None, help="What the elements are: a type, such as 'list[str]'.")
@option("--observe", default=None, help="How an element is looked at: '{0}.total' or a method.")
@option("--probes", default=None, help="What x is in observations and laws of functors: a type.")
@option("--inverse", default=None, help="For the law inverse: '-{0}' or a method.")
@option("--plus", default=None, help="For distributivity and absorption: the other operation.")
@option("--map", default=None, help="For functors: a method, or '{0}.map({1})'.  [default: map]")
@option("--unit", default=None, help="For monads: '{0}' in the monad, such as 'Maybe({0})'.  [default: unit, of, pure]")
@option("--bind", default=None, help="For monads: a method.  [default: bind, flat_map, chain]")
@option("--image", default=None, help="For homomorphism: a function of an element, such as len.")
@option("--image-compose", default=None, help="How images compose, where not as elements do: '+'.")
@option("--zero", default=None, help="For semirings: the neutral element of --plus, an expression.")
@option("--insert", default=None, help="For operads: composes at an input, counted from 0: '{0}.compose({1}, {2})'.")
@option("--arity", default=None, help="For operads: how many inputs, such as 'len({0})'.  [default: arity]")
@option("--restrict", default=None, help="For sheaves: a section on fewer points, '{0}.restrict({1})'.")
@option("--glue", default=None, help="For sheaves: two sections in one, '{0}.glue({1})'.")
@option("--domain", default=None, help="For sheaves: the set of points that a section is over.  [default: domain]")
@option("--ap", default=None, help="For applicatives: {0} holds a function, {1} a value: '{0}.ap({1})'.")
@option("--traverse", default=None, help="For traversables, {2} is pure: '{0}.traverse({1}, {2})'.")
@option("--get", default=None, help="For lenses: the part of a whole, such as '{0}.name'.")
@option("--put", default=None, help="For lenses: a whole with another part, 'replace({0}, name={1})'.")
@option("--sample", default=None, help="A stochastic target: draws an element, such as 'Die(random.randint(1, 6))'.")
@option("--holds-at-least", type=float, default=0.95, show_default=True, help="With --sample: the rate in question.")
@option("--allow-weak-sandbox", is_flag=True, help="Run the target even below sandbox level L3.")
@option("--memory-mb", type=int, default=1024, show_default=True, help="Memory of an examination.")
@option("--problem", default=None, help="A problem for a model: TEXT, @FILE, or - for stdin.")
@option("--problems", default=None, type=_TEXT, help="Problems, one JSON a line.")
@option("--traces", default=None, type=_TEXT, help="Recorded traces, one JSON a line.")
@option("--judge", default=None, help="With --traces: a model that judges what could not be checked.")
@option("--judge-votes", type=int, default=1, show_default=True, help="Opinions per trace; the majority counts.")
@option(
    "--judge-stories", type=int, default=60, show_default=True, help="Stories that calibrate the judge, half planted."
)
@option("--answer", default="number", show_default=True, help="number, choice, yesno, text, json:PATH, regex:PATTERN.")
@option("--transform", default=None, help="Transformations or tiers, with commas.  [default: label,lines,please]")
@option("--epsilon", type=float, default=0.1, show_default=True, help="A law holds where its effect is below this.")
@option("--measure", is_flag=True, help="Go on after a violation until its effect is above or below --epsilon.")
@option("--confidence", type=float, default=0.95, show_default=True, help="1 − the rate of false alarms.")
@option("--max-trials", type=int, default=200, show_default=True, help="Blocks of four answers per law, at most.")
@coder_options
@run_options
@output_options
@record_options
def laws(**options: Unpack[LawsCommand]) -> int:
    """Laws of Python objects, refuted by a counterexample that can be pasted, and of a model's reasoning, by e-values.

    \b
    kg experiment laws --target shapes.py:Path
    kg experiment laws --target collections:Counter --laws associativity,commutativity --cases 1000
    kg experiment laws --problem "What is 17 + 25?" --model simulated-reasoner:s=0.8,d=0.3
    """
    return run(prepared(options), options)


def prepared(options: LawsCommand) -> Prepare:
    """What asks for the experiment, once the record is open. UsageError for options that make none."""
    check_outputs(options["outputs"])
    subjects = [name for name in ("target", "problem", "problems", "traces") if options[name] is not None]
    if not subjects and options["names"] is not None and own_only(options["names"]):
        subjects, options["target"] = ["target"], options["names"].split(",")[0].strip()
    if len(subjects) != 1:
        more = f", not {' and '.join(f'--{name}' for name in subjects)} together" if subjects else ""
        raise UsageError(
            f"one of --target, --problem, --problems and --traces is needed{more}", "such as --target shapes.py:Path"
        )
    _check_belongs(subjects[0], options)
    check_confidence(options["confidence"])
    if options["traces"] is not None:
        return partial(_traces_request, options["traces"], options)
    if subjects != ["target"]:
        _check_reasoning(options)
        return partial(_reasoning_request, options)
    if not 1 <= options["cases"] <= 100_000:
        raise UsageError(f"--cases {options['cases']}: from 1 to 100000", "such as --cases 200")
    return partial(_laws_request, options)


def own_only(names: str | None) -> bool:
    """Whether all laws are functions of the user's, which need no target."""
    words = [word.strip() for word in (names or "").split(",")]
    return all(":" in word for word in words)


_BELONGS = {
    "compose": "target", "identity": "target", "elements": "target", "observe": "target", "probes": "target",
    "inverse": "target", "plus": "target", "map": "target", "unit": "target", "bind": "target", "image": "target",
    "image_compose": "target", "zero": "target", "insert": "target", "arity": "target", "restrict": "target",
    "glue": "target", "domain": "target", "ap": "target", "traverse": "target", "get": "target", "put": "target",
    "sample": "target", "judge": "traces", "transform": "problem", "measure": "problem",
}  # fmt: skip


def _check_belongs(subject: str, options: LawsCommand) -> None:
    """UsageError for an option that would be ignored."""
    kind = "problem" if subject == "problems" else subject
    values: Mapping[str, object] = options
    for name, wanted in _BELONGS.items():
        if values[name] and wanted != kind:
            raise UsageError(f"--{name.replace('_', '-')} goes with --{wanted}, not with --{subject}", "leave it out")
    if options["names"] and subject == "traces":
        raise UsageError("--laws goes with --target or --problem: the law of --traces is coherence", "leave it out")


async def _laws_request(options: LawsCommand, record: "Record", context: "RunContext") -> "Request":
    from kgents.kinds.laws.request import request
    from kgents.kinds.stochastic_law.request import request as sampled

    ask = request if options["sample"] is None else sampled
    return await ask(options["target"] or "", options, run_settings(options))


def _check_reasoning(options: LawsCommand) -> None:
    if not 0 < options["epsilon"] <= 1:
        raise UsageError(f"--epsilon {options['epsilon']:g}: above 0 and at most 1", meant("epsilon", None))
    if not 1 <= options["max_trials"] <= 100_000:
        raise UsageError(f"--max-trials {options['max_trials']}: from 1 to 100000", meant("max-trials", None))


async def _reasoning_request(options: LawsCommand, record: "Record", context: "RunContext") -> "Request":
    from kgents.kinds.reasoning.request import read_problems, request

    if options["problems"] is not None:
        problems = read_problems(options["problems"])
    else:
        problems = [{"text": read_text("--problem", options["problem"] or "").strip(), "steps": []}]
    return await request(problems, options, run_settings(options), context)


async def _traces_request(traces: Path, options: LawsCommand, record: "Record", context: "RunContext") -> "Request":
    from kgents.kinds.traces.request import request

    counts = (("judge-votes", options["judge_votes"], 1), ("judge-stories", options["judge_stories"], 10))
    for flag, count, least in counts:
        if not least <= count <= 1000:
            raise UsageError(f"--{flag} {count}: from {least} to 1000", f"such as --{flag} {least}")
    return await request(traces, options, run_settings(options), context)
