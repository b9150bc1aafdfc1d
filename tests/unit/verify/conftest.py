"""Fixtures of the tests of judging."""

import pytest

NAMED = "pytest_asyncio.plugin"  # by cases with coroutines


@pytest.fixture(autouse=True)
def plugins_of_a_user(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session of pytest that judges candidates has no plugin that is here for our own tests, but one that cases name."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    if "coroutines" in request.node.name:
        monkeypatch.setenv("PYTEST_PLUGINS", NAMED)
