"""What is redacted, and what is left alone."""

import pytest

from kgents.harness.secret import REDACTED, Secrets

ENVIRONMENT = {
    "ANTHROPIC_API_KEY": "planted-0123456789",
    "GITHUB_TOKEN": "planted-0123456789-longer",
    "KGENTS_DATABASE_URL": "postgresql://me:long-password@host/db",
    "OTHER_URL": "postgresql://me:short@host/db",
    "MONKEY": "not a key at all",
    "PIN_SECRET": "1234",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the key is planted-0123456789.", f"the key is {REDACTED}."),
        ("planted-0123456789-longer", REDACTED),
        ("postgresql://me:long-password@host/db", f"postgresql://me:{REDACTED}@host/db"),
        ("postgresql://me:short@host/db", f"postgresql://{REDACTED}host/db"),
        ("short", "short"),
        ("not a key at all 1234", "not a key at all 1234"),
        ("Bearer sk-ant-api03-abcdefghijkl", f"Bearer {REDACTED}"),
        ("import sk-learn-pipeline-of-steps", "import sk-learn-pipeline-of-steps"),
        ("http://user:pass@example.org/", "http://user:pass@example.org/"),
        ("ghp_" + "a1" * 15, REDACTED),
    ],
)
def test_values_and_shapes(text: str, expected: str) -> None:
    assert Secrets(ENVIRONMENT).redact(text) == expected


def test_a_repr_shows_no_value() -> None:
    assert "planted" not in repr(Secrets(ENVIRONMENT))
