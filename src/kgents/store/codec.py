"""Summaries and trials to rows and back."""

import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kgents.domain.fact import Decided, Finished, Stopped, Verdict, Warned, usage_from_data, usage_to_data
from kgents.domain.outcome import Check
from kgents.domain.plan import Plan
from kgents.domain.ports import Trial
from kgents.domain.prefix import Prefix, Tally, Totals
from kgents.domain.summary import Status, Summary


def summary_to_data(summary: Summary) -> dict[str, Any]:
    """A summary as JSON data: the `doc` of the projection. Of an undecided one it keeps what counts (`prefix`)."""
    data = {
        "plan": summary.plan.to_data(),
        "created_at": summary.created_at.isoformat(),
        "updated_at": summary.updated_at.isoformat(),
        "started_at": summary.started_at and summary.started_at.isoformat(),
        "completed_at": summary.completed_at and summary.completed_at.isoformat(),
        "status": summary.status.value,
        "verdict": summary.verdict and summary.verdict.value,
        "decision": summary.decision and summary.decision.to_data(),
        "stop": summary.stop and summary.stop.to_data(),
        **_totals_to_data(summary.totals),
        "usage": usage_to_data(summary.usage),
        "warnings": [warning.to_data() for warning in summary.warnings],
        "size": summary.size,
        "head": summary.head,
    }
    return data if summary.prefix is None else {**data, "prefix": _totals_to_data(summary.prefix.totals)}


def _totals_to_data(totals: Totals) -> dict[str, object]:
    return {
        "tallies": [[tally.trials, tally.successes, tally.errors, tally.uncounted] for tally in totals.tallies],
        "duration_us": totals.duration_us,
        "confidence": [totals.confidence, totals.confidence_squared],
    }


def _totals_from_data(data: Mapping[str, Any]) -> Totals:
    return Totals([Tally(*tally) for tally in data["tallies"]], data["duration_us"], *data["confidence"])


def summary_from_data(data: Mapping[str, Any]) -> Summary:
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

    def text(address: str | None) -> str | None:
        content = texts.get(address) if address else None
        return None if content is None else content.decode("utf-8", "surrogatepass")

    detail = json.loads(text(fact.detail) or "{}") if fact.detail else {}
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
        output=text(fact.output),
        candidate=text(fact.candidate),
        checks=tuple(Check(*check) for check in detail.get("checks", ())),
        repairs=tuple(detail.get("repairs", ())),
        score=fact.score,
        metadata=detail.get("metadata", {}),
    )


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
