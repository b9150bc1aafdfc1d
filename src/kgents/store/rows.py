"""Rows of the tables, from what they are projections of."""

import json
from datetime import datetime
from typing import Any, TypedDict

from kgents.domain.fact import Finished
from kgents.domain.json import JsonObject, member, optional
from kgents.domain.mark import VERSION, Mark, digest, mark_id, read_mark
from kgents.domain.summary import Summary
from kgents.errors import TamperedRecord
from kgents.store.codec import pack, summary_to_data, unpack

CHANGING = ("status", "verdict", "doc", "updated_at")  # columns of an experiment that change while it runs
_DECODER = json.JSONDecoder()


def mark_row(key: int, mark: Mark) -> dict[str, object]:
    """A mark of the log with this key."""
    identity, before, stem = bytes.fromhex(mark.id), bytes.fromhex(mark.prev), mark.body.decode()
    return {
        "log": key,
        "seq": mark.seq,
        "id": identity,
        "prev": before,
        "stem": stem.removesuffix(_ending(mark.log, mark.seq, mark.prev)),
    }


def bytes_of(log: str, row: Any) -> bytes:
    """The exact bytes of the mark that this row of the log keeps: columns seq, prev, stem."""
    return f"{row.stem}{_ending(log, row.seq, row.prev.hex())}".encode()


def checked(log: str, row: Any) -> Mark:
    """The mark that this row of the log keeps: columns seq, id, prev, stem. TamperedRecord where they disagree."""
    try:
        mark = read_mark(bytes_of(log, row))
    except ValueError as wrong:
        raise TamperedRecord(f"mark {row.seq} of {log}: {wrong}", f"kg witness verify {log}") from wrong
    if mark.id != row.id.hex() or mark.seq != row.seq or mark.log != log:
        raise TamperedRecord(f"mark {row.seq} of {log} is not the one that was written", f"kg witness verify {log}")
    return mark


def finished(log: str, row: Any) -> tuple[Finished, datetime]:
    """The outcome that this row of the log keeps, and when: columns seq, id, prev, stem. TamperedRecord where bytes and id
    disagree; whether they are canonical is left to `checked`, which takes half as long again."""
    body = f"{row.stem}{_ending(log, row.seq, row.prev.hex())}"
    if mark_id(body.encode()) != row.id.hex():
        raise TamperedRecord(f"mark {row.seq} of {log} is not the one that was written", f"kg witness verify {log}")
    try:
        outer, end = _DECODER.raw_decode(body)
        if end != len(body):
            raise ValueError("more than one value")
        if outer["kind"] == Finished.kind:
            return Finished.from_data(outer["data"]), datetime.fromisoformat(outer["at"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise TamperedRecord(f"mark {row.seq} of {log}: {wrong}", f"kg witness verify {log}") from wrong
    raise TamperedRecord(f"mark {row.seq} of {log} is no outcome of a trial", f"kg witness verify {log}")


def _ending(log: str, seq: int, prev: str) -> str:
    """What canonical bytes end with, since their keys are sorted: the members that are columns."""
    return f',"log":"{log}","prev":"{prev}","seq":{seq},"v":{VERSION}}}'


class TrialRow(TypedDict):
    """A row of the table of trials; `log` is the key of its experiment, `success` 0, 1 or None."""

    log: int
    index: int
    arm: int
    seq: int
    success: int | None


def trial_row(key: int, mark: Mark) -> TrialRow:
    """The trial that this mark says is finished."""
    index, arm, success = member(mark.data, "i", int), member(mark.data, "arm", int), optional(mark.data, "ok", bool)
    return TrialRow(log=key, index=index, arm=arm, seq=mark.seq, success=None if success is None else int(success))


def blob_row(content: bytes) -> dict[str, object]:
    """A text, under its address."""
    return {"digest": bytes.fromhex(digest(content)), "size": len(content), "packed": pack(content)}


def content_of(row: Any) -> bytes:
    """The text that this row keeps: columns digest, size, packed. TamperedRecord where it is not the one of its address."""
    try:
        content = unpack(row.packed, row.size)
    except ValueError:
        content = b""
    if digest(content) != row.digest.hex():
        raise TamperedRecord(f"the text {row.digest.hex()[:16]} is not the one that was witnessed", "kg witness verify")
    return content


def experiment_row(key: int, summary: Summary) -> dict[str, object]:
    """The projection of an experiment."""
    plan = summary.plan
    return {
        "log": key,
        "id": plan.experiment,
        "name": plan.name,
        "kind": plan.kind,
        "model": plan.model,
        "spec": plan.facts.get("spec"),
        "tags": list(plan.tags),
        "created_at": summary.created_at,
        **_changing(summary),
    }


def changes_row(key: int, summary: Summary, plan: JsonObject) -> dict[str, object]:
    """What changes of the projection of the experiment with this key; `plan` is its plan as data."""
    return {"key": key, **_changing(summary, plan)}


def _changing(summary: Summary, plan: JsonObject | None = None) -> dict[str, object]:
    return {
        "status": summary.status.value,
        "verdict": summary.verdict and summary.verdict.value,
        "doc": summary_to_data(summary, plan),
        "updated_at": summary.updated_at,
    }
