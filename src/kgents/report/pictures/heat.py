"""A matrix as a heat map: the left half of a cell is the good share, the right half the bad one."""

from kgents.kinds.figure import Cell, Matrix
from kgents.report.pictures.svg import WIDTH, Picture, box, short, text

NAMES = 104
ROW = 24
LEAST = 84  # pixels of a column


def heat(name: str, matrix: Matrix) -> Picture:
    """One row a row; it grows to the right with its columns."""
    columns = len(matrix.columns)
    width = max(float(LEAST), (WIDTH - NAMES) / max(1, columns))
    parts = [text(NAMES + width * (index + 0.5), 14, short(column, int(width / 6.5)), "small", "middle")
             for index, column in enumerate(matrix.columns)]  # fmt: skip
    for number, (row, cells) in enumerate(matrix.rows):
        top = 22 + ROW * number
        parts.append(text(NAMES - 8, top + 16, short(row, 16), "small", "end"))
        parts += [_cell(NAMES + width * index, top, width, cell, f"{row}, {matrix.columns[index]}")
                  for index, cell in enumerate(cells)]  # fmt: skip
    height = 22 + ROW * len(matrix.rows) + 22
    good, bad = matrix.legend
    if good:
        parts += [box(NAMES, height - 14, 10, 10, "good"), text(NAMES + 15, height - 5, good, "muted"),
                  box(NAMES + 120, height - 14, 10, 10, "bad"), text(NAMES + 135, height - 5, bad, "muted")]  # fmt: skip
    extent = f"{matrix.title}: {len(matrix.rows)} rows, {columns} columns; all numbers are in the table beside it."
    return Picture(name, matrix.title, extent, NAMES + width * columns, height, "".join(parts))


def _cell(x: float, top: float, width: float, cell: Cell, where: str) -> str:
    inner, half = width - 2, (width - 2) / 2
    parts = [box(x + 1, top + 1, inner, ROW - 2, "card", f"{where}: {cell.text} {cell.note}".strip())]
    if cell.good:
        parts.append(box(x + 1, top + 1, half, ROW - 2, "good", "", 0.55 * cell.good))
    if cell.bad:
        parts.append(box(x + 1 + half, top + 1, half, ROW - 2, "bad", "", 0.15 + 0.55 * cell.bad))
    left, _, right = cell.text.partition(" / ")
    if right:
        parts += [text(x + 1 + half / 2, top + 16, left, "small", "middle"),
                  text(x + 1 + 1.5 * half, top + 16, right, "small", "middle")]  # fmt: skip
    else:
        parts.append(text(x + width / 2, top + 16, cell.text, "muted", "middle"))
    return "".join(parts)
