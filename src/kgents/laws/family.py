"""A family: elements, composition, identity and observation of one target."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kgents.laws.elements import GUESSED
from kgents.laws.literals import Environment


@dataclass(frozen=True, slots=True)
class Family:
    """A target, understood.

    operations   templates by name (see `law`); `e` is there once an identity is known
    elements     a strategy of source texts (or Given values); probes likewise
    observed     a template: how an element is looked at
    nothing      whether an element may hold None, so that values and results of functions are None as well
    declared     whether the identity was named by the target or the user, rather than guessed
    candidates   texts that may be the identity, most likely first
    zeros        texts that may be the neutral element of plus; `zero_declared` as `declared`
    part_told    whether something says of which type the parts of a lens are
    variables    strategies of what operations mention besides elements, by name: a lens, say
    """

    name: str
    operations: Mapping[str, str]
    elements: Any
    probes: Any
    observed: str
    environment: Environment
    prelude: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    declared: bool = False
    candidates: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()
    zero_declared: bool = False
    variables: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    nothing: bool = False
    part_told: bool = True

    @property
    def guessed(self) -> bool:
        """Whether the type of some part of an element was guessed."""
        return GUESSED in self.environment

    def with_identity(self, text: str) -> "Family":
        """The same with a known identity."""
        return replace(self, operations={**self.operations, "e": text})

    def with_zero(self, text: str) -> "Family":
        """The same with a known neutral element of plus."""
        return replace(self, operations={**self.operations, "z": text})
