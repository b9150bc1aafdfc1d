"""kgents: decisions about stochastic programs, with stated error rates, from the fewest trials.

    import kgents as kg
    result = kg.decide(trial, target=0.9)

Every name is imported when it is first used; docs/api.md has an example of each.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
else:
    ModuleType = type(sys)

__version__ = "0.2.0"

_WHERE = {
    "acompare": "api.experiments",
    "adecide": "api.experiments",
    "aestimate": "api.experiments",
    "compare": "api.experiments",
    "decide": "api.experiments",
    "estimate": "api.experiments",
    "generate": "cli.library",
    "history": "api.records",
    "laws": "cli.library",
    "load": "api.records",
    "open": "api.asking",
    "parse": "cli.library",
    "plan": "api.planning",
    "resume": "api.experiments",
    "KgentsError": "errors",
    "NotSupported": "api.result",
    "OpenExperiment": "api.asking",
    "Result": "api.result",
    "Trial": "kinds.callable.trial",
    "UsageError": "errors",
}
__all__ = list(_WHERE)


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'kgents' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"kgents.{_WHERE[name]}"), name)
    if name != "laws":
        globals()[name] = value
    return value


class _Package(ModuleType):
    """kgents, whose `laws` is a package and a function: the package can be called."""

    @property
    def laws(self) -> object:
        """The package `kgents.laws`, callable."""
        return __getattr__("laws")

    @laws.setter
    def laws(self, package: ModuleType) -> None:
        """The import system names every package that it loads; this one is known."""


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
