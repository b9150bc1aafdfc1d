"""The types of the JSON document, and what `kg schema` says of it, name the same fields."""

from collections.abc import Mapping
from typing import Any

import pytest

from kgents.report import document_types as types
from kgents.report.schema import schema_of

DOCUMENT = schema_of()["properties"]


def fields(*names: str) -> Mapping[str, Any]:
    """The fields of the document at a path of names; of a list those of its items."""
    part: Any = {"properties": DOCUMENT}
    for name in names:
        part = part["properties"][name]
        part = part.get("items", part)
    properties: Mapping[str, Any] = part["properties"]
    return properties


PATHS: list[tuple[type, tuple[str, ...]]] = [
    (types.AuthorData, ("author",)),
    (types.ArmData, ("arms",)),
    (types.UsageData, ("usage",)),
    (types.WarningData, ("warnings",)),
    (types.StopData, ("stopped",)),
    (types.HeadData, ("witness_head",)),
    (types.FailureData, ("error",)),
    (types.TrialData, ("trials",)),
    (types.CheckData, ("trials", "checks")),
    (types.UsageData, ("trials", "usage")),
    (types.EvidenceData, ("evidence",)),
    (types.PosteriorData, ("evidence", "posterior")),
    (types.IntervalData, ("evidence", "credible_interval")),
    (types.ShownData, ("evidence", "interval")),
    (types.CauseData, ("evidence", "causes")),
    (types.DurationData, ("evidence", "duration_seconds")),
    (types.ExcludedData, ("evidence", "excluded")),
    (types.PromiseData, ("evidence", "operating_characteristics")),
    (types.OutlookData, ("evidence", "outlook")),
    (types.PairData, ("evidence", "pairs")),
    (types.SidedInterval, ("evidence", "pairs", "difference")),
    (types.FalseAlarmData, ("evidence", "against_itself")),
    (types.FalseAlarmLimits, ("evidence", "against_itself", "interval")),
    (types.ScoresData, ("evidence", "scores")),
    (types.ScoreDifferenceData, ("evidence", "score_difference")),
    (types.NamedDifferenceData, ("evidence", "score_differences")),
]


@pytest.mark.parametrize(("shape", "path"), PATHS, ids=[".".join(path) for _, path in PATHS])
def test_a_part_of_the_document_has_the_fields_that_its_schema_explains(shape: type, path: tuple[str, ...]) -> None:
    """One that is only in the type has no explanation; one that is only in the schema is never written."""
    assert set(shape.__annotations__) == set(fields(*path))


def test_the_document_as_a_whole() -> None:
    """Its lists of trials and of marks are streamed, and no part of the type."""
    assert {*types.Document.__annotations__, "trials", "mark_ids"} == set(DOCUMENT)
