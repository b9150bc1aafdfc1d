"""The edit distance of two texts, up to a bound (Levenshtein; diagonals after Ukkonen 1985)."""

FAR = 64  # no distance beyond this is told apart


def distance(one: str, other: str, bound: int = FAR) -> int:
    """The least number of insertions, deletions and replacements; bound + 1 where it is more than the bound."""
    start, shorter = 0, min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    a, b = one[start : len(one) - end], other[start : len(other) - end]
    if not a or not b:
        return min(len(a) + len(b), bound + 1)
    return _diagonals(a, b, bound)


def _diagonals(a: str, b: str, bound: int) -> int:
    """For e = 0, 1, …: the furthest row that each diagonal reaches with e edits."""
    goal, rows = len(b) - len(a), {0: _slide(a, b, 0, 0)}
    for edits in range(bound + 1):
        if rows.get(goal, -1) >= len(a):
            return edits
        following: dict[int, int] = {}
        for diagonal in range(-edits - 1, edits + 2):
            row = max(rows.get(diagonal, -2) + 1, rows.get(diagonal + 1, -2) + 1, rows.get(diagonal - 1, -2))
            row = min(row, len(a), len(b) - diagonal)
            if row >= 0 and row + diagonal >= 0:
                following[diagonal] = _slide(a, b, row, diagonal)
        rows = following
    return bound + 1


def _slide(a: str, b: str, row: int, diagonal: int) -> int:
    last = min(len(a), len(b) - diagonal)
    while row < last and a[row] == b[row + diagonal]:
        row += 1
    return row
