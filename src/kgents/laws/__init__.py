"""Laws: of Python objects, of a model's reasoning, and of the traces it leaves.

Rule: nothing heavy is imported until it is used; Hypothesis and Z3 are loaded by the first examination that needs them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgents.laws.examination import LawBroken, check, examine, load, observe
    from kgents.laws.observation import same, sides
    from kgents.laws.probe import CategoricalProbeRunner
    from kgents.laws.reasoner import SimulatedReasoner
    from kgents.laws.spec import LawSpec

_PLACES = {
    "CategoricalProbeRunner": "probe",
    "SimulatedReasoner": "reasoner",
    "LawBroken": "examination",
    "LawSpec": "spec",
    "check": "examination",
    "examine": "examination",
    "load": "examination",
    "observe": "examination",
    "same": "observation",
    "sides": "observation",
}

__all__ = [
    "CategoricalProbeRunner",
    "LawBroken",
    "LawSpec",
    "SimulatedReasoner",
    "check",
    "examine",
    "load",
    "observe",
    "same",
    "sides",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(name)
    value = getattr(import_module(f"kgents.laws.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
