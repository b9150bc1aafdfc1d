"""Whatever a kind's configuration holds is in the record as it was: written and read again it is equal, and has a headline."""

import json
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kgents.domain.json
from kgents.domain.plan import Plan
from kgents.kinds.bisect.data import BisectConfig
from kgents.kinds.callable.options import CallableConfig
from kgents.kinds.command.options import CommandConfig
from kgents.kinds.config import readable_config, recorded_config
from kgents.kinds.flaky.options import FlakyConfig
from kgents.kinds.generate.options import GenerateConfig
from kgents.kinds.laws.options import LawsConfig
from kgents.kinds.parse.data import ParseConfig
from kgents.kinds.reasoning.options import ReasoningConfig
from kgents.kinds.registry import BUILT_IN, kind_of
from kgents.kinds.suite.options import SuiteConfig
from kgents.kinds.traces.options import CoherenceConfig
from kgents.stats import Design, Rule

CONFIGS: dict[str, type] = {
    "bisect": BisectConfig,
    "callable": CallableConfig,
    "command": CommandConfig,
    "flaky": FlakyConfig,
    "generate": GenerateConfig,
    "laws": LawsConfig,
    "parse": ParseConfig,
    "reasoning": ReasoningConfig,
    "suite": SuiteConfig,
    "coherence": CoherenceConfig,
}
WITHOUT_TYPE = {"stochastic-law", "test", "told"}  # what others make of them is theirs
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(-(10**6), 10**6),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    NoneType: st.none(),
    object: st.none() | st.text(max_size=3),
}
JSON = st.dictionaries(st.text(max_size=4), st.none() | st.booleans() | st.integers() | st.text(max_size=4), max_size=3)


def values(shape: Any) -> st.SearchStrategy[Any]:
    """All values of a type, as JSON has them: tuples as lists."""
    if shape in SCALARS:
        return SCALARS[shape]
    if is_typeddict(shape):
        hints = get_type_hints(shape, localns={**vars(kgents.domain.json), "Json": object}, include_extras=True)
        optional = {name: values(hint) for name, hint in hints.items() if name in shape.__optional_keys__}
        return st.fixed_dictionaries({name: values(hints[name]) for name in shape.__required_keys__}, optional=optional)
    parts = get_args(shape)
    match get_origin(shape):
        case origin if origin is NotRequired:
            return values(parts[0])
        case origin if origin in (Union, UnionType):
            return st.one_of(*map(values, parts))
        case origin if origin is tuple:
            return st.tuples(*map(values, parts)).map(list)
        case origin if origin is list:
            return st.lists(values(parts[0]), min_size=1, max_size=2)
        case origin if isinstance(origin, type) and issubclass(Mapping, origin):
            return JSON
        case origin if isinstance(origin, type) and issubclass(list, origin):
            return st.lists(values(parts[0]), min_size=1, max_size=2)
    return JSON


def written(config: Mapping[str, object]) -> bytes:
    """As an experiment is begun."""
    return json.dumps(config, sort_keys=True, separators=(",", ":")).encode()


def test_each_kind_has_a_type_for_its_configuration() -> None:
    """Of those that another program makes only the kinds that say so have none."""
    assert set(CONFIGS) | WITHOUT_TYPE == set(BUILT_IN)
    assert all("type" in shape.__annotations__ for shape in CONFIGS.values())


@pytest.mark.parametrize("kind", CONFIGS)
@settings(max_examples=40, derandomize=True, deadline=None)
@given(data=st.data())
def test_a_configuration_is_read_as_it_was_written(kind: str, data: st.DataObject) -> None:
    """Nothing in it is of a type that JSON has not; and the list of experiments can say what was tried."""
    config = {**data.draw(values(CONFIGS[kind])), "type": kind}
    content = written(config)
    plan = Plan("exp-1", kind, "c", Design(Rule.FIXED, None, 0.95, 1, futility=0.0), "", 1)
    read = recorded_config(plan, content)
    assert read == readable_config(content) == config
    assert written(read) == content
    assert isinstance(kind_of(kind).headline(read), str)
