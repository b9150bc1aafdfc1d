"""What a marked test claims: the arguments of `@pytest.mark.experiment`, checked. No pytest here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kgents.api.design import TrialSettings, paired, sequential
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
    "compare",
    "margin",
    "name",
    "tags",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A design, the settings of its run, what an open question means for the test, and a limit of seconds for a trial.

    axis  the argument of `parametrize` whose values are compared; None: the test is held against a target
    """

    design: Design
    settings: TrialSettings
    on_inconclusive: str = "fail"
    under: float | None = None
    axis: str | None = None


def claim_of(arguments: tuple[Any, ...], options: Mapping[str, Any], cap: int | None) -> Claim:
    """The claim of a mark; `cap` is --kg-max-trials. UsageError names the argument."""
    if arguments:
        raise UsageError("experiment(…) takes its arguments by name", "such as @pytest.mark.experiment(target=.9)")
    if unknown := sorted(set(options) - set(NAMES)):
        raise UsageError(f"experiment(…) has no argument {unknown[0]!r}", f"there are {', '.join(NAMES)}")
    if options.get("compare") is not None:
        return _comparison(options, cap)
    if "margin" in options:
        raise UsageError("margin is about a comparison", 'compare="AXIS", an argument of parametrize')
    limit = None if options.get("under") is None else limit_of("under =", options["under"])
    rate = None if limit is None else limit.rate
    if rate is not None and "target" in options:
        raise UsageError("under = SECONDS@RATE and target contradict each other", "leave one of them out")
    target = rate if rate is not None else options.get("target", 0.9)
    largest = options.get("max_trials")
    design = sequential(target, options.get("confidence", 0.95), largest if cap is None else cap)
    seconds = None if limit is None else limit.seconds
    return Claim(design, _settings(options), _inconclusive(options, "fail"), seconds)


def _comparison(options: Mapping[str, Any], cap: int | None) -> Claim:
    """Which value of an axis passes more often; what is not shown is no failure unless that is asked for."""
    axis = options["compare"]
    if not isinstance(axis, str) or not axis.isidentifier():
        raise UsageError(f"compare = {axis!r}: the name of an argument of parametrize", 'such as compare="model"')
    for name in ("target", "under"):
        if name in options:
            raise UsageError(f"{name} and compare contradict each other", "leave one of them out")
    largest = options.get("max_trials") if cap is None else cap
    design = paired(options.get("confidence", 0.95), largest, options.get("margin", 0))
    return Claim(design, _settings(options), _inconclusive(options, "pass"), axis=axis)


def _inconclusive(options: Mapping[str, Any], default: str) -> str:
    word = options.get("on_inconclusive", default)
    if word not in INCONCLUSIVE:
        raise UsageError(f"on_inconclusive = {word!r}: fail, pass or skip", f"the default is {default}")
    return str(word)


def _settings(options: Mapping[str, Any]) -> TrialSettings:
    run = {name: options[name] for name in ("errors", "error_types", "budget_usd", "name", "tags") if name in options}
    return TrialSettings(**{**run, "error_types": error_kinds(run.get("error_types", ()))})
