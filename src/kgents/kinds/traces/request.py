"""`laws` of recorded traces put together: a file of traces becomes a request.

No model is asked, but for a judge where one is named.
"""

from pathlib import Path

from kgents.domain.json import digest_of
from kgents.domain.json_lines import values
from kgents.domain.outcome import Tier
from kgents.domain.plan import DecidedBy, Layout
from kgents.domain.ports import Harness, Limits, TrialRunner
from kgents.errors import UsageError
from kgents.kinds.coders import choose_coder, coder_config, described, make_coder
from kgents.kinds.kind import Request, RunContext
from kgents.kinds.options import CoderConfig, RunSettings
from kgents.kinds.traces.options import CoherenceConfig, JudgeConfig, TraceConfig, TraceOptions
from kgents.kinds.traces.trial import Traces
from kgents.laws.cores import needs_z3
from kgents.laws.judge import NAME, Judge, simulated_judge, story
from kgents.stats import Design, Prior, Rule

_KEYS = ("trace", "text", "solution", "output")
_LINE = 'lines such as {"trace": "2 + 2 = 4"}'


async def request(path: Path, options: TraceOptions, run: RunSettings, context: RunContext) -> Request:
    """A request for the coherence of the traces of a file. UsageError names a bad line, and a missing Z3."""
    needs_z3("--traces")
    traces = _read(path)
    config: CoherenceConfig = {"type": "coherence", "traces": traces, "timeout": options["timeout"]}
    names = [trace["name"] for trace in traces]
    facts: dict[str, object] = {"spec": digest_of(traces)}
    tier, asked = Tier.EMPIRICAL, None
    model = options["judge"]
    if model is not None:
        seeds = range(options["judge_stories"])
        config["judge"] = {"coder": _coder(model, options, context), "votes": options["judge_votes"]}
        config["stories"] = [{"text": story(seed // 2, seed % 2 == 0), "planted": seed % 2 == 0} for seed in seeds]
        names += [f"story {seed + 1}" for seed in seeds]
        asked = _model(config["judge"], context)
        facts["coders"] = await described([asked])
        tier = asked.tier
    return Request(
        "coherence", config, Design(Rule.FIXED, None, 0.95, 1, Prior(), 0.0), arms=tuple(names), layout=Layout.BLOCKS,
        decider=DecidedBy.VERDICTS,
        oracle="exact arithmetic, Z3", facts=facts, boundary_digest=digest_of("one examination per trace"), model=model,
        tier=tier, opened=asked, **run,
    )  # fmt: skip


def _coder(model: str, options: TraceOptions, context: RunContext) -> CoderConfig:
    if model.partition(":")[0] == NAME:
        simulated_judge(model)
        return {"harness": NAME, "model": model}
    choice = choose_coder(options.get("harness"), model, context)
    if choice.harness == "simulated":
        raise UsageError(
            f"--judge {model}: the simulated coder writes code, it does not judge", f"--judge {NAME}:se=0.9,sp=0.9"
        )
    return coder_config(choice, options)


def _model(judge: JudgeConfig, context: RunContext) -> Harness:
    coder = judge["coder"]
    return simulated_judge(coder["model"] or "") if coder["harness"] == NAME else make_coder(coder, context, {})


def _read(path: Path) -> list[TraceConfig]:
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise UsageError(f"--traces {path}: {wrong.strerror}", "name a file of UTF-8 text that can be read") from wrong
    traces: list[TraceConfig] = []
    for number, data in values(f"--traces {path}", content):
        text = next((data[key] for key in _KEYS if key in data), None) if isinstance(data, dict) else None
        if not isinstance(text, str):
            raise UsageError(f"--traces {path}, line {number}: there is no text under {', '.join(_KEYS)}", _LINE)
        traces.append({"name": f"trace {number}", "text": text})
    if not traces:
        raise UsageError(f"--traces {path}: there is no trace in it", _LINE)
    return traces


async def build(config: CoherenceConfig, context: RunContext, opened: Harness | None) -> TrialRunner:
    """What runs a recorded configuration; a judge that is open is asked, and closed with it."""
    if "judge" not in config:
        return Traces(config)
    limits = Limits(seconds=config["timeout"])
    return Traces(
        config, Judge(_model(config["judge"], context) if opened is None else opened, config["judge"]["votes"], limits)
    )
