"""`laws` of reasoning put together: problems, transformations and a model become a request."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kgents.domain.json import digest_of
from kgents.domain.json_lines import values
from kgents.domain.outcome import Tier
from kgents.domain.plan import DecidedBy, Layout
from kgents.domain.ports import Harness, TrialRunner
from kgents.errors import UsageError
from kgents.kinds.coders import choose_coder, coder_config, described, make_coder
from kgents.kinds.kind import Request, RunContext
from kgents.kinds.options import CoderConfig, RunSettings
from kgents.kinds.reasoning.options import ProblemConfig, ReasoningConfig, ReasoningOptions
from kgents.kinds.reasoning.trial import Reasoning
from kgents.laws.answers import check_kind
from kgents.laws.cores import needs_z3
from kgents.laws.problems import Problem, layout_of
from kgents.laws.reasoner import NAME, reasoner
from kgents.laws.transformations import chosen, transform
from kgents.stats import Design, Prior, Rule

_LINE = 'lines such as {"problem": "What is 17 + 25?"}'
_LAWS = ("identity", "associativity", "coherence")


async def request(
    problems: Sequence[ProblemConfig], options: ReasoningOptions, run: RunSettings, context: RunContext
) -> Request:
    """A request for the laws of reasoning. UsageError where options or problems do not fit."""
    check_kind(options["answer"])
    arms = _arms(problems, options)
    coder = _coder(options, context)
    config: ReasoningConfig = {
        "type": "reasoning",
        "laws": list(arms),
        "problems": list(problems),
        "draw": True,
        "answer": options["answer"],
        "coder": coder,
        "epsilon": str(options["epsilon"]),
        "timeout": options["timeout"],
    }
    asked = _harness(config, context)  # says now what is missing
    known = await described([asked])
    simulated = coder["harness"] == NAME
    design = Design(Rule.FIXED, None, options["confidence"], options["max_trials"], Prior(), 0.0)
    texts = [Problem(problem["text"], tuple(problem["steps"])) for problem in problems]
    facts = {
        "spec": digest_of([list(arms), list(problems)]),
        "epsilon": str(options["epsilon"]),
        "blocks": {**layout_of(arms, texts), "measure": options["measure"]},
        "coders": known,
    }
    return Request(
        "reasoning", config, design, arms=arms, layout=Layout.BLOCKS,
        oracle="exchangeability of answers", decider=DecidedBy.E_VALUES,
        tier=Tier.SIMULATED if simulated else Tier.EMPIRICAL, model=coder["model"] or coder["harness"], facts=facts,
        boundary_digest=digest_of(["e-values", str(options["epsilon"])]), opened=asked, **run,
    )  # fmt: skip


def _arms(problems: Sequence[ProblemConfig], options: ReasoningOptions) -> tuple[str, ...]:
    words = [word.strip() for word in (options["names"] or "identity").split(",") if word.strip()]
    unknown = [word for word in words if word not in _LAWS] or ([] if words else ["is empty"])
    if unknown:
        raise UsageError(
            f"--laws {unknown[0]}: no law of reasoning has this name",
            f"one of {', '.join(_LAWS)}",
        )
    laws: list[str] = []
    if "identity" in words:
        texts = [problem["text"] for problem in problems]
        laws += [
            made.name for made in chosen(options["transform"]) if [transform(made, text) for text in texts] != texts
        ]
    if "associativity" in words:
        if not any(len(problem["steps"]) >= 3 for problem in problems):
            raise UsageError(
                "--laws associativity is NOT APPLICABLE: no problem has three steps",
                'give --problems FILE.jsonl with lines {"problem": …, "steps": [… three or more]}',
            )
        laws.append("associativity")
    if "coherence" in words:
        needs_z3("--laws coherence")
        laws.append("coherence")
    if not laws:
        raise UsageError(f"--transform {options['transform']}: it leaves every problem as it is", "choose another")
    return tuple(laws)


def _coder(options: ReasoningOptions, context: RunContext) -> CoderConfig:
    model = options.get("model") or ""
    if model.partition(":")[0] == NAME:
        return {"harness": NAME, "model": model}
    choice = choose_coder(options.get("harness"), options.get("model"), context)
    if choice.harness == "simulated":
        raise UsageError(
            "the simulated coder writes code, it does not reason", f"--model {NAME}:s=0.8,d=0.3, or the name of a model"
        )
    return coder_config(choice, options)


def _harness(config: ReasoningConfig, context: RunContext) -> Harness:
    if config["coder"]["harness"] == NAME:
        problems = config["problems"]
        return reasoner(
            config["coder"]["model"] or "",
            [problem["text"] for problem in problems],
            [problem["steps"] for problem in problems],
        )
    return make_coder(config["coder"], context, {})


async def build(config: ReasoningConfig, context: RunContext, opened: Harness | None) -> TrialRunner:
    """What runs a recorded configuration; a model that is open is asked, and closed with it."""
    return Reasoning(config, _harness(config, context) if opened is None else opened)


def read_problems(path: Path) -> list[ProblemConfig]:
    """Problems of a JSONL file: {"problem" or "question" or "text", "steps"?}. UsageError names the bad line."""
    source = f"--problems {path}"
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise UsageError(f"{source}: {wrong.strerror}", "name a file of UTF-8 text that can be read") from wrong
    problems = [_problem(data, f"{source}, line {number}") for number, data in values(source, content)]
    if not problems:
        raise UsageError(f"{source}: there is no problem in it", _LINE)
    return problems


def _problem(data: Any, where: str) -> ProblemConfig:
    text = (
        next((data[key] for key in ("problem", "question", "text") if key in data), None)
        if isinstance(data, dict)
        else None
    )
    if not isinstance(text, str) or not text.strip():
        raise UsageError(f"{where}: there is no text under problem, question or text", _LINE)
    steps = data.get("steps", [])
    if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
        raise UsageError(f"{where}: steps is not a list of texts", _LINE)
    return {"text": text, "steps": steps}
