"""An experiment as JSON data, as the contract says it; the list of trials is written apart, so that it can stream."""

from collections.abc import Mapping
from datetime import datetime

from kgents.domain.outcome import Usage
from kgents.domain.plan import Layout, Plan
from kgents.domain.ports import Trial
from kgents.domain.seeds import seed_data
from kgents.domain.summary import Summary
from kgents.kinds.kind import Config
from kgents.kinds.registry import kind_of
from kgents.report.document_types import ArmData, AuthorData, Authored, Head, TrialData, UsageData
from kgents.report.evidence import analysis_of, evidence, interval_fields, interval_of, shown_data


def head(summary: Summary, config: Config | None) -> Head:
    """Everything but `trials` and `mark_ids`; `config` is None where it was erased."""
    plan, numbers, stop = summary.plan, evidence(summary), summary.stop
    return {
        "id": plan.experiment,
        "name": plan.name,
        "tags": list(plan.tags),
        **author(plan),
        "kind": plan.kind,
        "status": summary.status.value,
        "config": config_data(plan, config),
        "evidence": numbers,
        "arms": numbers["arms"] if "arms" in numbers else arms(summary),
        "usage": usage_data(summary.usage),
        "warnings": [{"code": warning.code, "text": warning.text} for warning in summary.warnings],
        "stopped": None if stop is None else {"reason": stop.reason.value, "text": stop.text},
        "witness_head": {"size": summary.size, "hash": summary.head},
        "created_at": _iso(summary.created_at),
        "started_at": _iso(summary.started_at),
        "completed_at": _iso(summary.completed_at),
        "updated_at": _iso(summary.updated_at),
    }


def author(plan: Plan) -> Authored:
    """Who began it where, as far as it is recorded, or that this, name and tags were erased."""
    who = plan.who
    if plan.names is None or (who is not None and who.user is None and who.host is None):
        return {}
    author: AuthorData = {
        "user": None if who is None else who.user,
        "host": None if who is None else who.host,
        "erased": who is None,
    }
    return {"author": author}


def config_data(plan: Plan, config: Config | None) -> Config:
    """All that is needed to run it again."""
    design, budget = plan.design, plan.budget
    return {
        **_exact(config or {"erased": True}),
        "type": plan.kind,
        "seed": seed_data(plan.seed),
        "rule": design.rule.value,
        "adaptive": design.rule.value != "fixed",
        "target": design.target,
        "confidence": design.confidence,
        "max_trials": design.max_trials,
        "prior": {"alpha": design.prior.a, "beta": design.prior.b},
        "futility": design.futility,
        "margin": design.margin,
        "boundary_digest": plan.boundary_digest,
        "errors": plan.errors.value,
        "max_errors": plan.max_errors,
        "budget": {
            "seconds": budget.seconds,
            "tokens": budget.tokens,
            "usd": None if budget.usd is None else float(budget.usd),
        },
        "model": plan.model,
        "facts": plan.recorded_facts,
        "versions": plan.versions.to_data(),
    }


def arms(summary: Summary) -> list[ArmData]:
    """One entry per arm; the layout adds its own."""
    plan = summary.plan
    rows = []
    for number, name in enumerate(plan.arms):
        tally = summary.counted.tallies[number]
        data: ArmData = {
            "name": name,
            "trials_total": tally.finished,
            "trials_success": tally.successes,
            "trials_finished": summary.tallies[number].finished,
            "trials_error": tally.errors,
            "success_rate": tally.successes / tally.trials if tally.trials else None,
        }
        if plan.layout is Layout.INDEPENDENT and len(plan.arms) > 1:
            data = {**data, **interval_fields(analysis_of(summary, number))}
            data["interval"] = shown_data(interval_of(summary, number))
        if summary.decision is not None and "arms" in summary.decision.detail:
            data["verdict"] = summary.decision.detail["arms"][number][0]
        if summary.decision is not None and "status" in summary.decision.detail:
            data["status"] = summary.decision.detail["status"][number]
        rows.append(data)
    return rows


def trial(row: Trial, summary: Summary, config: Config) -> TrialData:
    """One trial."""
    plan = summary.plan
    return {
        "index": row.index,
        "arm": plan.arms[row.arm] or None,
        "input": kind_of(plan.kind).input_of(config, row),
        "output": row.candidate if row.candidate is not None else row.output,
        "text": row.output,
        "success": row.success is True,
        "counted": row.success is not None,
        "cause": row.cause and row.cause.value,
        "error": row.error,
        "duration_ms": row.duration_us / 1000,
        "confidence": row.confidence,
        "repairs": list(row.repairs),
        "checks": [{"name": check.name, "passed": check.passed, "detail": check.detail} for check in row.checks],
        "usage": usage_data(row.usage),
        "metadata": _exact(row.metadata),
        "seed": seed_data(plan.seed_of(row.arm, row.index)),
        "timestamp": _iso(row.timestamp),
    }


def usage_data(usage: Usage) -> UsageData:
    """What was consumed; the cost is null where it is not known."""
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_tokens": usage.cached_tokens,
        "calls": usage.calls,
        "cost_usd": None if usage.cost_usd is None else float(usage.cost_usd),
    }


def _exact(data: Mapping[str, object]) -> dict[str, object]:
    """With whole numbers that not every reader of JSON has exactly, such as seeds of 63 bits, as digits."""
    return {name: seed_data(value) if type(value) is int else value for name, value in data.items()}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
