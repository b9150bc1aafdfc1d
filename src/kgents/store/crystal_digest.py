"""What the ledger witnesses of a crystal."""

from collections.abc import Sequence

from kgents.domain.json import canonical
from kgents.domain.mark import digest


def crystal_digest(salt: str, title: str, body: str, tags: Sequence[str], experiment: str | None) -> str:
    """SHA-256 (hex) of what a crystal says and of its salt, which goes with it when it is erased."""
    content = {"salt": salt, "title": title, "body": body, "tags": list(tags), "experiment": experiment}
    return digest(canonical(content))
