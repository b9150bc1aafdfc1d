"""`parse` put together: options become a request, and a recorded configuration runs again."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kgents.domain.json import Json, digest_of
from kgents.domain.plan import Layout
from kgents.domain.ports import TrialRunner
from kgents.errors import UsageError, suggested
from kgents.kinds.kind import Request, RunContext
from kgents.kinds.options import PairedSettings, RunSettings, as_written
from kgents.kinds.parse.data import ParseConfig, ParserConfig
from kgents.kinds.parse.options import ParseOptions
from kgents.kinds.parse.trial import Parse, source_of
from kgents.parsing.census import weights_from
from kgents.parsing.corpora import built_in
from kgents.parsing.corpora.given import checked, document, read_documents
from kgents.parsing.mutator import chosen, families
from kgents.parsing.schema import check, faults
from kgents.parsing.strategy import available, strategy_of
from kgents.stats import Design


def request(
    design: Design,
    options: ParseOptions,
    run: RunSettings,
    context: RunContext,
    named: Mapping[str, str] | None = None,
) -> Request:
    """A request for trials of parsing. UsageError names the option.

    named  strategies and parsers by the names of their arms, in place of those of the options
    """
    config = configuration(options, run["seed"], context, named)
    arms = tuple(arm["name"] for arm in config["strategies"])
    facts: dict[str, Json] = {
        "spec": digest_of([config["corpus"] or "", *config["mutators"]]),
        "weights": config["weights"],
        "severities": config["severities"],
    }
    most = options["max_corruption"]
    if most is not None:
        harmless = 1 - most
        facts["harmless"] = repr(harmless)
        if design.target is not None:
            facts["questions"] = 2  # to be decided together
    if options["compare"]:
        return _comparison(config, design, arms, facts, run)
    return Request("parse", config, design, arms=arms, oracle="known truth", facts=facts, **run)


def _comparison(config: ParseConfig, design: Design, arms: tuple[str, ...], facts: Mapping[str, Json],
                run: RunSettings) -> Request:  # fmt: skip
    from kgents.engine.compare import duel_of

    if len(arms) < 2:
        raise UsageError("--compare needs two strategies or more", "--strategy A,B")
    duel = duel_of(design, len(arms))
    facts = {key: value for key, value in facts.items() if key not in ("harmless", "questions")}
    paired: PairedSettings = {**run, "layout": Layout.COMPARE, "boundary_digest": duel.boundary.digest}
    return Request("parse", config, design, arms=arms, oracle="known truth", facts=facts, **paired)


DEFAULTS: ParseOptions = {
    "strategy": None, "parser": (), "command": (), "corpus": None, "input": None, "schema": None, "mutators": None,
    "severity": "1", "weights": None, "weights_from": None, "limit": 1.0, "memory_mb": 512, "controls": 0, "examples": 10,
    "max_corruption": None, "recommend": False, "compare": True, "timeout": 120.0,
}  # fmt: skip


def contest(arms: Mapping[str, str], corpus: str, design: Design, timeout: float, run: RunSettings,
            context: RunContext) -> Request:  # fmt: skip
    """A request for the comparison of strategies, by the defaults of everything else."""
    return request(design, {**DEFAULTS, "corpus": corpus, "timeout": timeout}, run, context, arms)


def configuration(
    options: ParseOptions, seed: int, context: RunContext, named: Mapping[str, str] | None = None
) -> ParseConfig:
    """All that a trial needs. UsageError names the option."""
    documents, corpus, language, schema = _documents(options, context)
    mutators = [mutator.name for mutator in chosen(options["mutators"], language)]
    config: ParseConfig = {
        "type": "parse",
        "seed": seed,
        "language": language,
        "corpus": corpus,
        "documents": documents,
        "generated": documents is None and schema is not None,
        "schema": schema,
        "strategies": _named(named, language) if named is not None else _strategies(options, language),
        "mutators": mutators,
        "weights": _weights(options, mutators, language),
        "severities": _severities(options["severity"]),
        "seconds": options["limit"],
        "memory_mb": options["memory_mb"],
        "controls": options["controls"],
        "examples": options["examples"],
        "max_corruption": options["max_corruption"],
        "recommend": options["recommend"],
        "timeout": options["timeout"],
        "inapplicable": [],
    }
    source = source_of(config)
    config["inapplicable"] = list(source.inapplicable)
    config["weights"] = {family: config["weights"][family] for family in source.families}
    return config


def _documents(options: ParseOptions, context: RunContext) -> tuple[Any, str | None, str, Any]:
    """(the documents or None, the name of the corpus or None, the language, the schema or None)."""
    schema = None if options["schema"] is None else read_schema(options["schema"], context)
    corpus, asked = options["corpus"], options["input"]
    if asked is None and corpus is None and schema is not None:
        return None, None, "json", schema
    language = built_in(corpus or "llm-json").language
    if asked is None:
        if schema is not None:
            raise UsageError("--schema and --corpus contradict each other: built-in documents satisfy no schema of yours",
                             "leave --corpus out, or give --input")  # fmt: skip
        return None, corpus or "llm-json", language, None
    if asked.startswith("@"):
        documents = read_documents([Path(asked[1:])], language)
    else:
        text = sys.stdin.read() if asked == "-" else asked
        if not text.strip():
            raise UsageError("--input: the text is empty", "--input TEXT, @FILE, @FOLDER, or - for standard input")
        documents = checked([("input", document(text, language, "-" if asked == "-" else "TEXT"))])
    for name, value in documents:
        wrong = faults(value, schema) if schema is not None else []
        if wrong:
            path = "/".join(str(step) for step in wrong[0][0]) or "the root"
            raise UsageError(f"--input: {name} does not satisfy --schema: {wrong[0][2]} (at {path})",
                             "the documents are what is right: correct them, or the schema")  # fmt: skip
    return documents, f"{len(documents)} given", language, schema


def read_schema(text: str, context: RunContext) -> Any:
    """The JSON Schema in a file, or of a pydantic model MODULE:MODEL. UsageError where it is none."""
    if ":" in text and not Path(text).exists():
        schema = _schema_of_model(text, context)
    else:
        try:
            schema = json.loads(Path(text.removeprefix("@")).read_text(encoding="utf-8"))
        except OSError as wrong:
            raise UsageError(
                f"--schema {text}: {wrong.strerror}", "a file with a JSON Schema, or MODULE:MODEL"
            ) from wrong
        except ValueError as wrong:
            raise UsageError(f"--schema {text}: not valid JSON ({wrong})", "correct the file") from wrong
    check(schema)
    return schema


_MODEL = """
import json, sys
from kgents.sandbox.importing import NoFile, value_of
place, _, name = sys.argv[1].rpartition(":")
sys.path.insert(0, "")
from pydantic import TypeAdapter
try:
    model = value_of(place, name)
except NoFile as wrong:
    sys.exit(str(wrong))
print("\\x00" + json.dumps(TypeAdapter(model).json_schema()))
"""


def _schema_of_model(text: str, context: RunContext) -> Any:
    """The schema of a model, made in a process of its own: the module is the user's."""
    ended = subprocess.run([sys.executable, "-c", _MODEL, text], capture_output=True, text=True, check=False,
                           env=dict(context.environment), timeout=60)  # fmt: skip
    if ended.returncode or "\x00" not in ended.stdout:
        last = ended.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        hint = "pip install pydantic" if "No module named 'pydantic'" in last[0] else "MODULE:MODEL or PATH.py:MODEL"
        raise UsageError(f"--schema {text}: no schema of a model: {last[0]}", hint)
    return json.loads(ended.stdout.rpartition("\x00")[2])


def _named(arms: Mapping[str, str], language: str) -> list[ParserConfig]:
    return [_strategy(name, text, language) for name, text in arms.items()]


def _strategies(options: ParseOptions, language: str) -> list[ParserConfig]:
    words = options["strategy"]
    if options["recommend"] and words is None:
        words = ",".join(available(language))
    arms: list[ParserConfig] = [{"name": word.strip(), "strategy": strategy_of(word.strip(), language).name}
            for word in (words or "").split(",") if word.strip()]  # fmt: skip
    arms += [{"name": where, "parser": _absolute(where)} for where in options["parser"]]
    arms += [{"name": line, "command": line} for line in options["command"]]
    if not arms:
        raise UsageError("there is no strategy to try", f"--strategy {','.join(available(language)[:3])}, "
                         "--parser MODULE:FUNCTION or --command CMD")  # fmt: skip
    twice = next((arm["name"] for arm in arms if sum(other["name"] == arm["name"] for other in arms) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice} is named twice", "name each strategy once")
    return arms


def _strategy(name: str, text: str, language: str) -> ParserConfig:
    """A strategy by name, or a parser of the user."""
    if ":" in text:
        return {"name": name, "parser": _absolute(text)}
    return {"name": name, "strategy": strategy_of(text, language).name}


def _absolute(where: str) -> str:
    module, _, name = where.rpartition(":")
    return f"{Path(module).resolve()}:{name}" if module.endswith(".py") else where


def _severities(text: str) -> list[int]:
    """'2', '1-3', '1..3' or '1,3' as numbers."""
    numbers: list[int] = []
    try:
        for part in text.split(","):
            first, _, last = part.replace("..", "-").partition("-")
            numbers += range(int(first), int(last or first) + 1)
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1 or max(numbers) > 5:
        raise UsageError(f"--severity {text}: numbers of mutators from 1 to 5", "such as 2, or 1-3 for a curve")
    return sorted(set(numbers))


def _weights(options: ParseOptions, mutators: Sequence[str], language: str) -> dict[str, int]:
    used = {mutator.family for mutator in chosen(",".join(mutators), language)}
    known = [family for family in families(language) if family in used]
    if options["weights_from"] is not None and options["weights"] is not None:
        raise UsageError("--weights and --weights-from contradict each other", "leave one of them out")
    if options["weights_from"] is not None:
        return weights_from(options["weights_from"], known)
    if options["weights"] is None:
        return dict.fromkeys(known, 1)
    return _declared(options["weights"], known)


def _declared(text: str, known: Sequence[str]) -> dict[str, int]:
    weights: dict[str, int] = {}
    for part in text.split(","):
        name, _, number = (word.strip() for word in part.partition("="))
        if name not in known:
            raise UsageError(f"--weights {name}: there is no such class among those that are drawn{suggested(name, set(known))}",
                             f"classes: {', '.join(known)}")  # fmt: skip
        if not number.isdigit() or not 0 < int(number) <= 10**6:
            raise UsageError(
                f"--weights {part.strip()}: a weight is a whole number above 0", "--weights truncation=5,wrapping=2"
            )
        weights[name] = int(number)
    return weights


async def loaded(asked: Request, context: RunContext) -> Request:
    """The request with its parsers, loaded before anything else is opened. UsageError where one cannot be."""
    return replace(asked, opened=await build(as_written(ParseConfig, asked.config), context))


async def build(config: ParseConfig, context: RunContext) -> TrialRunner:
    """What runs a recorded configuration; parsers are loaded before the first trial."""
    kind = Parse(config, context.environment)
    await kind.start()
    return kind
