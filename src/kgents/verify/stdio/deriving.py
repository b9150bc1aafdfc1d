"""A spec that reads standard input as oracle: inputs that its own run asks for, and whether they tell mutants apart."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from kgents.errors import UsageError
from kgents.sandbox.program import Limits
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.reference.derive import FULL, Strength
from kgents.verify.reference.kept import keep, key_of, recalled
from kgents.verify.stdio.examples import Example, Programs, without
from kgents.verify.stdio.judging import difference, job_of
from kgents.verify.stdio.processes import Ran, run_case
from kgents.verify.stdio.proving import tried

VERSION = 5
ENOUGH = 8  # inputs at least
WALL = 20.0
REMEDY = "give --examples FILE: pairs of stdin and stdout"
_GENERATE = "kgents.verify.stdio.inside.generating:main"
_MODULES = (
    *(f"kgents.verify.reference.inside.{name}" for name in ("effects", "edits", "mutants")),
    *(
        f"kgents.verify.stdio.inside.{name}"
        for name in ("commands", "nodes", "shapes", "hints", "tokens", "generating")
    ),
)
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A mutant: its operator, the line that it changed, whether that line reads input, and its text."""

    operator: str
    line: str
    is_reading: bool
    text: str


def derived_programs(
    spec: str, sandbox: Sandbox, tolerance: float | None, allow_weak: bool, apart: int = 0
) -> Programs:
    """What judges programs by a spec that is one. UsageError where how it reads is not understood, or the inputs that its
    run asks for do not tell right from wrong.

    apart  so many of these are taken out, to be shown
    """
    parts = {"stdio": VERSION, "spec": spec, "environment": sandbox.environment.digest, "recipe": sandbox.name}
    key = key_of({**parts, "apart": apart} if apart else parts)
    known = recalled(key)
    programs = Programs.from_data(known) if known is not None else None
    if programs is None:
        programs = _derived(spec, sandbox, apart)
        keep(key, programs.to_data())
    if programs.weak and not allow_weak:
        why = programs.weak_reason or f"a program that {programs.passing[0]} passes"
        raise UsageError(f"--spec: {why}: its inputs do not tell right from wrong", f"{REMEDY}; or --allow-weak-oracle")
    if tolerance is not None:
        programs = programs.but(examples=tuple(_near(one, tolerance) for one in programs.examples))
    return programs


def _near(example: Example, tolerance: float) -> Example:
    return Example(example.stdin, example.answers, near=tolerance, layouts=example.layouts)


def _derived(spec: str, sandbox: Sandbox, apart: int) -> Programs:
    told, ended = sandbox.ask(
        sandbox.program(_GENERATE, modules=_MODULES, limits=Limits(cpu_s=120)), {"source": spec}, 200
    )
    if not isinstance(told, dict):
        raise UsageError(f"--spec could not be tried: its process ended ({ended.exit}, {ended.signal})", REMEDY)
    if told.get("effects"):
        kinds = ", ".join(told["effects"])
        raise UsageError(f"--spec reads {kinds}: what it prints is no measure for another program", REMEDY)
    if "unclear" in told:
        raise UsageError(f"--spec: how it reads standard input is not understood ({told['unclear']})", REMEDY)
    inputs = [str(text) for text in told["inputs"]]
    examples = _answered(spec, inputs, sandbox)
    if len(examples) < ENOUGH:
        why = f" ({told['error']})" if told.get("error") else ""
        raise UsageError(f"--spec: {len(examples)} inputs were found on which it ends without an error{why}", REMEDY)
    examples, shown = without(examples, None, apart)
    if told.get("tokens"):
        examples = [Example(one.stdin, one.answers, layouts=layouts_of(one.stdin)) for one in examples]
    programs = tried(Programs(tuple(examples), how="stdin from how the spec reads it", apart=shown), sandbox)
    return _strengthened(programs, [_Wrong(str(a), str(b), bool(c), str(d)) for a, b, c, d in told["mutants"]], sandbox)


def _answered(spec: str, inputs: list[str], sandbox: Sandbox) -> list[Example]:
    """Inputs with what the spec prints, in a process of its own and twice alike."""

    def run(stdin: str) -> Ran:
        return run_case(sandbox, job_of(spec, Programs(()), Example(stdin), ()), stdin, WALL)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        runs = list(pool.map(run, inputs))
        again = list(pool.map(run, inputs[:ENOUGH]))
    if any(one.stdout != other.stdout for one, other in zip(runs, again, strict=False)):
        raise UsageError("--spec prints another text when it is run again: it is not deterministic", REMEDY)
    return [
        Example(stdin, (ran.stdout,))
        for stdin, ran in zip(inputs, runs, strict=True)
        if ran.whole and ran.raised is None and not ran.exit and not ran.unreadable
    ]


def _strengthened(programs: Programs, wrong: list[_Wrong], sandbox: Sandbox) -> Programs:
    """With what a person is told of the mutants that the inputs tell apart. Those in how input is taken apart count only
    where they are.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        fates = list(pool.map(lambda one: _is_killed(one, programs, sandbox), wrong))
    killed = fates.count(True)
    alive = [one for one, fate in zip(wrong, fates, strict=True) if fate is False and not one.is_reading]
    strength = Strength(
        killed,
        killed + len(alive),
        len(programs.examples),
        0,
        0,
        tuple((one.operator, 0, one.line) for one in alive),
    )
    sentence = f"the inputs kill {strength.killed} of {strength.mutants} mutants of the spec"
    if strength.share < FULL and alive:
        sentence += f" (alive: {'; '.join(f'{one.operator}: {one.line}' for one in alive[:3])})"
    return programs.but(strength=sentence, weak_reason=f"{sentence}: too few" if strength.weak else "")


def _is_killed(wrong: _Wrong, programs: Programs, sandbox: Sandbox) -> bool | None:
    """Whether an input tells a mutant apart: another output, an exception, no end. None where its output differs in what is
    not compared only, such as white space.
    """
    is_other = False
    for example in programs.examples:
        job: dict[str, object] = {**job_of(wrong.text, programs, example, ()), "seconds": 2}
        ran = run_case(sandbox, job, example.stdin, WALL)
        if not ran.whole or difference(example, ran) is not None:
            return True
        is_other = is_other or ran.stdout not in example.answers
    return None if is_other else False


def layouts_of(stdin: str) -> tuple[str, ...]:
    """Other ways to lay out what was read as parts, whose lines nobody knows: all in one line; the first alone, then the
    rest; the first alone, then as many lines as it says.
    """
    parts = stdin.split()
    first, rest = parts[:1], parts[1:]
    ways = [" ".join(parts), "\n".join(filter(None, [*first, " ".join(rest)]))]
    count = int(first[0]) if first and first[0].isdigit() else 0
    if 0 < count < len(rest) and len(rest) % count == 0:
        width = len(rest) // count
        ways.append("\n".join([*first, *(" ".join(rest[n : n + width]) for n in range(0, len(rest), width))]))
    return tuple(f"{text}\n" for text in ways)
