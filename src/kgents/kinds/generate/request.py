"""`generate` put together: spec, oracle, sandbox and coder become a request, and a recorded configuration runs again."""

import asyncio
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kgents.domain.json import digest_of
from kgents.domain.notice import tell
from kgents.domain.outcome import Tier
from kgents.domain.ports import Harness, Limits, TrialRunner
from kgents.errors import UsageError
from kgents.kinds.coders import close, coders_of, described, make_coders, only_arm, own_seeds, question_for
from kgents.kinds.confinement import keep_imports, sandbox_of
from kgents.kinds.generate.options import GenerateConfig, GenerateOptions, OracleOptions
from kgents.kinds.generate.program import asked_for as question_of_spec
from kgents.kinds.generate.program import is_solution, right_program, wanted_of, with_pairs
from kgents.kinds.generate.question import check_spec, parted
from kgents.kinds.generate.trial import Cell, Generate
from kgents.kinds.kind import Request, RunContext
from kgents.kinds.options import AskedArm, CoderConfig, RunSettings
from kgents.kinds.plan_warnings import PlanWarnings
from kgents.kinds.sandboxes import Opened, Sandboxes, check_interpreters, sandboxes_of
from kgents.sandbox.sandbox import Sandbox
from kgents.stats import Design
from kgents.verify.choosing import choose_oracle
from kgents.verify.oracle import Oracle
from kgents.verify.runs import runs
from kgents.verify.spec import read_spec
from kgents.verify.static import missing_tools
from kgents.verify.verifier import SandboxVerifier

if TYPE_CHECKING:
    from kgents.verify.stdio.choosing import GivenExamples

NOT_ASKED = ("simulated", "replay")  # coders that do not read the question
_LARGEST = 4_000_000  # bytes of a file of tests or inputs
_LARGEST_EXAMPLES = 128_000_000  # bytes


async def spec_request(
    spec: str,
    design: Design,
    run: RunSettings,
    options: GenerateOptions,
    context: RunContext,
    arms: Mapping[str, AskedArm] | None = None,
) -> Request:
    """A request for one spec; the sandboxes and coders that it opens go on to the trials.

    UsageError where the options cannot be met; nothing is written by then.
    """
    spec, description = parted(spec, options.get("describe"))
    options = {**options, "describe": description}
    arms = arms or only_arm(options)
    choices, coders = coders_of(arms, options, context)
    checks = _checks(options)
    examples = _given_examples(options)
    check_spec(spec, options)
    references: dict[str, str] = {}
    asked = make_coders(coders, context, references)
    sandboxes, oracle, doubts, known = await _opened(spec, options, checks, examples, asked, coders)
    harnesses = [choice.harness for choice in choices.values()]
    options = {**options, "describe": with_pairs(description, oracle.apart)}
    asked_for = question_of_spec(spec, options, oracle, sandboxes.common.environment.visible)
    unasked = [harness in NOT_ASKED for harness in harnesses]
    warned = _warned(known, doubts, "" if all(unasked) else asked_for.note or "")
    config = _config(spec, asked_for.prompt, coders, oracle, options)
    references.update(_references(config, oracle))
    named = {"coder": [choice.why for choice in choices.values()], "coders": known, **own_seeds(arms)}
    seen = {"question": asked_for.holds, "watch_outputs": not any(unasked)}
    facts = {**_registered(spec, config, oracle, sandboxes.common), **named, **seen, **warned.facts}
    model = " | ".join(choice.model or choice.harness for choice in choices.values())
    return Request(
        "generate", config, design, facts=facts, opened=Opened(sandboxes, asked),
        tier=_least(harnesses, oracle), oracle=oracle.title, model=model, arms=tuple(arms), **run,
    )  # fmt: skip


async def _opened(
    spec: str,
    options: GenerateOptions,
    checks: tuple[str, ...],
    examples: "GivenExamples | None",
    asked: Sequence[Harness],
    coders: Sequence[CoderConfig],
) -> tuple[Sandboxes, Oracle, list[str], list[dict[str, object]]]:
    """(the sandboxes, the oracle in the common one, what is doubtful about its tests, what coders say of themselves): side
    by side.

    Where one of them cannot be had nothing stays open.
    """
    describing = asyncio.create_task(described(asked))  # the client of an API takes a second or two to import
    texts = [spec, _file("--tests", options["tests"]) or "", examples.checker if examples else ""]
    judged_by = "tests" if options["tests"] else "stdio" if examples else "reference"
    opened: list[Sandboxes] = []
    try:
        opened.append(await sandboxes_of(options, coders, texts, [options.get("spec_file")], [judged_by]))
        oracle, doubts = await asyncio.to_thread(_oracle, spec, options, checks, examples, opened[0].common)
        await check_interpreters(opened[0], coders, [(oracle, spec)] if is_solution(spec, oracle) else [])
        return opened[0], oracle, doubts, await describing
    except BaseException:
        for sandboxes in opened:
            sandboxes.close()
        describing.cancel()
        await close(asked)
        raise


def _warned(known: Sequence[dict[str, object]], doubts: Sequence[str], note: str) -> PlanWarnings:
    """What is unusual about the coders, the tests and the question; the note on the question is also said at once."""
    warned = PlanWarnings()
    warned.keep(known)
    for doubt in doubts:
        warned.say("weak_tests", doubt)
    if note:
        tell("question", note, "note")
        warned.rows.append(["question", note])
    return warned


def _registered(spec: str, config: GenerateConfig, oracle: Oracle, sandbox: Sandbox) -> dict[str, object]:
    """What the plan fixes of the question and of its judge, by digest."""
    confinement = sandbox.describe()
    return {
        "spec": digest_of(spec),
        "prompt": digest_of(config["prompt"]),
        **({"shown": len(oracle.apart)} if oracle.apart else {}),
        "oracle_digest": oracle.digest,
        "sandbox": f"{confinement['level']}: {confinement['meaning']}",
        "recipe": confinement["recipe"],
        **({"exclude": config["exclude"]} if "exclude" in config else {}),
    }


def _oracle(
    spec: str, options: GenerateOptions, checks: tuple[str, ...], examples: "GivenExamples | None", sandbox: Sandbox
) -> tuple[Oracle, list[str]]:
    """(the oracle that the options ask for, what is doubtful about its tests). UsageError where it says nothing."""
    file, tests = options.get("spec_file"), options["tests"]
    oracle = choose_oracle(
        spec,
        _file("--tests", tests),
        sandbox,
        entry_point=options.get("entry_point"),
        inputs=_file("--inputs", options["inputs"]),
        tolerance=options["tolerance"],
        checks=checks,
        allow_weak=bool(options.get("allow_weak_oracle")),
        stem=Path(file).stem if file else "",
        path=str(tests.resolve()) if tests is not None else "",
        examples=examples,
        apart=options.get("show_examples") or 0,
    )
    doubts: list[str] = []
    oracle = replace(oracle, outside=options.get("integrity") == "outside", every=bool(options.get("every")))
    _check_scored(oracle)
    return _proven(spec, oracle, sandbox, doubts), doubts


def _check_scored(oracle: Oracle) -> None:
    """UsageError where shares of tests are asked for and there are none that could pass alone."""
    if not oracle.every:
        return
    if oracle.kind == "static" or oracle.inside:
        why = "nothing is run" if oracle.kind == "static" else "these tests run in the candidate's process, all or none"
        raise UsageError(
            f"--score tests: {why}", "give --tests whose values can cross, --examples, or a spec that runs"
        )


def shown_pairs(spec: str, entry_point: str | None, count: int) -> tuple[str, ...]:
    """The pairs that the question for a spec shows. UsageError where it has none."""
    sandbox = sandbox_of({"allow_weak_sandbox": False}, [spec], served=runs(["reference"]))
    try:
        return choose_oracle(spec, None, sandbox, entry_point=entry_point, apart=count).apart
    finally:
        sandbox.close()


def _config(
    spec: str, prompt: str, coders: list[CoderConfig], oracle: Oracle, options: GenerateOptions
) -> GenerateConfig:
    config: GenerateConfig = {
        "type": "generate",
        "spec": spec,
        "prompt": prompt,
        "coders": coders,
        "oracle": oracle.to_data(),
        "timeout": options["timeout"],
        "allow_weak_sandbox": options["allow_weak_sandbox"],
        "sandbox": options.get("sandbox"),
    }
    keep_imports(config, options)
    excluded = options.get("exclude")
    if excluded:
        config["exclude"] = list(excluded)
    return config


def _proven(spec: str, oracle: Oracle, sandbox: Sandbox, doubts: list[str]) -> Oracle:
    """The oracle, its tests tried on the spec, where that runs, and on stubs. UsageError where they say nothing."""
    if oracle.kind != "tests":
        return oracle
    from kgents.verify.mirrors.proof import proven

    read = read_spec(spec)
    classes = tuple(node.name for node in read.classes)
    return proven(oracle, sandbox, spec if read.runnable else None, classes, doubted=doubts.append)


def _checks(options: GenerateOptions) -> tuple[str, ...]:
    """The static checks that are asked for. UsageError where a tool for one is not there."""
    checks = tuple(word.strip() for word in options["checks"].split(",") if word.strip())
    missing_tools(checks)
    return checks


def _least(harnesses: Sequence[str], oracle: Oracle) -> Tier:
    """The tier of the evidence that coders give together: that of the one which gives least."""
    return min((_tier(harness, oracle) for harness in harnesses), key=list(Tier).index)


def _tier(harness: str, oracle: Oracle) -> Tier:
    if harness == "simulated":
        return Tier.SIMULATED
    if oracle.weak:
        return Tier.WEAK
    return Tier.SYNTACTIC if oracle.kind == "static" else Tier.EMPIRICAL


def _references(config: GenerateConfig, oracle: Oracle) -> Mapping[str, str]:
    """The right program for each question that is asked, for simulated coders."""
    right = right_program(config["spec"], oracle)
    return {question_for(coder, config["prompt"]): right for coder in config["coders"]}


async def build(config: GenerateConfig, context: RunContext, opened: Opened | None) -> TrialRunner:
    """What runs a recorded configuration; what is open is used and closed with it."""
    oracle = Oracle.from_data(config["oracle"])
    if opened is None:
        sandboxes = await sandboxes_of(config, config["coders"], judged_by=[oracle.kind])
        opened = Opened(sandboxes, make_coders(config["coders"], context, _references(config, oracle)))
    sandboxes = opened.sandboxes
    verifiers = {each: SandboxVerifier(oracle, each) for each in sandboxes}
    wanted = wanted_of(config, oracle)
    excluded = frozenset(config.get("exclude", ()))
    cells = [
        Cell(
            question_for(coder, config["prompt"]),
            harness,
            verifiers[sandboxes.of(coder)],
            sandboxes.of(coder),
            wanted=wanted,
            excluded=excluded,
            scored=oracle.every,
        )
        for coder, harness in zip(config["coders"], opened.coders, strict=True)
    ]
    sandboxes.close_unused(config["coders"])
    return Generate(cells, Limits(seconds=config["timeout"]))


def _given_examples(options: OracleOptions) -> "GivenExamples | None":
    """The examples and the checker. UsageError where they do not go with the other options."""
    examples = _file("--examples", options.get("examples"), _LARGEST_EXAMPLES)
    checker = _file("--checker", options.get("checker"))
    if examples is None:
        if checker is not None:
            raise UsageError("--checker needs --examples", "it says which outputs are right for their inputs")
        return None
    for name, path in (("tests", options["tests"]), ("inputs", options["inputs"])):
        if path is not None:
            raise UsageError(f"--examples and --{name} contradict each other", "leave one of them out")
    from kgents.verify.stdio.choosing import GivenExamples

    return GivenExamples(examples, checker or "")


def _file(option: str, path: Path | None, largest: int = _LARGEST) -> str | None:
    """The text of a file that an option names; .gz is unpacked."""
    if path is None:
        return None
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        if len(content) > largest:
            raise UsageError(f"{option} {path}: more than {largest} bytes", "give it less")
        if option == "--tests" and not content.strip():
            raise UsageError(f"{option} {path}: the file is empty", "call the function that is wanted, and assert")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise UsageError(f"{option} {path}: not UTF-8 text", "save it as UTF-8") from wrong
    except OSError as wrong:
        raise UsageError(f"{option} {path}: {wrong.strerror or wrong}", "name a file that can be read") from wrong
