"""What a marked test claims: the arguments of `@pytest.mark.experiment`, checked. No pytest here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kgents.api.design import Settings, sequential
from kgents.errors import UsageError
from kgents.kinds.callable.function import error_kinds
from kgents.kinds.command.latency import limit_of
from kgents.stats import Design

INCONCLUSIVE = ("fail", "pass", "skip")
NAMES = (
    "target",
    "confidence",
    "max_trials",
    "on_inconclusive",
    "errors",
    "error_types",
    "budget_usd",
    "under",
    "name",
    "tags",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A design, the settings of its run, what an open question means for the test, and a limit of seconds for a trial."""

    design: Design
    settings: Settings
    on_inconclusive: str = "fail"
    under: float | None = None


def claim_of(arguments: tuple[Any, ...], options: Mapping[str, Any], cap: int | None) -> Claim:
    """The claim of a mark; `cap` is --kg-max-trials. UsageError names the argument."""
    if arguments:
        raise UsageError("experiment(…) takes its arguments by name", "such as @pytest.mark.experiment(target=.9)")
    if unknown := sorted(set(options) - set(NAMES)):
        raise UsageError(f"experiment(…) has no argument {unknown[0]!r}", f"there are {', '.join(NAMES)}")
    limit = None if options.get("under") is None else limit_of("under =", options["under"])
    rate = None if limit is None else limit.rate
    if rate is not None and "target" in options:
        raise UsageError("under = SECONDS@RATE and target contradict each other", "leave one of them out")
    target = rate if rate is not None else options.get("target", 0.9)
    largest = options.get("max_trials")
    design = sequential(target, options.get("confidence", 0.95), largest if cap is None else cap)
    inconclusive = options.get("on_inconclusive", "fail")
    if inconclusive not in INCONCLUSIVE:
        raise UsageError(f"on_inconclusive = {inconclusive!r}: fail, pass or skip", "the default is fail")
    run = {name: options[name] for name in ("errors", "error_types", "budget_usd", "name", "tags") if name in options}
    settings = Settings(**{**run, "error_types": error_kinds(run.get("error_types", ()))})
    return Claim(design, settings, inconclusive, None if limit is None else limit.seconds)
