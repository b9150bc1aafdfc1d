"""A coder that is no model: it gives the right program at a known rate, else one of many wrong ones.

Rule: what it says is a function of the prompt and the seed alone. Its evidence is worth nothing about any model; the
tier says so, and so does `WARNING`.
"""

import ast
import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from random import Random

from kgents.domain.json import JsonObject
from kgents.domain.outcome import Cause, Tier, Usage
from kgents.domain.ports import HarnessError, Limits, Reply
from kgents.errors import UsageError, nearest
from kgents.harness.mutants import mutant
from kgents.harness.prompt import compile_error, fenced, spec_of
from kgents.lazy_pattern import pattern
from kgents.sandbox.syntax import parse as parse_source

WARNING = (
    "SIMULATED: no model was asked. The coder is a simulation with a rate that was set, not measured, so this result "
    "says nothing about any model. Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or name a model with --model."
)
DEFAULT_RATE = Decimal(1)
_HINT = "as in --model simulated, --model simulated:0.8 or --model simulated:0.8,latency=0.2"


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is simulated: the rate of right programs and the seconds an answer takes."""

    rate: Decimal = DEFAULT_RATE
    latency: Decimal = Decimal(0)

    @property
    def name(self) -> str:
        """The model name that `parse_simulation` reads back."""
        return f"simulated:{self.rate}" + (f",latency={self.latency}" if self.latency else "")


def parse_simulation(model: str) -> Simulation:
    """Reads `simulated[:RATE][,latency=SECONDS]`; UsageError names what is wrong."""
    head, _, options = model.partition(",")
    _, colon, rate = head.partition(":")
    values = {"rate": _number(model, "rate", rate)} if colon else {}
    for option in filter(None, options.split(",")):
        name, _, value = option.partition("=")
        if name.strip() != "latency":
            near = "did you mean latency? " if nearest(name.strip(), ["latency"], 0.3) else ""
            raise UsageError(f"--model {model}: unknown setting {name.strip()!r}", f"{near}{_HINT}")
        values["latency"] = _number(model, "latency", value)
    simulation = Simulation(**values)
    if simulation.rate > 1:
        raise UsageError(f"--model {model}: the rate has to be between 0 and 1", _HINT)
    return simulation


class SimulatedCoder:
    """Gives the reference at a rate, else a mutant of it.

    references  the right program for a prompt; for a prompt that is not in it, code in the prompt that does something is
                right, and otherwise a skeleton is all there is to give
    """

    tier = Tier.SIMULATED

    def __init__(
        self,
        simulation: Simulation = Simulation(),
        references: Mapping[str, str] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._simulation = simulation
        self._references = {} if references is None else references
        self._sleep = sleep

    def describe(self) -> JsonObject:
        return {
            "harness": "simulated",
            "model": self._simulation.name,
            "rate": str(self._simulation.rate),
            "latency": str(self._simulation.latency),
        }

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        del trial
        if self._simulation.latency:
            await self._sleep(min(float(self._simulation.latency), limits.seconds))
        if self._simulation.latency >= limits.seconds:
            raise HarnessError(Cause.MODEL_TIMEOUT, f"no answer within {limits.seconds:g} s (--timeout)")
        draw = Random(seed)
        right = draw.random() < self._simulation.rate
        reference = self._references.get(prompt) or reference_of(spec_of(prompt))
        wrong = None if right else mutant(reference, draw)
        text = _answer(
            reference if wrong is None else wrong.code, draw, bare=wrong is not None and _is_prose(wrong.mistake)
        )
        usage = Usage(_tokens(prompt), _tokens(text), Decimal(0), 1)
        return Reply(text[: limits.output_bytes], usage, self._simulation.name, "stop")

    async def aclose(self) -> None:
        pass


@lru_cache(maxsize=256)
def reference_of(spec: str) -> str:
    """The specification itself where it is code that does something, else a skeleton of what it asks for."""
    if compile_error(spec) is None and _does_something(parse_source(spec)):
        return spec
    return _skeleton(spec)


def _does_something(tree: ast.Module) -> bool:
    """Whether there is a function whose body is more than a docstring, `...`, `pass` or NotImplementedError."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return any(not all(map(_says_nothing, function.body)) for function in functions)


def _says_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name("NotImplementedError") | ast.Call(func=ast.Name("NotImplementedError"))):
            return True
    return False


_SIGNATURE = pattern(r"(?:async\s+)?def\s+\w+\s*\(.*?\)\s*(?:->\s*[^:\n]+)?(?=:|$|\n)", re.DOTALL)


def _skeleton(spec: str) -> str:
    """A function with the signature found in the specification, that returns its first argument."""
    match = _SIGNATURE.search(spec)
    signature = match[0].strip() if match else f"def {_called(spec)}(value=None, *rest)"
    code = f"{signature}:\n    return None\n"
    if compile_error(code) is not None:
        return "def solution(value=None, *rest):\n    return value\n"
    function = parse_source(code).body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    arguments = [argument.arg for argument in function.args.posonlyargs + function.args.args]
    return f"{signature}:\n    return {arguments[0] if arguments else None}\n"


def _called(spec: str) -> str:
    """A name that prose gives to the function it asks for."""
    match = re.search(r"`(\w+)(?:\(|`)|\bfunction\s+(?:named\s+|called\s+)?`?([a-z_]\w*_\w+)\b|\b(\w+)\(", spec)
    name = next(filter(None, match.groups()), "") if match else ""
    return name if name.isidentifier() else "solution"


def _answer(code: str, draw: Random, *, bare: bool) -> str:
    """Code in the clothes that models put on it."""
    if bare:
        return code
    block = fenced(code.rstrip("\n"))
    return draw.choices(
        [
            block,
            f"Here is the function:\n\n{block}",
            f"{block}\n\nIt runs in one pass and needs no imports beyond the standard library.",
            f"Sure! This should do it.\n\n{block}\n\nLet me know if you want tests as well.",
        ],
        weights=[16, 2, 1, 1],
    )[0]


def _is_prose(mistake: str) -> bool:
    return mistake in ("prose", "empty")


def _tokens(text: str) -> int:
    """About what a tokenizer would say: four characters a token."""
    return -(-len(text) // 4)


def _number(model: str, parameter: str, text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise UsageError(f"--model {model}: the {parameter} is {text.strip()!r}, not a number from 0 up", _HINT)
    return number
