"""The names of the packages of statistics: each is there, is loaded when it is asked for, and is no module."""

import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

from kgents import stats
from kgents.stats import means

PROGRAM = """
import sys
import kgents.stats
from kgents.stats import Design
loaded = {name for name in sys.modules if name.startswith("kgents.stats.")}
assert "kgents.stats.design" in loaded and "kgents.stats.means" not in loaded, loaded
import kgents.stats.boundary
from kgents.stats import boundary
assert boundary(Design()).digest
"""


@pytest.mark.parametrize("package", [stats, means])
def test_every_name_is_there_and_comes_from_the_package(package: ModuleType) -> None:
    for name in package.__all__:
        value = getattr(package, name)
        assert not isinstance(value, ModuleType), name
    assert set(package.__all__) == set(package._where)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing


def test_a_name_that_a_module_has_too_is_the_functions() -> None:
    """Also after that module was imported by itself, which names it so."""
    for name in ("boundary", "characteristics", "drift", "excluded", "outlook"):
        module = import_module(f"kgents.stats.{name}")
        assert isinstance(module, ModuleType)
        assert callable(getattr(stats, name))


def test_what_is_not_asked_for_is_not_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
