"""A suite put together: tasks, an oracle for each, one sandbox for all, and coders or a file of samples."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kgents.domain.json import digest_of
from kgents.domain.outcome import Tier
from kgents.domain.plan import Layout
from kgents.domain.ports import Harness
from kgents.errors import UsageError
from kgents.kinds.coders import close, coders_of, described, make_coders, only_arm, own_seeds
from kgents.kinds.confinement import keep_imports
from kgents.kinds.generate.completion import is_completed
from kgents.kinds.kind import Request, RunContext
from kgents.kinds.options import AskedArm, CoderConfig, LaidOutSettings, RunSettings, as_written
from kgents.kinds.plan_warnings import PlanWarnings
from kgents.kinds.sandboxes import Opened, Sandboxes, check_interpreters, sandboxes_of
from kgents.kinds.suite.assignment import BY_CODER, DRAWN, DRAWN_PAIRS, PAIRED, SAMPLES
from kgents.kinds.suite.build import references_of
from kgents.kinds.suite.files.samples import Samples, read_samples
from kgents.kinds.suite.files.suite import Suite, read_suite
from kgents.kinds.suite.files.task import Task
from kgents.kinds.suite.options import SampleOptions, SamplesConfig, SuiteConfig, SuiteOptions, TaskConfig, TaskOptions
from kgents.kinds.suite.oracles import oracle_of
from kgents.sandbox.sandbox import Sandbox
from kgents.stats import Control, Design, DesignError, Rule, share
from kgents.stats.default_cap import default_cap
from kgents.verify.mirrors.kept_proofs import KeptProofs
from kgents.verify.mirrors.line import lines_of
from kgents.verify.mirrors.proof import Unproven, Weak, proven
from kgents.verify.oracle import Oracle
from kgents.verify.stdio.proving import tried
from kgents.verify.verifier import SandboxVerifier

DEFAULT_KS = (1, 5, 10)


async def suite_request(
    suite_name: str,
    way: str,
    design: Design,
    run: RunSettings,
    options: SuiteOptions,
    context: RunContext,
    arms: Mapping[str, AskedArm] | None = None,
    k: str | None = None,
    control: Control = Control.EACH,
) -> Request:
    """A request for coders over a suite (a file, or one by name), laid out one `way`; `k` of pass@k, with commas.

    The sandboxes and coders that it opens go on to the trials.

    UsageError where the options cannot be met; nothing is written by then.
    """
    suite = read_suite(suite_name).only(options["tasks"])
    if is_completed(options):
        _check_stems(suite)
    arms = arms or only_arm(options)
    choices, coders = coders_of(arms, options, context)
    simulated = any(choice.harness == "simulated" for choice in choices.values())
    if control is not Control.EACH:
        design = _for_all(design, len(suite.tasks), run["capped_by_default"])
    model = " | ".join(choice.model or choice.harness for choice in choices.values())
    if way == PAIRED:
        way = DRAWN_PAIRS
    names = {DRAWN: ("",), **dict.fromkeys(BY_CODER, tuple(arms))}.get(way, tuple(task.id for task in suite.tasks))
    ks = _ks(k, design)
    asked = make_coders(coders, context, references_of(suite.tasks, coders))
    known = await described(asked)
    named = {"coder": [choice.why for choice in choices.values()], "coders": known, **own_seeds(arms)}
    facts: dict[str, object] = {**_family(control), **named}
    warned = PlanWarnings()
    warned.keep(known)
    laid_out = _LaidOut(suite_name, suite, way, ks, names, model, coders, simulated, asked=asked)
    return await _request(laid_out, design, run, facts, options, warned, context)


def _check_stems(suite: Suite) -> None:
    """UsageError where a task has no code that a base model could go on with."""
    without = [task.id for task in suite.tasks if not task.stem or task.prompt.rstrip() != task.stem.rstrip()]
    if without:
        raise UsageError(
            f"--prompt-style completion: {without[0]}{_others(without)} asks in words, there is no code to go on with",
            "leave it out, or take a suite such as humaneval",
        )


async def samples_request(suite_name: str, run: RunSettings, options: SampleOptions, context: RunContext) -> Request:
    """A request for the samples of a file. UsageError where file and suite do not fit."""
    whole = read_suite(suite_name)
    samples = await asyncio.to_thread(read_samples, options["samples"], whole)
    wanted = whole.only(options["tasks"]).tasks
    tasks = tuple(task for task in wanted if samples.programs[task.id])
    if not tasks:
        raise UsageError(
            "--task: the file of --samples has none for it", "name a task that the file has, or leave --task out"
        )
    warned = PlanWarnings()
    if len(tasks) < len(wanted):
        without = f"{len(wanted) - len(tasks)} of {len(wanted)} tasks"
        warned.say("left_out", f"{without} have no sample and are left out of every total")
    suite = Suite(whole.name, whole.digest, tasks)
    numbers = [len(samples.programs[task.id]) for task in tasks]
    design = Design(Rule.FIXED, options["target"], options["confidence"], max(numbers), futility=0.0)
    try:
        design.validate()
    except DesignError as wrong:
        raise UsageError(f"--{wrong.parameter} {wrong.value}: {wrong.allowed}", "such as --target 0.5") from wrong
    source: SamplesConfig = {"name": samples.path.name, "path": str(samples.path.resolve()), "sha256": samples.digest}
    control = Control(options["family"])
    facts = {**_family(control), "samples": samples.digest, "allowances": numbers}
    names, ks = tuple(task.id for task in tasks), _ks(options["k"], design)
    judged = _Judged(samples, source, len(wanted) - len(tasks), options["raw"])
    laid_out = _LaidOut(suite_name, suite, SAMPLES, ks, names, samples.path.name, [], False, judged)
    return await _request(laid_out, design, run, facts, options, warned, context)


def _family(control: Control) -> dict[str, str]:
    """The fact of a plan whose arms have one error together."""
    return {} if control is Control.EACH else {"family": control.value}


def _for_all(design: Design, tasks: int, capped_by_default: bool) -> Design:
    """The design, checked for tasks that have one error together; where nobody named a cap, with one that each can use."""
    if design.rule is Rule.POSTERIOR or design.target is None:
        raise UsageError("--family all and fdr need an error that is promised", "--adaptive, or --n with --target")
    if design.rule is Rule.FIXED or not capped_by_default or design.max_trials is None:
        return design
    try:
        return replace(design, max_trials=default_cap(share(design, tasks)))
    except DesignError as wrong:
        raise UsageError(f"--family: no cap serves {tasks} tasks at this confidence", "--confidence 0.9") from wrong


@dataclass(frozen=True, slots=True)
class _Judged:
    """Completions that are there already: where they come from, how many tasks have none, whether they are judged as they are."""

    samples: Samples
    source: SamplesConfig
    left_out: int
    raw: bool


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """A suite, by the name or file that was typed, and who answers its tasks.

    ks     of pass@k
    names  of the arms
    asked  made of `coders`
    """

    suite_name: str
    suite: Suite
    way: str
    ks: Sequence[int]
    names: tuple[str, ...]
    model: str
    coders: list[CoderConfig]
    simulated: bool
    judged: _Judged | None = None
    asked: Sequence[Harness] = ()


async def _request(
    laid_out: _LaidOut,
    design: Design,
    run: RunSettings,
    facts: Mapping[str, object],
    options: TaskOptions,
    warned: PlanWarnings,
    context: RunContext,
) -> Request:
    suite, way, judged = laid_out.suite, laid_out.way, laid_out.judged
    texts = [text for task in suite.tasks for text in (task.prompt, task.tests, task.setup, task.canonical or "")]
    judged_by = {"stdio" if task.programs else "tests" for task in suite.tasks}
    opened: list[Sandboxes] = []
    try:
        hidden = [laid_out.suite_name]
        opened.append(await sandboxes_of(options, laid_out.coders, texts, hidden, judged_by, context.meanwhile))
        sandbox = opened[0].common
        oracles = await asyncio.to_thread(_oracles, suite, sandbox, options, warned)
        solved = [(oracle, task.canonical) for oracle, task in zip(oracles, suite.tasks, strict=True) if task.canonical]
        await check_interpreters(opened[0], laid_out.coders, solved)
    except BaseException:
        for sandboxes in opened:
            sandboxes.close()
        await close(laid_out.asked)
        raise
    config = _config(laid_out, oracles, run["seed"], options)
    registered = {**_registered(suite, oracles, sandbox, options), **facts, **warned.facts}
    tier = Tier.SIMULATED if laid_out.simulated else Tier.EMPIRICAL
    layout = Layout.COMPARE if way in BY_CODER else Layout.INDEPENDENT
    trials = (design.max_trials or 0) * (1 if way in (DRAWN, *BY_CODER) else len(suite.tasks))
    settings: LaidOutSettings = {"layout": layout, **run, "max_errors": run["max_errors"] or max(10, trials // 20)}
    return Request(
        "suite", config, design, arms=laid_out.names, tier=tier, oracle=_title(oracles), model=laid_out.model, facts=registered,
        opened=(Opened(opened[0], laid_out.asked), None if judged is None else judged.samples), **settings,
    )  # fmt: skip


def _config(laid_out: _LaidOut, oracles: Sequence[Oracle], order: int, options: TaskOptions) -> SuiteConfig:
    """What the record keeps; `order` is the seed by which tasks are drawn."""
    suite, judged = laid_out.suite, laid_out.judged
    config: SuiteConfig = {
        "type": "suite",
        "suite": suite.name,
        "suite_digest": suite.digest,
        "way": laid_out.way,
        "order": order,
        "k": list(laid_out.ks),
        "coders": laid_out.coders,
        "samples": None if judged is None else judged.source,
        "left_out": 0 if judged is None else judged.left_out,
        "tasks": [_recorded(task, oracle) for task, oracle in zip(suite.tasks, oracles, strict=True)],
        "timeout": options["timeout"],
        "allow_weak_sandbox": options["allow_weak_sandbox"],
        "sandbox": options.get("sandbox"),
    }
    keep_imports(config, options)
    if judged is not None:
        config["raw"] = judged.raw
    if options.get("exclude"):
        config["exclude"] = list(options["exclude"])
    return config


def _registered(suite: Suite, oracles: Sequence[Oracle], sandbox: Sandbox, options: TaskOptions) -> dict[str, object]:
    """What the plan fixes of the tasks and of their judges, by digest."""
    confinement = sandbox.describe()
    return {
        "spec": digest_of([suite.digest, [task.id for task in suite.tasks]]),
        "suite": suite.digest,
        "oracle_digest": digest_of([oracle.digest for oracle in oracles]),
        "sandbox": f"{confinement['level']}: {confinement['meaning']}",
        "recipe": confinement["recipe"],
        **({"exclude": list(options["exclude"])} if options.get("exclude") else {}),
    }


def _oracles(suite: Suite, sandbox: Sandbox, options: TaskOptions, warned: PlanWarnings) -> list[Oracle]:
    """An oracle for each task, tried on the suite's own solution and, tests, on stubs. UsageError where they say nothing."""
    if options["oracle"] != "reference" and not all(task.programs or task.inputs for task in suite.tasks):
        lines_of(sandbox).expect()
    oracles = [oracle_of(task, sandbox, options["oracle"], options["tolerance"]) for task in suite.tasks]
    outside, every = options.get("integrity") == "outside", bool(options.get("every"))
    oracles = [replace(oracle, outside=outside, every=every) for oracle in oracles]
    if every:
        _check_scored(suite, oracles)
    pairs = zip(suite.tasks, oracles, strict=True)
    known = KeptProofs(suite.digest, sandbox)
    tried = list(sandbox.pool.map(lambda pair: _tried(pair[0], pair[1], sandbox, known), pairs))
    known.keep()
    weak = [trial.weak for trial in tried if trial.weak is not None]
    if len(weak) == len(tried):
        raise weak[0]
    wrong = [(task.id, trial.error) for task, trial in zip(suite.tasks, tried, strict=True) if trial.error is not None]
    if wrong:
        name, others = wrong[0][0], _others(wrong)
        text = f"the suite's own solution of {name}{others} does not pass: is the oracle broken? {wrong[0][1]}"
        warned.say("own_solution", text)
    if weak:
        warned.say("weak_tests", f"{weak[0].message}{_others(weak)}")
    return [trial.oracle for trial in tried]


def _check_scored(suite: Suite, oracles: Sequence[Oracle]) -> None:
    """UsageError where shares of tests are asked for and those of a task pass all or none."""
    inside = [(task.id, oracle) for task, oracle in zip(suite.tasks, oracles, strict=True) if oracle.inside]
    if inside:
        raise UsageError(
            f"--score tests: the tests of {inside[0][0]}{_others(inside)} run in the candidate's process, all or none",
            "--oracle reference, or --tasks those whose values can cross",
        )


def _others(named: Sequence[Any]) -> str:
    return f" (and {len(named) - 1} more)" if len(named) > 1 else ""


@dataclass(frozen=True, slots=True)
class _Tried:
    """An oracle with what the own solution needed; how that solution fails, or that a stub passes."""

    oracle: Oracle
    error: str | None = None
    weak: Weak | None = None


def _tried(task: Task, oracle: Oracle, sandbox: Sandbox, known: KeptProofs) -> _Tried:
    if oracle.programs is not None:
        return _tried_programs(task, oracle, sandbox)
    if oracle.kind == "tests":
        good, subject = task.canonical or None, f"the tests of {task.id}"
        try:
            return _Tried(known.proven(oracle, good or "", lambda: proven(oracle, sandbox, good, subject=subject)))
        except Unproven as wrong:
            return _Tried(oracle, error=wrong.error)
        except Weak as wrong:
            return _Tried(wrong.oracle, weak=wrong)
    judgement = SandboxVerifier(oracle, sandbox).judge(task.canonical) if task.canonical else None
    return _Tried(oracle, judgement.error if judgement is not None and judgement.success is False else None)


def _tried_programs(task: Task, oracle: Oracle, sandbox: Sandbox) -> _Tried:
    """Examples of a task, tried on programs that are wrong whatever it is about, and on its own solution."""
    oracle = replace(oracle, programs=tried(oracle.programs, sandbox) if oracle.programs is not None else None)
    judgement = SandboxVerifier(oracle, sandbox).judge(task.canonical) if task.canonical else None
    error = judgement.error if judgement is not None and judgement.success is False else None
    if oracle.programs is None or not oracle.programs.weak:
        return _Tried(oracle, error)
    told = f"a program that {oracle.programs.passing[0]} passes the examples of {task.id}"
    return _Tried(oracle, error, Weak(f"{told}: they cannot tell right from wrong", oracle))


def _title(oracles: Sequence[Oracle]) -> str:
    kinds = [oracle.kind + (" in the candidate's process" if oracle.inside else "") for oracle in oracles]
    counted = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
    return ", ".join(f"{kind} ({count} {'task' if count == 1 else 'tasks'})" for kind, count in counted.items())


def _ks(text: str | None, design: Design) -> tuple[int, ...]:
    """--k as numbers: each at most the number of trials of a task."""
    most = design.max_trials or 1
    if text is None:
        return tuple(k for k in DEFAULT_KS if k <= most)
    try:
        ks = tuple(sorted({int(word) for word in text.split(",")}))
    except ValueError:
        raise UsageError(f"--k {text!r}: whole numbers with commas between them", "such as --k 1,5,10") from None
    if not ks or ks[0] < 1:
        raise UsageError(f"--k {text!r}: from 1 up", "such as --k 1,5,10")
    if ks[-1] > most:
        raise UsageError(
            f"--k {ks[-1]}: no task has more than {most} trials", f"--n {ks[-1]} or more, or a smaller --k"
        )
    return ks


def _recorded(task: Task, oracle: Oracle) -> TaskConfig:
    return as_written(TaskConfig, {**task.to_data(), "oracle": oracle.to_data()})
