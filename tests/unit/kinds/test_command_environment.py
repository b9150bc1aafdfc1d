"""What a command sees of the caller's environment."""

import pytest

from kgents.errors import UsageError
from kgents.kinds.command.environment import names_of, passed

YOURS = {
    "PATH": "/bin",
    "HOME": "/me",
    "LC_ALL": "C",
    "OPENAI_API_KEY": "k",
    "CI": "1",
    "PYTHONPATH": "x",
    "PYTHON": "y",
}


def test_all_where_nothing_is_named() -> None:
    """Today's default, and its name."""
    assert passed(YOURS, names_of(None)) == passed(YOURS, names_of("all")) == YOURS


@pytest.mark.parametrize(
    ("text", "more"),
    [("none", set()), ("CI", {"CI"}), ("PYTHON*", {"PYTHON", "PYTHONPATH"}), ("PYTHON,NOT_THERE", {"PYTHON"})],
)
def test_only_what_is_named_and_what_every_program_needs(text: str, more: set[str]) -> None:
    """No key among it that was not named."""
    assert set(passed(YOURS, names_of(text))) == {"PATH", "HOME", "LC_ALL"} | more


@pytest.mark.parametrize("text", ["", "A,", "A=1", "A B", "*", "1A"])
def test_what_is_no_name_is_refused(text: str) -> None:
    """With the remedy."""
    with pytest.raises(UsageError, match="no name of a variable") as caught:
        names_of(text)
    assert caught.value.hint
