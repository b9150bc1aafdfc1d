"""The user's own documents: a text, a file, a folder, or one document a line.

Rule: a document that cannot be read is named with its place; nothing is left out silently.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kgents.errors import UsageError
from kgents.parsing.document import tokens
from kgents.sandbox.syntax import parse as parse_source

SUFFIXES = {"json": (".json", ".jsonl"), "python": (".py",)}
LARGEST = 1_000_000  # bytes of one document
MOST = 20_000_000  # bytes of all of them: they are kept in the record


def read_documents(paths: Sequence[Path], language: str) -> list[tuple[str, Any]]:
    """The documents of files and folders; a .jsonl file holds one a line. UsageError names the file and the line."""
    documents: list[tuple[str, Any]] = []
    for path in paths:
        documents.extend(_read(path, language))
    return checked(documents)


def checked(documents: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The documents; UsageError where there are none, or too many to keep."""
    if not documents:
        raise UsageError("--input: there is no document in it", "give files, folders or lines with documents")
    if sum(len(str(value)) for _, value in documents) > MOST:
        raise UsageError(f"--input: more than {MOST // 10**6} MB of documents", "give a sample of them")
    return documents


def _read(path: Path, language: str) -> Iterator[tuple[str, Any]]:
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES[language] and file.is_file())
        if not files:
            raise UsageError(
                f"--input @{path}: no file in it ends in {' or '.join(SUFFIXES[language])}",
                "name another folder, or rename them",
            )
        for file in files:
            yield from _read(file, language)
        return
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise UsageError(
            f"--input @{path}: {wrong.strerror}", "@ is followed by the name of a file or folder"
        ) from wrong
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise UsageError(
            f"--input @{path}: not UTF-8 text ({wrong.reason} at byte {wrong.start})", "save it as UTF-8"
        ) from wrong
    if path.suffix == ".jsonl":
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield f"{path.name}:{number}", document(line, language, f"@{path}, line {number}")
    else:
        yield path.name, document(text, language, f"@{path}")


def document(text: str, language: str, where: str) -> Any:
    """The value of one document. UsageError where it is not valid: what is broken already has no known truth."""
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise UsageError(f"--input {where}: more than {LARGEST // 10**6} MB", "give smaller documents")
    if language == "python":
        return _program(text, where)
    try:
        value = json.loads(text)
        tokens(text.strip())
    except (ValueError, RecursionError) as wrong:
        hint = "documents are valid; they are broken by the mutators, so that the right answer is known"
        raise UsageError(f"--input {where}: not valid JSON ({wrong})", hint) from None
    if not isinstance(value, dict | list):
        raise UsageError(f"--input {where}: neither an object nor a list", "a document is an object or a list")
    return value


def _program(text: str, where: str) -> str:

    try:
        body = parse_source(text).body
    except (SyntaxError, ValueError, RecursionError) as wrong:
        raise UsageError(f"--input {where}: not a Python program ({wrong})", "documents are valid") from None
    if not body:
        raise UsageError(f"--input {where}: an empty program", "leave it out")
    return text if text.endswith("\n") else f"{text}\n"
