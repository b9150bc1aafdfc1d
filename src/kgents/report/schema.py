"""The JSON Schema (2020-12) of the document that `--json` prints, every field with what it means: `kg schema`."""

from collections.abc import Mapping

from kgents.domain.fact import StopReason
from kgents.domain.outcome import Cause
from kgents.domain.plan import Errors
from kgents.domain.summary import Status
from kgents.kinds.fields import (
    Fields,
    Schema,
    anything,
    digits,
    either,
    flag,
    many,
    maybe,
    number,
    record,
    share,
    table,
    text,
    whole,
)
from kgents.kinds.registry import command_of, kind_of
from kgents.report.evidence_schema import ARM, evidence_schema, optional_of_arm
from kgents.stats import Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ABSENT = ("author", "error", "trials", "mark_ids")  # fields of the document that may be left out

_USAGE = record(
    "what was consumed",
    {
        "input_tokens": whole("tokens of questions"),
        "output_tokens": whole("tokens of answers"),
        "cached_tokens": whole("… of the questions that the server had in a cache"),
        "calls": whole("requests"),
        "cost_usd": maybe(number("US dollars; null where a price is not known")),
    },
)
_CONFIG: Mapping[str, Schema] = {
    "type": text("the kind"),
    "seed": digits("the seed that all others follow from"),
    "rule": text("the stopping rule", [rule.value for rule in Rule]),
    "adaptive": flag("whether it stops when the evidence decides"),
    "target": maybe(number("the rate (or mean) that is asked about")),
    "confidence": share("1 − the probability of either wrong verdict"),
    "max_trials": maybe(whole("the cap on trials of an arm; null: none")),
    "prior": record("Beta prior of the rate", {"alpha": number("first parameter"), "beta": number("second")}),
    "futility": share("how readily a hopeless run is given up"),
    "margin": maybe(number("differences (or distances from the target) below it are none")),
    "boundary_digest": text("SHA-256 of the boundary that decides"),
    "errors": text("how trials that the world spoiled count", [errors.value for errors in Errors]),
    "max_errors": maybe(whole("spoiled trials after which the run fails")),
    "budget": record(
        "caps on the whole run; null: none",
        {
            "seconds": maybe(number("--budget-seconds")),
            "tokens": maybe(whole("--budget-tokens")),
            "usd": maybe(number("--budget-usd")),
        },
    ),
    "model": maybe(text("the model, as it was asked for")),
    "facts": anything("what else the plan registers, by name: versions, digests, the sandbox"),
    "versions": table("versions of what decides or judges", whole("a version")),
    "erased": flag("true where the configuration was erased; what the kind was asked is not there then"),
}
_LARGE = {
    "digest": text("SHA-256 of its canonical JSON"),
    "characters": whole("its size"),
    "shown_by": text("the option that shows it"),
}
_TRIAL = record(
    "a trial",
    {
        "index": whole("from 0; arms share it where they face the same inputs"),
        "arm": maybe(text("the arm; null where there is one")),
        "input": maybe(text("what it was given")),
        "output": maybe(text("the candidate, or what was said where there is none")),
        "text": maybe(text("what was said, as it was said; null where it was erased")),
        "success": flag("whether it succeeded"),
        "counted": flag("whether it is evidence"),
        "cause": maybe(text("why it did not succeed", [cause.value for cause in Cause])),
        "error": maybe(text("one line of what went wrong")),
        "duration_ms": number("milliseconds"),
        "confidence": number("what the trial said of its own confidence"),
        "repairs": many("what was done to take code out of the answer", text("a repair")),
        "checks": many(
            "checks besides the oracle",
            record(
                "a check", {"name": text("its name"), "passed": flag("its outcome"), "detail": text("what it said")}
            ),
        ),
        "usage": _USAGE,
        "metadata": anything("what the kind keeps of a trial, by name"),
        "seed": digits("its seed, of the experiment's seed and the index alone"),
        "timestamp": text("when it ended, ISO 8601"),
    },
)
_AUTHOR = record(
    "who began it, where that is recorded or was erased",
    {
        "user": maybe(text("the user")),
        "host": maybe(text("the machine")),
        "erased": flag("whether user, host, name and tags were erased"),
    },
)
_WARNINGS = many(
    "what makes the result worth less",
    record("a warning", {"code": text("its name"), "text": text("what it says")}),
)
_STOPPED = maybe(
    record(
        "why it ended before it was decided; null where it did not",
        {
            "reason": text("which kind of reason", [reason.value for reason in StopReason]),
            "text": text("in words"),
        },
    )
)
_HEAD = record("the last mark of its chain", {"size": whole("marks"), "hash": text("SHA-256 of the last")})
_ERROR = record(
    "why a run failed",
    {"kind": text("the cause"), "message": text("what happened"), "hint": maybe(text("what to do"))},
)


def schema_of(kind: str | None = None) -> dict[str, object]:
    """The schema of the documents of a kind, by its name in records; None: of any kind."""
    fields = None if kind is None else kind_of(kind).fields()
    subject = (
        "an experiment" if kind is None else f"an experiment of the kind {kind} (kg experiment {command_of(kind)})"
    )
    properties = {
        "id": text("by which it is found"),
        "name": maybe(text("--name")),
        "tags": many("--tag", text("a tag")),
        "author": _AUTHOR,
        "kind": text("the kind of experiment") if kind is None else {**text("the kind"), "const": kind},
        "status": text("where it stands", [status.value for status in Status]),
        "config": _config(fields),
        "evidence": evidence_schema(kind, fields),
        "arms": many("what is tried: one arm, or several", record("an arm", ARM, optional_of_arm())),
        "usage": _USAGE,
        "warnings": _WARNINGS,
        "stopped": _STOPPED,
        "witness_head": _HEAD,
        "created_at": text("when it was planned, ISO 8601"),
        "started_at": maybe(text("when its first trial was launched")),
        "completed_at": maybe(text("when it was sealed")),
        "updated_at": text("when its last mark was written"),
        "error": _ERROR,
        "trials": many("every trial, by (index, arm); left out in lists", _TRIAL),
        "mark_ids": many("the ids of its marks, in order", text("SHA-256")),
    }
    return {
        "$schema": DIALECT,
        "title": f"What --json prints of {subject}",
        **record(f"The document of {subject}", properties, ABSENT),
    }


def _config(fields: Fields | None) -> Schema:
    """All that is needed to run it again; its own fields may be told by digest and size, and records of earlier versions
    have others."""
    own = {} if fields is None else {name: _or_large(schema) for name, schema in fields.config.items()}
    required = [name for name in _CONFIG if name != "erased"]
    words = "all that is needed to run it again"
    return {
        "type": "object",
        "properties": {**_CONFIG, **own},
        "required": required,
        "additionalProperties": True,
        "description": words,
    }


def _or_large(schema: Schema) -> Schema:
    words = schema["description"]
    large = record("where it is large: its digest and size, without --full", _LARGE)
    return either(words, schema, large)
