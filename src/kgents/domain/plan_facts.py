"""What a plan registers by name besides its fields, as types.

Canonical JSON: numbers that are not integers are decimal strings, and what an older version did not write is absent.
"""

from collections.abc import Sequence
from typing import TypedDict

from kgents.domain.json import JsonObject


class Baseline(TypedDict):
    """The stored run whose lower limit less a margin is the target; `error` is that of its limit."""

    experiment: str
    low: str
    margin: str
    error: str


class BlockArms(TypedDict, total=False):
    """Numbers of the arms that are decided otherwise than as blocks of four answers; see `engine.blocks.Blocks`."""

    single: Sequence[int]
    rates: Sequence[int]
    effects: Sequence[int]
    measure: bool


class PlanFacts(TypedDict, total=False):
    """Facts of a plan that more than its kind reads; a kind's own stand beside them.

    scale      of scores: (low, high, integers between them)
    harmless   share of trials that must do no harm, where that is a question of its own
    questions  how many of the questions about an arm share one error
    family     which error the verdicts of several arms have together; `allowances` are their caps, one an arm
    allocation how trials are dealt out to the arms of a comparison; `claim` is what it asks instead of which is better
    under      of tests: seconds that a trial may take
    repeats    comparisons of an arm with itself
    seeds      roots of the seeds of arms that have their own, one an arm; null: that of the plan
    shown      how many pairs of the oracle the question shows
    rates      of a bisection: of passing before and from the commit that is looked for
    """

    kgents: str
    spec: str
    subject: str
    timeout: str
    under: str
    sandbox: str
    prompt: str
    oracle_digest: str
    coder: Sequence[str]
    coders: Sequence[JsonObject]
    warnings: Sequence[tuple[str, str]]
    series: JsonObject
    baseline: Baseline
    exclude: Sequence[str]
    watch_outputs: bool
    suite: str
    scale: tuple[str, str, int]
    harmless: str
    questions: int
    family: str
    allowances: Sequence[int]
    allocation: str
    claim: str
    repeats: int
    seeds: Sequence[int | None]
    shown: int
    rates: tuple[str, str] | None
    control: str
    epsilon: str
    blocks: BlockArms
    at: tuple[str, str]
    failed_at_first: Sequence[int]
    passed_again: Sequence[int]
