"""`kg experiment compare`."""

import re
from functools import partial
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.command import score_options, status_options
from kgents.cli.compared import PAIRS, TOP_TWO, CompareCommand, PairsOptions, asked_of, check_kind, request_of
from kgents.cli.designs import check_confidence
from kgents.cli.examples import meant
from kgents.cli.generate import check_asked, described, readable, spec_file
from kgents.cli.generation_options import coder_options, oracle_options, question_options, suite_options
from kgents.cli.options import (
    check_outputs,
    check_series,
    option,
    output_options,
    record_options,
    run_options,
    series_option,
)
from kgents.cli.running import run
from kgents.cli.texts import read_spec_text
from kgents.cli.workers import workers_options
from kgents.errors import UsageError
from kgents.stats import Design, Rule

if TYPE_CHECKING:
    pass

NAMED = re.compile(r"[\w.-]+")  # what stands before the = of --aa NAME=ARM


@click.command()
@click.argument("words", nargs=-1, metavar="A B [C...]")
@click.option("--arm", "named", multiple=True, metavar="NAME=WHAT", help="An arm with a name of its own; repeatable.")
@option("--spec", default=None, help="TEXT, @FILE or -: then the arms are models or coders; without it, commands.")
@suite_options
@option("--corpus", default=None, help="llm-json, json or python: then the arms are parsing strategies.")
@option("--confidence", type=float, default=0.95, show_default=True, help="1 − the chance to throw out the best arm.")
@option("--max-trials", type=int, default=100, show_default=True, help="The cap on pairs.")
@option("--margin", type=float, default=None, help="Arms whose rates differ by less are equivalent.")
@option("--aa", default=None, metavar="ARM", help="One arm against itself: how often is it called different?")
@option(
    "--repeats", type=int, default=20, show_default=True, help="With --aa: so many comparisons, one after the other."
)
@option("--not-worse", is_flag=True, help="Ask only whether the second arm is not worse than the first by --margin.")
@option(
    "--allocation",
    type=click.Choice([PAIRS, TOP_TWO]),
    default=PAIRS,
    show_default=True,
    help="top-two: trials only for the two arms that could be best; cheaper, Bayesian, no error rate.",
)
@coder_options
@oracle_options
@question_options
@status_options
@score_options("Compare mean scores: last-line or json:KEY; with --spec or --suite tests, the share that passes.")
@series_option
@run_options
@workers_options
@output_options
@record_options
def compare(words: tuple[str, ...], named: tuple[str, ...], **options: Unpack[CompareCommand]) -> int:
    """Which arm is better: all face the same inputs with the same seeds, and the pairs on which they differ decide.

    With --spec or --suite an arm is NAME=MODEL and what it says for itself, quoted as a shell does: temperature, top_p, seed,
    max_output_tokens, system, prompt ({spec} once: there goes the question), base_url, key_env, harness, python (the
    interpreter that runs its candidates); @FILE is read once.

    \b
    kg experiment compare 'pytest -x tests/a.py' 'pytest -x tests/b.py'
    kg experiment compare --spec @spec.py --arm old=simulated:0.6 --arm new=simulated:0.9
    kg experiment compare --corpus llm-json --max-trials 1000 strict repair lazy_validation
    kg experiment compare --suite humaneval simulated:0.6 simulated:0.9
    kg experiment compare --arm old=./old.sh --arm new=./new.sh --margin 0.1 --max-trials 400 --not-worse
    kg experiment compare --spec @spec.py --arm 'cold=simulated:0.7 temperature=0' --arm hot=simulated:0.7
    kg experiment compare --score last-line --margin 0.05 --max-trials 400 --arm old=./old.sh --arm new=./new.sh
    kg experiment compare --spec @spec.py --score tests --max-trials 400 simulated:0.6 simulated:0.9
    kg experiment compare --suite tasks.jsonl --score tests simulated:0.6 simulated:0.9
    kg experiment compare --aa ./check.sh --repeats 40 --max-trials 50
    kg experiment compare --series nightly --max-trials 200 ./old.sh ./new.sh
    kg experiment compare --spec @spec.py --allocation top-two simulated:0.5 simulated:0.6 simulated:0.9
    """
    arms = arms_of(words, named) if options["aa"] is None else _against_itself(options["aa"], words, named, options)
    source = options["score"]
    design = design_of(options) if source is None else _of_scores(source, arms, options)
    if options["allocation"] == TOP_TWO:
        _check_top_two(options)
    if options["not_worse"]:
        _check_not_worse(arms, options)
    _check_series(options["series"], arms, options)
    check_outputs(options["outputs"])
    spec = None if options["spec"] is None else read_spec_text(options["spec"])
    options["spec_file"] = spec_file(options["spec"])
    described(options)
    if spec is not None:
        readable(spec, options)
    check_kind(spec, options)
    asked = asked_of(arms) if spec is not None or options["suite"] is not None else {}
    if asked:
        check_asked(asked, options)
    return run(partial(request_of, arms, asked, design, spec, options), options)


def _check_top_two(options: CompareCommand) -> None:
    for name in ("margin", "suite", "corpus"):
        if options[name] is not None:
            raise UsageError(f"--allocation {TOP_TWO} and --{name} contradict each other", "leave one of them out")


def arms_of(words: tuple[str, ...], named: tuple[str, ...]) -> dict[str, str]:
    """The arms by name. UsageError for fewer than two, or two of one name."""
    pairs = [(word, word) for word in words]
    for text in named:
        name, sign, program = text.partition("=")
        if not sign or not name or not program:
            raise UsageError(f"--arm {text!r} is no arm", "write --arm NAME=WHAT")
        pairs.append((name, program))
    arms = dict(pairs)
    if len(arms) < len(pairs):
        raise UsageError("two arms have the same name", "give them names: --arm NAME=WHAT")
    if len(arms) < 2:
        raise UsageError("a comparison needs two arms or more", "kg experiment compare A B")
    if len(arms) > 20:
        raise UsageError(f"{len(arms)} arms are too many", "at most 20")
    return arms


def _against_itself(
    arm: str, words: tuple[str, ...], named: tuple[str, ...], options: CompareCommand
) -> dict[str, str]:
    """One arm, twice. UsageError for what has no meaning there."""
    if words or named:
        raise UsageError("--aa is about one arm", "leave the other arms out")
    for name in ("margin", "not_worse", "suite", "corpus"):
        if options[name]:
            raise UsageError(f"--aa and --{name.replace('_', '-')} contradict each other", "leave one of them out")
    if options["allocation"] == TOP_TWO:
        raise UsageError(f"--aa and --allocation {TOP_TWO} contradict each other", "leave one of them out")
    if not 1 <= options["repeats"] <= 10_000:
        raise UsageError(f"--repeats {options['repeats']}: from 1 to 10000 comparisons", meant("repeats", None))
    name, sign, program = arm.partition("=")
    named_so = bool(sign) and NAMED.fullmatch(name) is not None
    name, program = (name, program) if named_so else (arm, arm)
    if not program.strip():
        raise UsageError("--aa is empty", "write --aa ARM or --aa NAME=ARM")
    return {name: program, f"{name} (again)": program}


def _check_series(name: str | None, arms: dict[str, str], options: CompareCommand) -> None:
    """UsageError for what has no share of a series' error, where one is named."""
    if name is None:
        return
    check_series(name)
    if options["aa"] is not None:
        raise UsageError("--series and --aa contradict each other", "an arm against itself decides nothing")
    if len(arms) != 2 or options["allocation"] == TOP_TWO:
        raise UsageError("--series is about two arms, in pairs", "compare two at a time, or leave --series out")


def _check_not_worse(arms: dict[str, str], options: CompareCommand) -> None:
    if options["margin"] is None:
        raise UsageError("--not-worse needs a margin", "such as --margin 0.1")
    if len(arms) != 2 or options["allocation"] == TOP_TWO:
        raise UsageError("--not-worse is about two arms, in pairs", "the baseline first: compare OLD NEW --not-worse")


def _of_scores(source: str, arms: dict[str, str], options: CompareCommand) -> Design:
    """The design where scores are compared; its margin is a share of their range. UsageError for what has no meaning there."""
    low, high = _range_of(source, options)
    for name in ("corpus", "aa"):
        if options[name] is not None:
            raise UsageError(f"--score and --{name} contradict each other", "leave one of them out")
    if options["allocation"] == TOP_TWO:
        raise UsageError(f"--score and --allocation {TOP_TWO} contradict each other", "scores are compared in pairs")
    share = margin_share(options["margin"], low, high)
    _check_pairs(options)
    return Design(Rule.ANYTIME, 0.5, options["confidence"], options["max_trials"], futility=0.0, margin=share)


def margin_share(margin: float | None, low: float, high: float) -> float | None:
    """A margin of scores as a share of their range. UsageError where it is not within it."""
    width = high - low
    if margin is not None and not 0 < margin < width:
        raise UsageError(f"--margin {margin:g}: between 0 and {width:g}, the width of --score-range", "such as 0.05")
    return None if margin is None else margin / width


def _range_of(source: str, options: CompareCommand) -> tuple[float, float]:
    """What a score can be: of candidates a share of their tests, of commands what --score-range says."""
    from kgents.kinds.command.score import TESTS, reader_of

    of = next((name for name in ("spec", "suite") if options[name] is not None), None)
    if of is None:
        if source == TESTS:
            hint = "add --spec or --suite, or --score last-line for commands"
            raise UsageError("--score tests is about candidates", hint)
        reader = reader_of(source, options["score_range"])
        return reader.low, reader.high
    if source != TESTS:
        raise UsageError(f"--score {source} is of commands, --{of} is not", "--score tests: the share that passes")
    if options["checks"]:
        raise UsageError("--score tests and --check contradict each other", "a check is no test; leave one of them out")
    if options["score_range"] != "0,1":
        raise UsageError(
            "--score-range is of commands", "the share of tests that pass is between 0 and 1; leave it out"
        )
    return 0.0, 1.0


def _check_pairs(options: PairsOptions) -> None:
    check_confidence(options["confidence"])
    if not 1 <= options["max_trials"] <= 100_000:
        raise UsageError(f"--max-trials {options['max_trials']}: from 1 to 100000 pairs", "such as --max-trials 100")


def design_of(options: PairsOptions) -> Design:
    """The design of a comparison. UsageError names the option and its range."""
    _check_pairs(options)
    margin = options["margin"]
    if margin is not None and not 0 < margin < 1:
        raise UsageError(f"--margin {margin:g}: between 0 and 1, both excluded", "such as --margin 0.1")
    return Design(Rule.CALIBRATED, 0.5, options["confidence"], options["max_trials"], futility=0.0, margin=margin)
