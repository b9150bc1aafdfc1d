"""Corpora that were derived before, and tests that were tried, in the user's cache folder: once per spec or suite,
interpreter and version of the algorithm.

Rule: what is kept is read by this user only (0600 in a folder of 0700; candidates see neither), and is derived anew where
it is missing, of another version, or not what it should be.
"""

import gzip
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

MOST = 500  # files that are kept; the oldest go


@lru_cache(maxsize=8)
def code_digest(*folders: str) -> str:
    """SHA-256 (hex) of the programs in folders of this package, such as "sandbox/inside": with others, what was kept is found
    out anew.
    """
    package = Path(__file__).parents[2]
    files = sorted(file for folder in folders for file in (package / folder).rglob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def key_of(parts: Mapping[str, object]) -> str:
    """The name under which something is kept: SHA-256 (hex) of all that it depends on."""
    return sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def recalled(key: str) -> Any:
    """What was kept, None where there is nothing that can be read."""
    try:
        return json.loads(gzip.decompress((_folder() / f"{key}.json.gz").read_bytes()))
    except (OSError, ValueError, EOFError, RecursionError):
        return None


def keep(key: str, data: Any) -> None:
    """Keeps data; silently nothing where the folder cannot be written."""
    with suppress(OSError):
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder)  # made with 0600
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(gzip.compress(json.dumps(data).encode(), 1, mtime=0))
        Path(name).replace(folder / f"{key}.json.gz")
        files = sorted(folder.glob("*.json.gz"), key=lambda path: path.stat().st_mtime)
        for old in files[: max(0, len(files) - MOST)]:
            old.unlink()


def _folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("kgents") / "references"
