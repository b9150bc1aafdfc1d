"""--target: a rate, or what a stored run showed, less a margin: `@ID`, `@ID-0.05`, `@NAME-0.05`, `@latest`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from kgents.errors import UsageError

if TYPE_CHECKING:
    from kgents.domain.ports import Store

_STORED = re.compile(r"@(?P<reference>.+?)(?:-(?P<margin>\d*\.\d+|0|1))?")


@dataclass(frozen=True, slots=True)
class StoredTarget:
    """The lower limit of a stored run less a margin.

    reference  what names the run: an id or its beginning, a name, or @latest
    """

    reference: str
    margin: float


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
            return StoredTarget("@latest" if name == "latest" else name, float(match["margin"] or 0))
        try:
            return float(value)
        except ValueError:
            raise UsageError(f"--target {value!r} is no rate", "a number such as 0.9, or @ID-0.05") from None


def provisional(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with a rate in place of a stored run: to check the rest before the record is open."""
    stored = isinstance(options["target"], StoredTarget)
    return {**options, "target": 0.5} if stored else dict(options)


async def settled(options: Mapping[str, Any], store: "Store") -> tuple[dict[str, Any], dict[str, Any]]:
    """The options with the rate that --target stands for and the confidence that is left, and the facts to record.

    UsageError where the run cannot be compared with; UnknownExperiment.
    """
    target = options["target"]
    if not isinstance(target, StoredTarget):
        return dict(options), {}
    if options["rule"] in ("posterior", "sprt"):
        raise UsageError(
            f"--rule {options['rule']} promises no error at the target that --target @ID sets", "leave it out"
        )
    from kgents.runner.baseline import baseline

    base = await baseline(target.reference, target.margin, options["confidence"], store)
    return {**options, "target": base.target, "confidence": base.confidence}, {"baseline": base.to_data()}
