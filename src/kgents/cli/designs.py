"""From options to a design: what is asked, how sure, within how many trials. UsageError names the option."""

from dataclasses import replace

from kgents import stats
from kgents.cli.examples import meant
from kgents.cli.option_types import DesignOptions, StoredTarget
from kgents.errors import UsageError
from kgents.stats import Design, DesignError, Prior, Rule
from kgents.stats.default_cap import LARGEST_UNASKED, LEAST, POWER, clearly_better, default_cap
from kgents.stats.design import LARGEST_CAP


def check_confidence(confidence: float) -> None:
    """UsageError for a confidence that no design can have: before anything is read, run or paid."""
    try:
        stats.check_confidence(confidence)
    except DesignError as wrong:
        raise UsageError(f"--confidence {confidence:g}: {wrong.allowed}", meant("confidence", confidence)) from wrong


def rate_of(options: DesignOptions) -> float | None:
    """The target. UsageError for one that is a stored run."""
    target = options["target"]
    if isinstance(target, StoredTarget):
        raise UsageError(
            "--target @ID is about one rate of run or generate, without --score and --suite",
            "give a number: --target 0.9",
        )
    return target


def design_of(options: DesignOptions) -> Design:
    """The design that the options ask for. UsageError names the option and the allowed range."""
    target = rate_of(options)
    adaptive = options["adaptive"] or (options["rule"] not in (None, "fixed"))
    if adaptive and options["n"] is not None:
        raise UsageError("--n (a fixed number) and --adaptive contradict each other", "use --max-trials for the cap")
    if adaptive and options["rule"] == "fixed":
        raise UsageError("--rule fixed and --adaptive contradict each other", "leave one of them out")
    if not adaptive and options["max_trials"] is not None:
        raise UsageError("--max-trials is the cap of --adaptive", "add --adaptive, or use --n for a fixed number")
    for name in ("futility", "margin"):
        if not adaptive and options[name] is not None:
            raise UsageError(f"--{name} belongs to --adaptive", f"leave --{name} out, or add --adaptive")
    try:
        design = _adaptive(options, target) if adaptive else _fixed(options, target)
        design.validate()
    except DesignError as wrong:
        name = {"max_trials": "max-trials" if adaptive else "n"}.get(wrong.parameter, wrong.parameter)
        value = (
            "is missing"
            if wrong.value is None
            else f"{wrong.value:g}"
            if isinstance(wrong.value, float)
            else wrong.value
        )
        needs_sprt = name == "margin" and options["rule"] != "sprt"
        hint = "add --rule sprt, or leave it out" if needs_sprt else meant(name, wrong.value)
        raise UsageError(f"--{name} {value}: {wrong.allowed}", hint) from wrong
    return design


def _fixed(options: DesignOptions, target: float | None) -> Design:
    count = 10 if options["n"] is None else options["n"]
    return Design(Rule.FIXED, target, options["confidence"], count, prior_of(options["prior"]), 0.0)


def _adaptive(options: DesignOptions, target: float | None) -> Design:
    rule = Rule(options["rule"] or "calibrated")
    futility = options["futility"]
    cap = _cap(options["max_trials"])
    design = Design(
        rule,
        0.5 if target is None else target,
        options["confidence"],
        cap,
        prior_of(options["prior"]),
        (0.0 if cap is None else 0.02) if futility is None else futility,
        options["margin"],
    )
    return design if options["max_trials"] is not None else with_default_cap(design)


def with_default_cap(design: Design) -> Design:
    """The design with the cap that its target asks for. UsageError for one that has to be named because it is large."""
    design.validate()
    better = clearly_better(design.target or 0.5)
    asked = f"--target {design.target:g} --confidence {design.confidence:g}"
    try:
        cap = default_cap(design)
    except DesignError as wrong:
        raise UsageError(
            f"{asked}: no cap up to {LARGEST_CAP} supports even a rate of {better:.12g}", "lower one of them"
        ) from wrong
    if cap > LARGEST_UNASKED:
        raise UsageError(
            f"{asked} takes up to {cap} trials: so many support a rate of {better:.12g} with probability {POWER:g}",
            f"if you mean it, add --max-trials {cap}",
        )
    return replace(design, max_trials=cap)


def _cap(text: str | None) -> int | None:
    if text is None:
        return LEAST
    if str(text).lower() == "none":
        return None
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"--max-trials {text!r} is not a number of trials", "give an integer, or 'none'") from None


def prior_of(text: str) -> Prior:
    """The prior by name or as a,b; `history` is uniform here and replaced where the record is at hand."""
    match text:
        case "uniform" | "history":
            return Prior()
        case "jeffreys":
            return Prior(0.5, 0.5)
    try:
        a, b = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--prior {text!r} is not a prior", "uniform, jeffreys, history, or two numbers a,b") from None
    return Prior(a, b)
