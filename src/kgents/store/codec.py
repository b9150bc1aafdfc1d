"""Summaries and trials to rows and back."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NotRequired, TypedDict

from kgents.domain.fact import Decided, Finished, Stopped, Verdict, Warned, usage_from_data, usage_to_data
from kgents.domain.json import JsonObject
from kgents.domain.outcome import Check
from kgents.domain.plan import Plan
from kgents.domain.ports import Trial
from kgents.domain.prefix import Prefix, Tally, Totals
from kgents.domain.summary import Status, Summary


class TotalsData(TypedDict):
    """Totals: of every arm (trials, successes, errors, uncounted), and of all the sum of confidences and of their squares."""

    tallies: list[list[int]]
    duration_us: int
    confidence: list[float]


class SummaryData(TotalsData):
    """A summary as it is stored; `prefix` is what counts of an undecided one, absent where older versions wrote it."""

    plan: JsonObject
    created_at: str
    updated_at: str
    started_at: str | None
    completed_at: str | None
    status: str
    verdict: str | None
    decision: JsonObject | None
    stop: JsonObject | None
    usage: JsonObject
    warnings: list[JsonObject]
    size: int
    head: str
    prefix: NotRequired[TotalsData]


def summary_to_data(summary: Summary, plan: JsonObject | None = None) -> SummaryData:
    """A summary as JSON data: the `doc` of the projection. Of an undecided one it keeps what counts (`prefix`).

    plan  the same as data, where that was made before
    """
    totals = _totals_to_data(summary.totals)
    data: SummaryData = {
        "plan": summary.plan.to_data() if plan is None else plan,
        "created_at": summary.created_at.isoformat(),
        "updated_at": summary.updated_at.isoformat(),
        "started_at": None if summary.started_at is None else summary.started_at.isoformat(),
        "completed_at": None if summary.completed_at is None else summary.completed_at.isoformat(),
        "status": summary.status.value,
        "verdict": None if summary.verdict is None else summary.verdict.value,
        "decision": None if summary.decision is None else summary.decision.to_data(),
        "stop": None if summary.stop is None else summary.stop.to_data(),
        "tallies": totals["tallies"],
        "duration_us": totals["duration_us"],
        "confidence": totals["confidence"],
        "usage": usage_to_data(summary.usage),
        "warnings": [warning.to_data() for warning in summary.warnings],
        "size": summary.size,
        "head": summary.head,
    }
    if summary.prefix is not None:
        data["prefix"] = _totals_to_data(summary.prefix.totals)
    return data


def _totals_to_data(totals: Totals) -> TotalsData:
    return {
        "tallies": [[tally.trials, tally.successes, tally.errors, tally.uncounted] for tally in totals.tallies],
        "duration_us": totals.duration_us,
        "confidence": [totals.confidence, totals.confidence_squared],
    }


def _totals_from_data(data: TotalsData) -> Totals:
    return Totals([Tally(*tally) for tally in data["tallies"]], data["duration_us"], *data["confidence"])


def summary_from_data(data: SummaryData) -> Summary:
    """The inverse of `summary_to_data`; where it was written before there was `prefix`, that is None."""
    return Summary(
        plan=Plan.from_data(data["plan"]),
        created_at=datetime.fromisoformat(data["created_at"]),
        updated_at=datetime.fromisoformat(data["updated_at"]),
        started_at=_moment(data["started_at"]),
        completed_at=_moment(data["completed_at"]),
        status=Status(data["status"]),
        verdict=None if data["verdict"] is None else Verdict(data["verdict"]),
        decision=None if data["decision"] is None else Decided.from_data(data["decision"]),
        stop=None if data["stop"] is None else Stopped.from_data(data["stop"]),
        totals=_totals_from_data(data),
        prefix=Prefix(_totals_from_data(data["prefix"])) if "prefix" in data else None,
        usage=usage_from_data(data["usage"]),
        warnings=[Warned.from_data(warning) for warning in data["warnings"]],
        size=data["size"],
        head=data["head"],
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def trial_of(fact: Finished, at: datetime, texts: Mapping[str, bytes]) -> Trial:
    """A trial from its mark and the blobs it refers to; what is not among them is None."""
    detail = json.loads(_text(texts, fact.detail) or "{}") if fact.detail else {}
    return Trial(
        arm=fact.arm,
        index=fact.index,
        success=fact.success,
        cause=fact.cause,
        error=fact.error or detail.get("error"),
        duration_us=fact.duration_us,
        confidence=float(fact.confidence),
        timestamp=at,
        usage=fact.usage,
        output=_text(texts, fact.output),
        candidate=_text(texts, fact.candidate),
        checks=tuple(Check(*check) for check in detail.get("checks", ())),
        repairs=tuple(detail.get("repairs", ())),
        score=fact.score,
        metadata=detail.get("metadata", {}),
        addresses=(fact.output, fact.candidate),
    )


def with_texts(trial: Trial, texts: Mapping[str, bytes]) -> Trial:
    """The trial with the texts of its addresses; what is not among them is None."""
    output, candidate = (_text(texts, address) for address in trial.addresses)
    return replace(trial, output=output, candidate=candidate)


def _text(texts: Mapping[str, bytes], address: str | None) -> str | None:
    content = texts.get(address) if address else None
    return None if content is None else content.decode("utf-8", "surrogatepass")


def pack(content: bytes) -> bytes:
    """One byte that says how, then the content: deflated where that is smaller."""
    deflated = zlib.compress(content, 6) if len(content) > 64 else content
    return b"\x01" + deflated if len(deflated) < len(content) else b"\x00" + content


def unpack(packed: bytes, size: int) -> bytes:
    """The inverse of `pack` for a content of this many bytes; ValueError for what it did not make.

    No more than that is ever inflated, whatever the row holds.
    """
    if packed[:1] == b"\x01":
        inflater = zlib.decompressobj()
        try:
            content = inflater.decompress(packed[1:], size + 1)
        except (zlib.error, OverflowError) as wrong:
            raise ValueError(str(wrong)) from wrong
        if inflater.unused_data:
            raise ValueError("a text with something behind its end")
    else:
        content = packed[1:]
    if len(content) != size:
        raise ValueError(f"a text that is not the {size} bytes that its row says")
    return content
