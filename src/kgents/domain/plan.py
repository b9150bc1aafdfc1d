"""The plan of an experiment: what is fixed before trial 1 and cannot be changed afterwards.

The plan mark is a pre-registration. Texts and the kind's configuration are in blobs; the plan holds their digests.
"""

import marshal
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import cast

from kgents.domain.ids import check_id, check_kind, check_label
from kgents.domain.json import Json, JsonObject, member, members, nested, optional
from kgents.domain.names import Names
from kgents.domain.outcome import Tier
from kgents.domain.plan_facts import PlanFacts
from kgents.domain.seeds import derive, seed_of
from kgents.domain.series import SeriesShare
from kgents.domain.versions import Versions
from kgents.stats import Design, share

AGAINST_ITSELF = "against itself"  # the claim of a comparison whose two arms are one program


class Errors(StrEnum):
    """How trials that the world spoiled count."""

    COUNT = "count"  # as failures
    EXCLUDE = "exclude"  # not at all


class Layout(StrEnum):
    """How the arms of an experiment belong together."""

    INDEPENDENT = "independent"  # every arm has its own boundary (one arm; tasks of a suite; strategies)
    COMPARE = "compare"  # arms face the same inputs; pairs of outcomes decide, losers are dropped
    BLOCKS = "blocks"  # a trial is a block of answers with a score; e-values decide


class DecidedBy(StrEnum):
    """What decides, where the layout leaves it open (`kgents.engine.deciders.decider_of`)."""

    SCORES = "scores"  # the mean of scores, by betting
    SCORE_PAIRS = "score pairs"  # the scores of arms on the same inputs
    VERDICTS = "verdicts"  # one examination an arm
    E_VALUES = "e-values"  # blocks of answers
    CHANGES = "changes"  # tests at two commits
    BISECT = "bisect"  # which commit changed a rate


@dataclass(frozen=True, slots=True)
class Budget:
    """Caps on a whole run; None is no cap. `usd` bounds the known cost."""

    seconds: float | None = None
    tokens: int | None = None
    usd: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided before the first trial.

    config           digest of the kind's configuration (canonical JSON in a blob): all that is needed to run it again
    arms             names; one empty name where there is one arm
    boundary_digest  of the boundary that decides (see `kgents.stats`)
    max_errors       world errors that are not counted, after which the run gives up
    facts            what else was fixed, by name: spec digest, model, sandbox level, oracle
    decider          what decides; None: what the layout says. In the record it is a fact
    versions         of what decides and judges
    names            digest of the text that holds name, tags, user and host; None where name and tags are in the plan itself
    who              that text, read; None where it is not here (any more), and in what marks say
    """

    experiment: str
    kind: str
    config: str
    design: Design
    boundary_digest: str
    seed: int
    arms: tuple[str, ...] = ("",)
    layout: Layout = Layout.INDEPENDENT
    name: str | None = None
    tags: tuple[str, ...] = ()
    errors: Errors = Errors.EXCLUDE
    budget: Budget = Budget()
    max_errors: int = 10
    tier: Tier = Tier.EMPIRICAL
    oracle: str | None = None
    model: str | None = None
    facts: PlanFacts = field(default_factory=PlanFacts)
    decider: DecidedBy | None = None
    versions: Versions = Versions()
    names: str | None = None
    who: Names | None = None

    def __post_init__(self) -> None:
        """ValueError for an id or a kind that no experiment can have: records are read from anywhere."""
        check_id(self.experiment)
        check_kind(self.kind)
        if "decider" in self.facts:
            raise ValueError("the decider is a field of the plan, not one of its facts")

    @property
    def recorded_facts(self) -> JsonObject:
        """The facts as the record has them: with the decider."""
        facts = cast(JsonObject, dict(self.facts))
        return facts if self.decider is None else {**facts, "decider": self.decider.value}

    @property
    def arm_design(self) -> Design:
        """What stops each arm: the design, at an equal share of the error where all arms, or both of the questions that are
        asked about an arm, have one error together."""
        claims = len(self.arms) if "family" in self.facts else self.facts.get("questions", 1)
        return share(self.design, claims) if claims > 1 else self.design

    @property
    def share(self) -> SeriesShare | None:
        """What it took of the error of a series."""
        data = self.facts.get("series")
        return None if data is None else SeriesShare.from_data(data)

    @property
    def most_trials(self) -> int | None:
        """The cap over all arms together; None where there is none."""
        if self.design.max_trials is None:
            return None
        times = len(self.arms) * int(self.facts.get("repeats", 1))
        return sum(self.facts.get("allowances", ())) or self.design.max_trials * times

    def seed_of(self, arm: int, index: int) -> int:
        """The seed of a trial. Arms share it, so that they face the same input, save where both are one program, and where an
        arm has a root of its own.
        """
        apart = arm and self.facts.get("claim") == AGAINST_ITSELF
        own = self.facts.get("seeds", ())
        named = own[arm] if own else None
        root = self.seed if named is None else named
        fixed_by = seed_of if self.versions.seeds > 1 else derive
        return fixed_by(root, index, arm) if apart else fixed_by(root, index)

    def check_labels(self) -> None:
        """ValueError for a name, tag, arm, model, oracle or digest of a spec that is no text or has control characters."""
        optional = (self.name, self.model, self.oracle, self.facts.get("spec"))
        for text in (*self.tags, *self.arms, *(text for text in optional if text is not None)):
            check_label(text)

    def with_names(self, who: Names) -> "Plan":
        """The plan of which name, tags, user and host are a text of their own: this one."""
        return replace(self, name=who.name, tags=who.tags, names=sha256(who.to_text()).hexdigest(), who=who)

    def without_names(self) -> "Plan":
        """What the mark says: the digest of its names. Where they are in the plan itself, the plan."""
        return self if self.names is None else replace(self, name=None, tags=(), who=None)

    def to_data(self) -> dict[str, Json]:
        """The plan as canonical JSON data; numbers that are not integers as strings."""
        return {
            "experiment": self.experiment,
            "kind": self.kind,
            "config": self.config,
            "design": self.design.to_data(),
            "boundary": self.boundary_digest,
            "seed": self.seed,
            "arms": list(self.arms),
            "layout": self.layout.value,
            "name": self.name,
            "tags": list(self.tags),
            "errors": self.errors.value,
            "budget": budget_to_data(self.budget),
            "max_errors": self.max_errors,
            "tier": self.tier.value,
            "oracle": self.oracle,
            "model": self.model,
            "facts": self.recorded_facts,
            **({} if self.versions == Versions() else {"versions": self.versions.to_data()}),
            **({} if self.names is None else {"names": self.names}),
            **({} if self.who is None else {"who": self.who.to_data()}),
        }

    @staticmethod
    def from_data(data: JsonObject) -> "Plan":
        """The inverse of `to_data`."""
        shared = _shared(data)
        return Plan(
            experiment=member(data, "experiment", str),
            kind=shared.kind,
            config=shared.config,
            design=shared.design,
            boundary_digest=shared.boundary_digest,
            seed=member(data, "seed", int),
            arms=shared.arms,
            layout=shared.layout,
            name=optional(data, "name", str),
            tags=members(data, "tags", str),
            errors=shared.errors,
            budget=shared.budget,
            max_errors=shared.max_errors,
            tier=shared.tier,
            oracle=shared.oracle,
            model=shared.model,
            facts=shared.facts,
            decider=shared.decider,
            versions=shared.versions,
            names=optional(data, "names", str),
            who=None if data.get("who") is None else Names.from_data(nested(data, "who")),
        )


_OWN = frozenset({"experiment", "seed", "name", "tags", "names", "who"})  # what no two plans share, or few
_ANY = "exp-0"


def _shared(data: JsonObject) -> Plan:
    """A plan with all of these data but `_OWN`: read once for the many experiments of a list that were planned alike."""
    others = {name: value for name, value in data.items() if name not in _OWN}
    try:
        return _read_shared(marshal.dumps(others, 2))
    except ValueError as wrong:
        if str(wrong) != "unmarshallable object":
            raise
        return _read(others)


@lru_cache(maxsize=256)
def _read_shared(others: bytes) -> Plan:
    return _read(marshal.loads(others))


def _read(data: JsonObject) -> Plan:
    facts = nested(data, "facts")
    decider = optional(facts, "decider", str)
    return Plan(
        experiment=_ANY,
        kind=member(data, "kind", str),
        config=member(data, "config", str),
        design=Design.from_data(nested(data, "design")),
        boundary_digest=member(data, "boundary", str),
        seed=0,
        arms=members(data, "arms", str),
        layout=Layout(member(data, "layout", str)),
        errors=Errors(member(data, "errors", str)),
        budget=budget_from_data(nested(data, "budget")),
        max_errors=member(data, "max_errors", int),
        tier=Tier(member(data, "tier", str)),
        oracle=optional(data, "oracle", str),
        model=optional(data, "model", str),
        facts=cast(PlanFacts, {name: fact for name, fact in facts.items() if name != "decider"}),
        decider=None if decider is None else DecidedBy(decider),
        versions=Versions.from_data(nested(data, "versions")) if "versions" in data else Versions(),
    )


def budget_to_data(budget: Budget) -> dict[str, Json]:
    """A budget as canonical JSON data."""
    return {
        "seconds": None if budget.seconds is None else repr(budget.seconds),
        "tokens": budget.tokens,
        "usd": None if budget.usd is None else str(budget.usd),
    }


def budget_from_data(data: JsonObject) -> Budget:
    """The inverse of `budget_to_data`."""
    seconds, tokens, usd = optional(data, "seconds", str), optional(data, "tokens", int), optional(data, "usd", str)
    if seconds is None and tokens is None and usd is None:
        return _NO_BUDGET
    return Budget(None if seconds is None else float(seconds), tokens, None if usd is None else Decimal(usd))


_NO_BUDGET = Budget()
