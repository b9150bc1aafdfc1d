"""Coders by name, ours and those of other packages."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from kgents.errors import HarnessUnavailable, UsageError
from kgents.harness import registry
from kgents.harness.settings import Settings
from kgents.harness.simulated import SimulatedCoder


def plugged(settings: Settings) -> SimulatedCoder:
    """What an entry point of another package names."""
    return SimulatedCoder()


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three entry points: a good one, a broken one, and one with a name of ours."""
    points = [
        EntryPoint("plugged", f"{__name__}:plugged", registry.GROUP),
        EntryPoint("broken", "kgents_no_such_package:make", registry.GROUP),
        EntryPoint("simulated", "kgents_no_such_package:make", registry.GROUP),
    ]
    monkeypatch.setitem(__import__("sys").modules, __name__, __import__("sys").modules[__name__])
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points)


@pytest.mark.parametrize(("typo", "meant"), [("simulatd", "simulated"), ("comand", "command"), ("Replay", "replay")])
def test_a_typo_is_answered_with_the_nearest_name(typo: str, meant: str) -> None:
    with pytest.raises(UsageError, match=typo) as caught:
        registry.make(typo, Settings())
    assert f"--harness {meant}" in (caught.value.hint or "")


def test_nothing_near_lists_what_there_is() -> None:
    with pytest.raises(UsageError) as caught:
        registry.make("zzzzzzzz", Settings())
    assert "simulated, replay, command" in (caught.value.hint or "")


@pytest.mark.usefixtures("others")
def test_other_packages_plug_in_but_do_not_replace_ours() -> None:
    assert isinstance(registry.make("plugged", Settings()), SimulatedCoder)
    assert isinstance(registry.make("simulated", Settings()), SimulatedCoder)
    assert registry.names().count("simulated") == 1
    assert {"plugged", "broken"} <= set(registry.names())


@pytest.mark.usefixtures("others")
def test_a_plug_in_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(HarnessUnavailable, match="--harness broken"):
        registry.make("broken", Settings())


def test_what_is_missing_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        registry.make("replay", Settings())
    assert "--candidates" in (caught.value.hint or "")
    with pytest.raises(UsageError) as caught:
        registry.make("command", Settings())
    assert "--command" in (caught.value.hint or "")
    with pytest.raises(UsageError, match="'\""):
        registry.make("command", Settings(command="echo '"))
