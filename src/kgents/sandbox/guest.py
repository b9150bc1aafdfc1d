"""A program of ours that runs untrusted code itself, in the confinement of a candidate."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Guest:
    """A program of ours that runs untrusted code itself, in the candidate's confinement.

    function  MODULE:FUNCTION, called in a fresh process with the descriptor of its channel
    preload   modules that are imported before the doors close
    readable  further places that may be read, and that have to be
    limits    what differs from a candidate's limits
    """

    function: str
    preload: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
