"""An experiment as a JUnit file: one test case whose failure is the verdict, with the trials in its output."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from kgents.domain.fact import Verdict
from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.report.sentence import sentence

_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


async def junit(summary: Summary, data: Mapping[str, Any], trials: AsyncIterator[Trial]) -> str:
    """The file's text. A verdict is one test: trials of a stochastic program are no tests of their own."""
    plan = summary.plan
    failed = summary.verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE) or _none_passed(summary, data)
    errored = summary.verdict is None
    seconds = f"{summary.duration_us / 1e6:.3f}"
    counts = {"tests": "1", "failures": str(int(failed)), "errors": str(int(errored)), "skipped": "0", "time": seconds}
    suite = ET.Element("testsuite", {"name": f"kgents.{plan.kind}", "timestamp": str(data["created_at"]), **counts})
    properties = ET.SubElement(suite, "properties")
    for name, value in {**_properties(summary)}.items():
        ET.SubElement(properties, "property", {"name": name, "value": _clean(value)})
    label = {"classname": f"kgents.{plan.kind}", "name": plan.name or plan.experiment}
    case = ET.SubElement(suite, "testcase", {**label, "time": seconds})
    if failed or errored:
        ET.SubElement(case, "failure" if failed else "error", {"message": _clean(sentence(summary, data["evidence"]))})
    lines = [_line(plan.arms[row.arm], row) async for row in trials]
    ET.SubElement(case, "system-out").text = _clean("\n".join([sentence(summary, data["evidence"]), *lines]))
    root = ET.Element("testsuites", counts)
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _none_passed(summary: Summary, data: Mapping[str, Any]) -> bool:
    """Whether an estimate was made of trials that all failed."""
    evidence = data["evidence"]
    return summary.verdict is Verdict.ESTIMATE and evidence["success_rate"] == 0


def _properties(summary: Summary) -> dict[str, str]:
    return {
        "experiment": summary.plan.experiment,
        "verdict": summary.verdict or summary.status,
        "witness_size": str(summary.size),
        "witness_head": summary.head,
    }


def _line(arm: str, row: Trial) -> str:
    return f"{arm} trial {row.index}: {row.cause or 'success'} {row.error or ''}".strip()


def _clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("", text)
