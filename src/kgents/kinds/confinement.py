"""Which sandbox runs candidates: our own, or one that another package provides."""

from collections.abc import Mapping
from typing import Any

from kgents.sandbox.providers import open_provided
from kgents.sandbox.sandbox import Sandbox, open_sandbox


def sandbox_of(options: Mapping[str, Any]) -> Sandbox:
    """The sandbox that options or a recorded configuration ask for. UsageError, SandboxUnavailable."""
    name = options.get("sandbox")
    weak = bool(options["allow_weak_sandbox"])
    return open_provided(name, weak) if name else open_sandbox(weak)
