"""kgents: decisions about stochastic programs, with stated error rates, from the fewest trials.

    import kgents as kg
    result = kg.decide(trial, target=0.9)

Every name is imported when it is first used; docs/api.md has an example of each.
"""

__version__ = "0.1.0"

_WHERE = {
    "acompare": "api.experiments",
    "adecide": "api.experiments",
    "aestimate": "api.experiments",
    "compare": "api.experiments",
    "decide": "api.experiments",
    "estimate": "api.experiments",
    "history": "api.records",
    "load": "api.records",
    "open": "api.asking",
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
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
