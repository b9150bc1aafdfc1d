"""What `kg cluster check` says of workers."""

from collections.abc import Mapping, Sequence

from kgents import __version__
from kgents.runner.cluster.messages import Listed

_SKEW = 5.0  # seconds by which a worker's clock may be off
_COLUMNS = ("address", "slots", "kgents", "python", "sandbox", "clock", "host", "folder")


def problems(rows: Sequence[Listed]) -> list[str]:
    """One sentence for each thing that would spoil a run or its verdict."""
    wrong = [f"{row['address']} has kgents {row['kgents']}, this machine {__version__}" for row in rows
             if row["kgents"] != __version__]  # fmt: skip
    levels = sorted({str(row["sandbox"]) for row in rows})
    if len(levels) > 1:
        wrong.append(f"sandbox levels differ ({', '.join(levels)}): runs are refused")
    folders = sorted({str(row["folder"]) for row in rows})
    if len(folders) > 1:
        wrong.append(f"folders differ ({', '.join(folders)}): commands run in the folder that the run was begun in")
    late = [row for row in rows if abs(row["skew"]) > _SKEW]
    wrong += [f"the clock of {row['address']} is off by {row['skew']:+.0f} s" for row in late]
    return wrong


def table(rows: Sequence[Listed]) -> list[str]:
    """A line for each worker, in columns."""
    cells = [_cells(row) for row in rows]
    lines = [list(_COLUMNS), *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _cells(row: Listed) -> list[str]:
    values: Mapping[str, object] = {**row, "clock": f"{row['skew']:+.1f} s"}
    return [str(values[name]) for name in _COLUMNS]
