"""`laws --sample`: options become a request for the rate of one law."""

from kgents.domain.json import digest_of
from kgents.errors import UsageError
from kgents.kinds.kind import Request
from kgents.kinds.laws.options import LawOptions
from kgents.kinds.laws.request import configuration, confined
from kgents.kinds.options import RunSettings
from kgents.stats import Design, DesignError, Prior, Rule


async def request(target: str, options: LawOptions, run: RunSettings) -> Request:
    """A request for the rate of one law of a target; the sandbox that it opens goes on to the draws.

    UsageError for an unknown law; SandboxUnavailable where the machine has none that is good enough.
    """
    names, config = configuration("stochastic-law", target, options)
    if len(names) != 1 or ":" in names[0]:
        raise UsageError("--sample decides the rate of one law", "name it: --laws associativity")
    design = Design(
        Rule.CALIBRATED, options["holds_at_least"], options["confidence"], options["max_trials"], Prior(), 0.0
    )
    try:
        design.validate()
    except DesignError as wrong:
        flag = {"target": "holds-at-least"}.get(wrong.parameter, wrong.parameter.replace("_", "-"))
        raise UsageError(f"--{flag} {wrong.value}: {wrong.allowed}", f"change --{flag}, or leave it out") from wrong
    facts = {"spec": digest_of([config["object"], *names, config["spec"]]), "watch_outputs": False}
    oracle = "laws on elements of the declared sampler"
    return await confined(Request("stochastic-law", config, design, oracle=oracle, facts=facts, **run))
