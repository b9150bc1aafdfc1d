"""Tables in CSV: of a spec that reads rows by the names of a header, and never asks whether a cell is there, rows are whole."""

import ast
import csv
import io

from kgents.verify.reference.inside.facts import called

_SPOKEN = frozenset({"restval", "restkey"})


def asks_for_cells(tree: ast.Module) -> bool:
    """Whether a module thinks of rows with more or fewer cells than the header: it names what stands for them."""
    for node in ast.walk(tree):
        match node:
            case ast.Call() if called(node) == "DictReader" and any(part.arg in _SPOKEN for part in node.keywords):
                return True
            case ast.Compare(comparators=[ast.Constant(value=None)]):
                return True
    return False


def whole_rows(text: str) -> str:
    """A table that begins with its header, without the rows that have more or fewer cells."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return text
    begun = next((index for index, row in enumerate(rows) if row), 0)
    width = len(rows[begun]) if rows else 0
    if not begun and all(len(row) in (0, width) for row in rows):
        return text
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(row for row in rows[begun:] if len(row) in (0, width))
    return written.getvalue()
