"""Keys, and how they are kept out of everything that is written.

Rule: whatever leaves a harness as text went through `Secrets.redact` first. Names may be shown, values never.
"""

import re
from collections.abc import Mapping

from kgents.lazy_pattern import pattern

_NAME = pattern(
    r"(?i)(?:(?:^|_|API|ACCESS|PRIVATE)KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|COOKIE|BEARER"
    r"|(?:^|_)(?:PASS|PAT))(?:_|$)"
)
# Shapes of keys that are told by their form alone: those of detect-secrets' patterned plugins (Apache 2.0) and of model
# vendors, besides `_SECRET_KEY` and `_TOKEN`. Nothing here goes by entropy: hashes, UUIDs and base64 are what programs print.
SHAPES: Mapping[str, str] = {
    "model vendors": r"AIza[A-Za-z0-9_-]{30,}|gsk_[A-Za-z0-9]{40,}"
    r"|xai-[A-Za-z0-9]{40,}|hf_[A-Za-z]{34}",
    "AWS": r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}",
    "Azure storage": r"AccountKey=[A-Za-z0-9+/=]{88}",
    "Discord": r"[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27}",
    "GitHub": r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{22,}",
    "GitLab": r"(?:glpat|gldt|glft|glsoat|glrt)-[A-Za-z0-9_-]{20,}|GR1348941[A-Za-z0-9_-]{20,}"
    r"|glcbt-[0-9a-fA-F]{2}_[A-Za-z0-9_-]{20,}",
    "JSON Web Token": "",  # `_TOKEN`
    "Mailchimp": r"[0-9a-z]{32}-us[0-9]{1,2}",
    "npm": r"npm_[A-Za-z0-9]{36}",
    "PyPI": r"pypi-(?:AgEIcHlwaS5vcmc|AgENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{70,}",
    "SendGrid": r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "Slack": r"xox[abprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T[A-Za-z0-9_]+/B[A-Za-z0-9_]+/[A-Za-z0-9_]+",
    "Square": r"sq0(?:csp|atp)-[0-9A-Za-z_-]{22,43}",
    "Stripe": r"[rs]k_live_[0-9A-Za-z]{24,}",
    "Telegram": r"\d{8,10}:AA[0-9A-Za-z_-]{33}",
    "Twilio": r"(?:AC|SK)[0-9a-f]{32}",
}
_BEFORE = r"(?<![A-Za-z0-9_])"
_SHAPE = pattern(rf"{_BEFORE}(?:{'|'.join(shape for shape in SHAPES.values() if shape)})(?![A-Za-z0-9])")
# Told by what stands further on in a run of characters: where that is missing for the first place at which such a key could
# begin, it is for all others of the run, which are not tried.
_TOKEN = pattern(rf"{_BEFORE}eyJ[A-Za-z0-9_-]{{8,}}+(\.eyJ[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]{{16,}})?")
_SECRET_KEY = pattern(rf"{_BEFORE}sk-[A-Za-z0-9_-]{{16,}}")
_DIGIT = pattern("[0-9]")
# One of these stands in every text in which one of the shapes does: most texts are looked through for words only.
_MARKS = (
    "AIza", "gsk_", "xai-", "hf_", "A3T", "ABIA", "ACCA", "AKIA", "ASIA", "AccountKey=", "ghp_", "gho_", "ghu_", "ghs_",
    "ghr_", "github_pat_", "glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "GR1348941", "glcbt-", "-us", "npm_", "pypi-",
    "SG.", "xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-", "hooks.slack.com", "sq0csp-", "sq0atp-", "k_live_", ":AA",
)  # fmt: skip
_MARK = pattern(r"\.[A-Za-z\d_-]{6}\.|AC[0-9a-f]{32}|SK[0-9a-f]{32}")  # of shapes without a word of their own
_BLOCK = pattern(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_URL = pattern(r"://([^/\s:@]*:([^@\s/]+)@)")  # user and password of a database, say
_USER = pattern(r"(?i)https?://([^/\s:@]+)@")  # a token before the host, as services for errors have it
_LEAST = 15  # characters of the shortest text that has one of these shapes: a key of Slack's
_SHORTEST = 8  # a shorter value is no key, and replacing it would garble texts
REDACTED = "[redacted]"


class Secrets:
    """The values that must not be written: of variables that are named like keys, passwords in URLs, what looks like one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.names = sorted(
            name for name, value in environment.items() if _NAME.search(name) and len(value) >= _SHORTEST
        )
        values = {environment[name] for name in self.names}
        users = (match[1] for value in environment.values() for match in _USER.finditer(value))
        values.update(user for user in users if len(user) >= _SHORTEST)
        for url in (_URL.search(value) for value in environment.values()):
            if url is not None:
                values.add(url[2] if len(url[2]) >= _SHORTEST else url[1])
        self._values = sorted(values, key=len, reverse=True)

    def redact(self, text: str) -> str:
        """The text without secrets."""
        for value in self._values:
            text = text.replace(value, REDACTED)
        if len(text) < _LEAST:
            return text
        if "PRIVATE KEY" in text:
            text = _BLOCK.sub(REDACTED, text)
        if "eyJ" in text:
            text = _TOKEN.sub(lambda run: REDACTED if run[1] else run[0], text)
        if "sk-" in text:
            text = _SECRET_KEY.sub(lambda run: REDACTED if _DIGIT.search(run[0]) else run[0], text)
        if any(mark in text for mark in _MARKS) or _MARK.search(text):
            text = _SHAPE.sub(REDACTED, text)
        return text

    def __repr__(self) -> str:
        return f"Secrets({len(self._values)})"
