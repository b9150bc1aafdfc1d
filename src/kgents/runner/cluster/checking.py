"""What `kg cluster check` says of workers."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgents import __version__

_SKEW = 5.0  # seconds by which a worker's clock may be off
_COLUMNS = ("address", "slots", "kgents", "python", "sandbox", "clock", "host", "folder")


def problems(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """One sentence for each thing that would spoil a run or its verdict."""
    found = [f"{row['address']} has kgents {row['kgents']}, this machine {__version__}" for row in rows
             if row["kgents"] != __version__]  # fmt: skip
    levels = sorted({str(row["sandbox"]) for row in rows})
    if len(levels) > 1:
        found.append(f"sandbox levels differ ({', '.join(levels)}): runs are refused")
    folders = sorted({str(row["folder"]) for row in rows})
    if len(folders) > 1:
        found.append(f"folders differ ({', '.join(folders)}): commands run in the folder that the run was begun in")
    late = [row for row in rows if abs(row["skew"]) > _SKEW]
    found += [f"the clock of {row['address']} is off by {row['skew']:+.0f} s" for row in late]
    return found


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each worker, in columns."""
    cells = [[str(row[name]) if name != "clock" else f"{row['skew']:+.1f} s" for name in _COLUMNS] for row in rows]
    lines = [list(_COLUMNS), *cells]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_COLUMNS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
