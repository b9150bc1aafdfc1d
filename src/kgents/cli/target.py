"""--target: a rate, or what a stored run showed, less a margin: `@ID`, `@ID-0.05`, `@NAME-0.05`, `@latest`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from kgents.cli.option_types import DesignOptions, StoredTarget
from kgents.domain.json import Json
from kgents.errors import UsageError
from kgents.lazy_pattern import pattern

if TYPE_CHECKING:
    from kgents.runner.session import Record

_STORED = pattern(r"@(?P<reference>.+?)(?:-(?P<margin>\d*\.\d+|0|1))?")


class TargetType(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """A float, or a StoredTarget."""

    name = "RATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | StoredTarget:
        """The value as typed."""
        if isinstance(value, (float, StoredTarget)):
            return value
        match = _STORED.fullmatch(str(value))
        if match is not None:
            name = match["reference"]
            if "+" in name:
                raise UsageError(
                    f"--target {value}: a margin is taken away, not added", "such as --target @latest-0.05"
                )
            return StoredTarget("@latest" if name == "latest" else name, float(match["margin"] or 0))
        try:
            return float(value)
        except ValueError:
            raise UsageError(f"--target {value!r} is no rate", "a number such as 0.9, or @ID-0.05") from None


@dataclass(frozen=True, slots=True)
class Settled:
    """The rate in question, the confidence that is left for it, and the facts to record."""

    target: float | None
    confidence: float
    facts: Mapping[str, Json] = field(default_factory=dict)


def provisional(options: DesignOptions) -> DesignOptions:
    """The options with a rate in place of a stored run: to check the rest before the record is open."""
    return {**options, "target": 0.5} if isinstance(options["target"], StoredTarget) else options


async def settled(options: DesignOptions, record: "Record") -> Settled:
    """The rate that --target stands for.

    UsageError where the run cannot be compared with; UnknownExperiment.
    """
    target = options["target"]
    if not isinstance(target, StoredTarget):
        return Settled(target, options["confidence"])
    if options["rule"] in ("posterior", "sprt"):
        raise UsageError(
            f"--rule {options['rule']} promises no error at the target that --target @ID sets", "leave it out"
        )
    from kgents.runner.baseline import baseline

    record.check_stored()

    base = await baseline(target.reference, target.margin, options["confidence"], await record.opened())
    return Settled(base.target, base.confidence, {"baseline": base.to_data()})
