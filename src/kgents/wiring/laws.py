"""`laws` put together: options become a request, and a recorded configuration runs again."""

from collections.abc import Mapping
from typing import Any

from kgents.domain.json import digest_of
from kgents.domain.plan import Layout
from kgents.domain.ports import Kind
from kgents.experiments.laws import Laws
from kgents.laws.law import laws_of
from kgents.stats import Design, Prior, Rule
from kgents.wiring.conduct import Request
from kgents.wiring.settings import Settings

_PARTS = ("compose", "identity", "elements", "observe", "inverse", "plus")


def request(target: str, options: Mapping[str, Any], run: Mapping[str, Any]) -> Request:
    """A request for the laws of a target. UsageError for an unknown law."""
    words = (options["names"] or "identity,associativity").split(",")
    names = tuple(law.name for law in laws_of(tuple(word.strip() for word in words if word.strip())))
    config = {
        "type": "laws",
        "object": target,
        "laws": list(names),
        "cases": options["cases"],
        "spec": {key: options[key] for key in _PARTS if options[key] is not None},
        "limits": {"memory_mb": options["memory_mb"], "cpu_s": int(options["timeout"]) + 1},
        "timeout": options["timeout"],
    }
    design = Design(Rule.FIXED, None, 0.95, 1, Prior(), 0.0)
    facts = {"spec": digest_of([target, *names]), "decider": "verdicts"}
    return Request(
        "laws", config, design, arms=names, layout=Layout.BLOCKS, oracle="laws", facts=facts,
        boundary_digest=digest_of("one examination per law"), **run,
    )  # fmt: skip


async def builder(experiment: str, config: Mapping[str, Any], settings: Settings) -> Kind:
    """The kind that a recorded configuration stands for."""
    return Laws(config, settings.environment)
