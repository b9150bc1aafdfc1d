"""`laws`: an arm is a law, its one trial is an examination of the target in a confined process.

Rule: the target is imported and run only in a child that has no network, cannot fork, writes no file and is killed when
its time is up; what it does there is an Outcome. The counterexample is replayed in a second fresh process.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Slot, Trial
from kgents.domain.summary import Summary
from kgents.engine.blocks import CODES
from kgents.experiments.registry import Face
from kgents.harness.process import Ended, run

OUTPUT_BYTES = 1_000_000
_KEPT = ("PATH", "PYTHONPATH", "HOME", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV")  # no keys, no secrets
_CHILD = (
    "import sys\n"
    "from kgents.experiments.confined import main\n"
    "main()\n"
)  # fmt: skip


class Laws:
    """Examines one law per arm."""

    def __init__(self, config: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._config = config
        kept = {name: environment[name] for name in _KEPT if name in environment}
        self._environment = {**kept, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}

    async def run_trial(self, slot: Slot) -> Outcome:
        """One law, in a process of its own."""
        law = self._config["laws"][slot.arm]
        job = {
            "target": self._config["object"],
            "laws": [law],
            "cases": self._config["cases"],
            "seed": slot.seed,
            "spec": self._config["spec"],
            "limits": self._config["limits"],
        }
        seconds = self._config["timeout"]
        try:
            ended = await self._child(job, seconds)
        except OSError as wrong:
            return Outcome.failed(Cause.SANDBOX, f"cannot start the examination: {wrong}")
        found = _answer(ended, law, seconds)
        shown = found.get("counterexample")
        if shown and not _broken(await self._child({"replay": shown["code"], "limits": job["limits"]}, seconds)):
            found.update(
                verdict="error",
                counterexample=None,
                detail="the counterexample does not replay in a fresh process: the target keeps state or is random",
            )
        return _outcome(found)

    async def aclose(self) -> None:
        """Nothing is kept."""

    async def _child(self, job: Mapping[str, Any], seconds: float) -> Ended:
        argv = (sys.executable, "-c", _CHILD, json.dumps(job))
        return await run(argv, env=self._environment, cwd=None, seconds=seconds, output_bytes=OUTPUT_BYTES)


def _answer(ended: Ended, law: str, seconds: float) -> dict[str, Any]:
    blank = {"law": law, "verdict": "error", "cases": 0, "counterexample": None, "power": None, "family": {}}
    if ended.status is None:
        return {**blank, "detail": f"the target did not end within {seconds:g} s (--timeout)"}
    try:
        said = json.loads(ended.stdout)
    except ValueError:
        return {**blank, "detail": f"the target ended its process (status {ended.status}): memory, time or os._exit"}
    if "error" in said:
        hint = said["error"].get("hint")
        return {**blank, "detail": said["error"]["message"] + (f"; {hint}" if hint else "")}
    return {**said["findings"]["laws"][0], "family": said["findings"]["family"]}


def _broken(ended: Ended) -> bool:
    try:
        return bool(json.loads(ended.stdout).get("broken"))
    except ValueError:
        return False


def _outcome(found: dict[str, Any]) -> Outcome:
    verdict = found["verdict"]
    said: dict[str, Any] = {"metadata": {"finding": found, "input": found["law"]}, "score": (CODES.index(verdict),)}
    shown = found["counterexample"]
    if verdict == "not_refuted":
        return Outcome.passed(found["detail"], **said)
    if verdict == "refuted":
        inputs = ", ".join(f"{name} = {text}" for name, text in shown["inputs"].items())
        message = f"{found['law']}: {inputs}: {shown['left']} is not {shown['right']}"
        return Outcome.failed(Cause.LAW_BROKEN, message, shown["code"], **said)
    return Outcome.failed(Cause.REJECTED, f"{verdict.replace('_', ' ')}: {found['detail']}", **said)


def _headline(config: Mapping[str, Any]) -> str:
    return f"{config['object']}: {', '.join(config['laws'])}"


def _evidence(config: Mapping[str, Any], summary: Summary, trials: Sequence[Trial]) -> Mapping[str, Any]:
    findings = [
        trial.metadata["finding"] for trial in sorted(trials, key=lambda t: t.arm) if "finding" in trial.metadata
    ]
    family: Mapping[str, str] = next((finding["family"] for finding in findings if finding.get("family")), {})
    return {
        "family": family,
        "laws": [{key: value for key, value in finding.items() if key != "family"} for finding in findings],
    }


def _table(config: Mapping[str, Any], evidence: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    rows = [(f"{name} of {config['object']}", text) for name, text in evidence.get("family", {}).items()]
    for finding in evidence.get("laws", ()):
        rows.append((finding["law"], _line(finding)))
        if finding["counterexample"]:
            rows += [("", line) for line in finding["counterexample"]["code"].splitlines()]
    return rows


def _line(finding: Mapping[str, Any]) -> str:
    power = finding["power"]
    caught = f"; of {power['planted']} corrupted compositions {power['caught']} were caught" if power else ""
    return f"{finding['verdict'].replace('_', ' ').upper()}  {finding['detail']}{caught}"


FACE = Face("laws", "the share of laws that were not refuted", _headline, _evidence, needs_trials=True, table=_table)
