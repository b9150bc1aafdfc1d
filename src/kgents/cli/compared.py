"""Which experiment a comparison asks for: what its options are, and what its arms."""

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from kgents.cli.generate import only_a_suite
from kgents.cli.option_types import SpecOptions
from kgents.cli.options import (
    run_settings,
)
from kgents.domain.json import Json, digest_of
from kgents.domain.plan import AGAINST_ITSELF, Layout
from kgents.errors import UsageError
from kgents.kinds.command.options import CommandConfig, CommandOptions
from kgents.stats import Design

if TYPE_CHECKING:
    from kgents.kinds.kind import Request, RunContext
    from kgents.kinds.options import AskedArm, PairedSettings, RunSettings
    from kgents.runner.session import Record


PAIRS = "pairs"


TOP_TWO = "top-two"


class PairsOptions(TypedDict):
    """What the design of a comparison is made of; `max_trials` caps the pairs."""

    confidence: float
    max_trials: int
    margin: float | None


class CompareCommand(SpecOptions, CommandOptions, PairsOptions):
    """All options of `kg experiment compare`."""

    corpus: str | None
    aa: str | None
    repeats: int
    not_worse: bool
    allocation: str
    score: str | None
    score_range: str
    series: str | None


async def request_of(
    arms: dict[str, str],
    asked: "dict[str, AskedArm]",
    design: Design,
    spec: str | None,
    options: CompareCommand,
    record: "Record",
    context: "RunContext",
) -> "Request":
    """The request, once the record is open."""
    from kgents.engine.compare import rule_digest
    from kgents.engine.not_worse import NAME as NOT_WORSE

    if options["score"] is not None:
        return replace(await _scored(arms, asked, design, spec, options, context), series=options["series"])
    pairs = options["allocation"] == PAIRS
    rule = rule_digest(design, len(arms)) if pairs else digest_of([TOP_TWO, design.to_data()])
    common: PairedSettings = {**run_settings(options), "layout": Layout.COMPARE, "boundary_digest": rule}
    request = await _of_kind(arms, asked, design, spec, common, options, context)
    more: dict[str, Json] = {} if pairs else {"allocation": TOP_TWO}
    if options["aa"] is not None:
        more.update(claim=AGAINST_ITSELF, repeats=options["repeats"])
        common["max_errors"] = common["max_errors"] or max(10, options["max_trials"] * options["repeats"] // 5)
    if options["not_worse"]:
        more["claim"] = NOT_WORSE
    return replace(request, facts={**request.facts, **more}, series=options["series"])


async def _of_kind(
    arms: dict[str, str],
    asked: "dict[str, AskedArm]",
    design: Design,
    spec: str | None,
    common: "RunSettings",
    options: CompareCommand,
    context: "RunContext",
) -> "Request":
    """The request of the kind that the options name: parsers, a suite, commands or a spec."""
    if options["corpus"] is not None:
        from kgents.kinds.parse.request import contest

        return contest(arms, options["corpus"], design, options["timeout"], common, context)
    if options["suite"] is not None:
        from kgents.kinds.suite.request import suite_request

        return await suite_request(options["suite"], "paired", design, common, options, context, asked)
    if spec is not None:
        from kgents.kinds.generate.request import spec_request

        return await spec_request(spec, design, common, options, context, asked)
    from kgents.kinds.kind import Request

    config, facts = _commands(arms, options, context)
    return Request("command", config, design, arms=tuple(arms), oracle="exit status", facts=facts, **common)


def _commands(
    arms: dict[str, str], options: CompareCommand, context: "RunContext"
) -> "tuple[CommandConfig, dict[str, Json]]":
    """(configuration, facts) of arms that are commands."""
    from kgents.kinds.command.lines import argv_of
    from kgents.kinds.command.request import command_config

    commands = {name: argv_of((line,)) for name, line in arms.items()}
    config = command_config(commands, options, context.environment)
    return config, {"spec": digest_of([list(argv) for argv in commands.values()])}


async def _scored(
    arms: dict[str, str],
    asked: "dict[str, AskedArm]",
    design: Design,
    spec: str | None,
    options: CompareCommand,
    context: "RunContext",
) -> "Request":
    """Which arm has the highest mean score, or whether the second of two is not worse."""
    from kgents.engine.not_worse import NAME as NOT_WORSE
    from kgents.kinds.command.score import decided_by_pairs, reader_of
    from kgents.kinds.kind import Request

    claim = NOT_WORSE if options["not_worse"] else None
    if options["suite"] is not None or spec is not None:
        options["every"] = True
        request = await _of_kind(arms, asked, design, spec, run_settings(options), options, context)
        return decided_by_pairs(request, "0.0", "1.0", claim)
    reader = reader_of(options["score"] or "", options["score_range"])
    low, high = repr(reader.low), repr(reader.high)
    config, facts = _commands(arms, options, context)
    config["score"] = {"source": reader.source, "low": low, "high": high}
    request = Request(
        "command", config, design, arms=tuple(arms), oracle=f"score: {reader.source}", facts=facts,
        **run_settings(options),
    )  # fmt: skip
    return decided_by_pairs(request, low, high, claim)


def check_kind(spec: str | None, options: CompareCommand) -> None:
    """UsageError where options name two kinds of arms, or what a suite brings itself."""
    asked = {"spec": spec, "suite": options["suite"], "corpus": options["corpus"]}
    named = [name for name, value in asked.items() if value is not None]
    if len(named) > 1:
        raise UsageError(f"--{named[0]} and --{named[1]} contradict each other", "each says what the arms are")
    if options["suite"] is not None:
        only_a_suite(options)


def asked_of(arms: dict[str, str]) -> "dict[str, AskedArm]":
    """Harness and model of every arm, and what each says for itself."""
    from kgents.cli.arms import read_arm
    from kgents.harness.registry import names

    known = frozenset(names())
    return {name: read_arm(name, words, known) for name, words in arms.items()}
