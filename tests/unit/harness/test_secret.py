"""What is redacted, and what is left alone."""

import base64
import hashlib
import re
import string
import uuid
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgents.harness.secret import REDACTED, SHAPES, Secrets

ENVIRONMENT = {
    "ANTHROPIC_API_KEY": "planted-0123456789",
    "GITHUB_TOKEN": "planted-0123456789-longer",
    "KGENTS_DATABASE_URL": "postgresql://me:long-password@host/db",
    "OTHER_URL": "postgresql://me:short@host/db",
    "MONKEY": "not a key at all",
    "PIN_SECRET": "1234",
    "GITLAB_PAT": "value-of-a-pat",
    "SMTP_PASS": "value-of-a-pass",
    "SSH_PASSPHRASE": "value-of-a-phrase",
    "API_BEARER": "value-of-a-bearer",
    "SESSION_COOKIE": "value-of-a-cookie",
    "SENTRY_DSN": "https://0123456789abcdef0123@o1.example.org/7",
    "PATH": "/usr/bin:/value/of/a/path",
    "COMPASS": "north-north-east",
    "DATABASE": "postgresql://username@host/db",
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
        ("value-of-a-pat value-of-a-pass value-of-a-phrase", f"{REDACTED} {REDACTED} {REDACTED}"),
        ("value-of-a-bearer, value-of-a-cookie", f"{REDACTED}, {REDACTED}"),
        ("sent to 0123456789abcdef0123", f"sent to {REDACTED}"),
        ("/value/of/a/path north-north-east username", "/value/of/a/path north-north-east username"),
    ],
)
def test_values_and_shapes(text: str, expected: str) -> None:
    assert Secrets(ENVIRONMENT).redact(text) == expected


def test_a_repr_shows_no_value() -> None:
    assert "planted" not in repr(Secrets(ENVIRONMENT))


KEYS = {
    "AWS": "AKIA" + "Q3EXAMPLE7Z2WXYZ",
    "Azure storage": "AccountKey=" + "a+/9" * 21 + "ab==",
    "Discord": "M" + "a1" * 12 + "." + "Abc_d1" + "." + "x9" * 13 + "y",
    "GitHub": "github_pat_" + "a1" * 15,
    "GitLab": "glpat-" + "a1" * 10,
    "JSON Web Token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0." + "s5" * 12,
    "Mailchimp": "0a" * 16 + "-us12",
    "model vendors": "hf_" + "aB" * 17,
    "npm": "npm_" + "a1" * 18,
    "PyPI": "pypi-AgEIcHlwaS5vcmc" + "a1" * 36,
    "SendGrid": "SG." + "a1" * 11 + "." + "b2" * 21 + "c",
    "Slack": "xoxb-" + "1234567890-abc",
    "Square": "sq0csp-" + "a1" * 21 + "b",
    "Stripe": "sk_live_" + "a1" * 12,
    "Telegram": "123456789:AA" + "a1" * 16 + "b",
    "Twilio": "SK" + "0a" * 16,
}


@pytest.mark.parametrize("service", SHAPES)
def test_keys_that_are_told_by_their_form(service: str) -> None:
    """Also where they stand in quotes, after an equals sign, or at the end of a line."""
    key = KEYS[service]
    assert Secrets({}).redact(f"key={key}\n'{key}' {key}") == f"key={REDACTED}\n'{REDACTED}' {REDACTED}"


@pytest.mark.parametrize("service", [service for service, shape in SHAPES.items() if shape])
@given(data=st.data())
def test_every_key_of_a_form_is_looked_for(service: str, data: st.DataObject) -> None:
    """What is passed over because no mark of a key stands in a text holds no key."""
    key = data.draw(st.from_regex(re.compile(SHAPES[service], re.ASCII), fullmatch=True))
    assert Secrets({}).redact(f"key={key} end") == f"key={REDACTED} end"


def test_the_shortest_key_is_redacted_alone() -> None:
    assert Secrets({}).redact("xoxb-" + "1234567890") == REDACTED
    assert Secrets({"API_KEY": "k" * 8}).redact("k" * 8) == REDACTED


@pytest.mark.parametrize(
    "key",
    [
        "eyJ" + "hbGci-_9" * 800 + ".eyJzdWIiOiIxMjM0In0." + "s5" * 12,  # a header that holds certificates
        "-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0." + "s5" * 12,
        "sk-" + "abcdefghij" * 30 + "1",
    ],
)
def test_a_key_of_any_length_is_redacted(key: str) -> None:
    assert Secrets({}).redact(f"key={key} end") == f"key={'-' if key[0] == '-' else ''}{REDACTED} end"


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH "])
def test_a_private_key_is_redacted_whole(kind: str) -> None:
    block = f"-----BEGIN {kind}PRIVATE KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END {kind}PRIVATE KEY-----"
    assert Secrets({}).redact(f"before\n{block}\nafter") == f"before\n{REDACTED}\nafter"
    assert "MIIE" not in Secrets({}).redact(block[:60])  # cut off


def test_honest_outputs_lose_nothing() -> None:
    """Ten thousand hashes, UUIDs, commits, lines of base64, numbers with colons, identifiers and sentences."""
    random = Random(11)
    letters = string.ascii_letters + string.digits

    def some(alphabet: str, length: int) -> str:
        return "".join(random.choices(alphabet, k=length))

    makers = [
        lambda: hashlib.new(random.choice(["md5", "sha1", "sha256", "sha512"]), random.randbytes(8)).hexdigest(),
        lambda: str(uuid.UUID(int=random.getrandbits(128), version=4)),
        lambda: base64.b64encode(random.randbytes(57)).decode(),
        lambda: f"{random.randrange(10**10)}:{some(letters, 32)}",
        lambda: f"{some(string.ascii_lowercase, 6)}_{some(string.ascii_lowercase, 9)}-{some(string.digits, 4)}",
        lambda: f"assert {some(string.ascii_lowercase, 5)}({random.random()!r}) == '{some(letters, 20)}'",
        lambda: f"https://example.org/{some(letters, 24)}?v={some(string.hexdigits, 40)}",
        lambda: f"user@example.org sha256:{random.randbytes(32).hex()}",
    ]
    secrets = Secrets({"PATH": "/usr/bin", "HOME": "/home/somebody", "LANG": "C.UTF-8"})
    outputs = [random.choice(makers)() for _ in range(10_000)]
    assert [output for output in outputs if secrets.redact(output) != output] == []


@pytest.mark.parametrize("unit", ["sk-", "eyJabcdefgh-", "-----BEGIN A ", "AKIA", "https://a:"])
def test_a_long_text_without_a_key_is_read_in_time_that_grows_with_its_length(unit: str) -> None:
    """What looked to the end of the text from each beginning of a key took minutes for the output of a program."""
    text = (unit * 200_000)[:200_000]
    assert Secrets({}).redact(text) == text
