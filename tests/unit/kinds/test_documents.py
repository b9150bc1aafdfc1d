"""The types of a kind's documents, and what `kg schema` says of them, name the same members."""

from collections.abc import Mapping
from typing import Any

import pytest

from kgents.kinds.bisect import data as bisect
from kgents.kinds.bisect import fields as bisect_fields
from kgents.kinds.flaky import fields as flaky_fields
from kgents.kinds.flaky import options as flaky
from kgents.kinds.laws import fields as laws_fields
from kgents.kinds.laws import options as laws
from kgents.kinds.parse import data as parse
from kgents.kinds.parse import fields as parse_fields
from kgents.kinds.reasoning import fields as reasoning_fields
from kgents.kinds.reasoning import options as reasoning
from kgents.kinds.suite import fields as suite_fields
from kgents.kinds.suite import options as suite
from kgents.kinds.traces import fields as traces_fields
from kgents.kinds.traces import options as traces
from kgents.laws import finding

_LAW = laws_fields.FIELDS.evidence["laws"]["items"]["properties"]
PAIRS: list[tuple[type, Mapping[str, Any]]] = [
    (parse.StrategyData, parse_fields.STRATEGY["properties"]),
    (parse.RateData, parse_fields.RATE["properties"]),
    (parse.RowData, parse_fields.ROW["properties"]),
    (parse.Counts, parse_fields.OUTCOMES),
    (parse.Example, parse_fields.EXAMPLE["properties"]),
    (parse.WinsData, parse_fields.WINS),
    (parse.ParseEvidence, parse_fields.FIELDS.evidence),
    (parse.AveragesData, parse_fields.STRATEGY["properties"]["macro_average"]["properties"]),
    (parse.ComparisonData, parse_fields.FIELDS.evidence["comparisons"]["items"]["properties"]),
    (laws.LawsEvidence, laws_fields.FIELDS.evidence),
    (finding.CounterexampleData, _LAW["counterexample"]["properties"]),
    (finding.PowerData, _LAW["power"]["properties"]),
    (bisect.BisectEvidence, bisect_fields.FIELDS.evidence),
    (bisect.Located, bisect_fields.FIELDS.evidence["bisect"]["properties"]),
    (bisect.CommitData, bisect_fields.FIELDS.evidence["bisect"]["properties"]["commits"]["items"]["properties"]),
    (flaky.FailedTest, flaky_fields.FIELDS.evidence["tests"]["anyOf"][1]["items"]["properties"]),
    (flaky.CleanData, flaky_fields.FIELDS.evidence["clean"]["properties"]),
    (flaky.FirstRun, flaky_fields.FIELDS.evidence["first_run"]["properties"]),
    (flaky.FirstFailure, flaky_fields.FAILURE["properties"]),
    (flaky.ChangedTest, flaky_fields.CHANGED["properties"]),
    (flaky.SideData, flaky_fields.SIDE["properties"]),
    (flaky.CommitNames, flaky_fields.FIELDS.evidence["commits"]["properties"]),
    (reasoning.ReasoningEvidence, reasoning_fields.FIELDS.evidence),
    (reasoning.ReasoningLaw, reasoning_fields.FIELDS.evidence["laws"]["items"]["properties"]),
    (suite.SuiteEvidence, suite_fields.FIELDS.evidence),
    (suite.HalveData, suite_fields.HALVE["properties"]),
    (suite.NamedSuite, suite_fields.FIELDS.evidence["suite"]["properties"]),
    (suite.TaskData, suite_fields.FIELDS.evidence["tasks"]["items"]["properties"]),
    (suite.DifferenceData, suite_fields.FIELDS.evidence["differences"]["items"]["properties"]),
    (traces.TracesEvidence, traces_fields.FIELDS.evidence),
    (traces.CoherenceData, traces_fields.FIELDS.evidence["laws"]["items"]["properties"]),
]


@pytest.mark.parametrize(("shape", "members"), PAIRS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_document_has_the_members_that_its_schema_explains(shape: type, members: Mapping[str, Any]) -> None:
    """One that is only in the type has no explanation; one that is only in the schema is never written."""
    assert set(shape.__annotations__) == set(members)


def test_suites_at_one_version_and_at_two_commits_add_what_the_schema_explains() -> None:
    """Each has fields of its own; both say which tests there are."""
    fields = {*flaky.FlakyEvidence.__annotations__, *flaky.ChangesEvidence.__annotations__}
    assert fields == set(flaky_fields.FIELDS.evidence)
