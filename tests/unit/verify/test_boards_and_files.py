"""Boards, grids, points, sections and files by their time: right programs pass a reference, wrong ones do not."""

from collections.abc import Iterator

import pytest

from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify.choosing import choose_oracle
from kgents.verify.verifier import SandboxVerifier

CASES = {
    "group_lines": (
        """\
def group_lines(text: str) -> dict[str, list[str]]:
    \"\"\"Lines after a heading `name:`; a heading that comes again goes on.\"\"\"
    groups: dict[str, list[str]] = {}
    name = ""
    for line in text.split("\\n"):
        if line.endswith(":"):
            name = line[:-1]
            groups.setdefault(name, [])
        elif line and name:
            groups[name].append(line)
    return groups
""",
        """\
def group_lines(text):
    out, now = {}, None
    for line in text.split("\\n"):
        if line[-1:] == ":":
            now = line[:-1]
            if now not in out:
                out[now] = []
        elif line and now:
            out[now] += [line]
    return out
""",
        """\
def group_lines(text):
    groups = {}
    name = ""
    for line in text.split("\\n"):
        if line.endswith(":"):
            name = line[:-1]
            groups.setdefault(name, [])
        elif line and name and line not in groups[name]:
            groups[name].append(line)
    return groups
""",
    ),
    "read_ini": (
        """\
def read_ini(text: str) -> dict[str, dict[str, str]]:
    \"\"\"Sections with keys and values; a section that comes again goes on.\"\"\"
    sections: dict[str, dict[str, str]] = {}
    current = None
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith((";", "#")):
            continue
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1].strip(), {})
        elif "=" in line and current is not None:
            key, _, value = line.partition("=")
            current[key.strip()] = value.strip()
    return sections
""",
        """\
import re
def read_ini(text):
    out, name = {}, None
    for raw in text.splitlines():
        row = raw.strip()
        if not row or row[0] in ";#":
            continue
        head = re.fullmatch(r"\\[(.*)\\]", row, re.S)
        if head:
            name = head[1].strip()
            out.setdefault(name, {})
        elif name is not None and "=" in row:
            k, v = row.split("=", 1)
            out[name][k.strip()] = v.strip()
    return out
""",
        """\
def read_ini(text):
    sections = {}
    current = None
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith((";", "#")):
            continue
        if line.startswith("[") and line.endswith("]"):
            current = sections[line[1:-1].strip()] = {}
        elif "=" in line and current is not None:
            key, _, value = line.partition("=")
            current[key.strip()] = value.strip()
    return sections
""",
    ),
    "can_reach": (
        """\
def can_reach(grid: list[str]) -> bool:
    \"\"\"Is there a way from the upper left to the lower right cell over '.'?\"\"\"
    if not grid or not grid[0]:
        return False
    rows, cols = len(grid), len(grid[0])
    if grid[0][0] != ".":
        return False
    seen = {(0, 0)}
    stack = [(0, 0)]
    while stack:
        r, c = stack.pop()
        if (r, c) == (rows - 1, cols - 1):
            return True
        for nr, nc in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
            if 0 <= nr < rows and 0 <= nc < cols and grid[nr][nc] == "." and (nr, nc) not in seen:
                seen.add((nr, nc))
                stack.append((nr, nc))
    return False
""",
        """\
from collections import deque
def can_reach(grid):
    if not grid or not grid[0] or grid[0][0] != ".":
        return False
    goal = (len(grid) - 1, len(grid[0]) - 1)
    queue, seen = deque([(0, 0)]), set()
    while queue:
        r, c = queue.popleft()
        if (r, c) in seen or not (0 <= r <= goal[0] and 0 <= c <= goal[1]) or grid[r][c] != ".":
            continue
        if (r, c) == goal:
            return True
        seen.add((r, c))
        queue.extend([(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)])
    return False
""",
        """\
def can_reach(grid):
    if not grid or not grid[0] or grid[0][0] != ".":
        return False
    rows, cols = len(grid), len(grid[0])
    seen = {(0, 0)}
    stack = [(0, 0)]
    while stack:
        r, c = stack.pop()
        if (r, c) == (rows - 1, cols - 1):
            return True
        for nr, nc in ((r + 1, c), (r, c + 1)):
            if 0 <= nr < rows and 0 <= nc < cols and grid[nr][nc] == "." and (nr, nc) not in seen:
                seen.add((nr, nc))
                stack.append((nr, nc))
    return False
""",
    ),
    "won": (
        """\
def won(board: list[str], player: str) -> bool:
    \"\"\"Tic-tac-toe: three rows of three characters; has the player a row, column or diagonal?\"\"\"
    lines = list(board)
    lines += ["".join(row[i] for row in board) for i in range(3)]
    lines.append("".join(board[i][i] for i in range(3)))
    lines.append("".join(board[i][2 - i] for i in range(3)))
    return player * 3 in lines
""",
        """\
def won(board, player):
    cells = [[c == player for c in row] for row in board]
    return (any(all(r) for r in cells) or any(all(cells[r][c] for r in range(3)) for c in range(3))
            or all(cells[i][i] for i in range(3)) or all(cells[i][2 - i] for i in range(3)))
""",
        """\
def won(board, player):
    lines = list(board)
    lines += ["".join(row[i] for row in board) for i in range(3)]
    lines.append("".join(board[i][i] for i in range(3)))
    return player * 3 in lines
""",
    ),
    "collinear": (
        """\
def collinear(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    \"\"\"Do the three points lie on one line?\"\"\"
    return (b[0] - a[0]) * (c[1] - a[1]) == (b[1] - a[1]) * (c[0] - a[0])
""",
        """\
def collinear(a, b, c):
    return a[0] * (b[1] - c[1]) + b[0] * (c[1] - a[1]) + c[0] * (a[1] - b[1]) == 0
""",
        """\
def collinear(a, b, c):
    return abs(b[0] - a[0]) * abs(c[1] - a[1]) == abs(b[1] - a[1]) * abs(c[0] - a[0])
""",
    ),
    "printable_bytes": (
        """\
def printable(data: bytes) -> str:
    \"\"\"Bytes as text, a dot for each that cannot be shown.\"\"\"
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
""",
        """\
def printable(data):
    return "".join(chr(byte) if byte in range(32, 127) else "." for byte in data)
""",
        """\
def printable(data):
    return "".join(chr(byte) if 32 <= byte <= 127 else "." for byte in data)
""",
    ),
    "circle_hit": (
        """\
import math

def circles_touch(x1: float, y1: float, r1: float, x2: float, y2: float, r2: float) -> bool:
    \"\"\"Do two circles touch or overlap?\"\"\"
    return math.hypot(x1 - x2, y1 - y2) <= r1 + r2
""",
        """\
def circles_touch(x1, y1, r1, x2, y2, r2):
    import math
    return math.dist((x1, y1), (x2, y2)) <= r1 + r2
""",
        """\
import math
def circles_touch(x1, y1, r1, x2, y2, r2):
    return math.hypot(x1 - x2, y1 - y2) <= max(r1, r2)
""",
    ),
    "newest": (
        """\
import os

def newest(folder: str) -> str:
    \"\"\"The name of the file that was changed last; '' if there is none.\"\"\"
    best, when = "", -1.0
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and os.path.getmtime(path) > when:
            best, when = name, os.path.getmtime(path)
    return best
""",
        """\
from pathlib import Path
def newest(folder):
    files = sorted(p for p in Path(folder).iterdir() if p.is_file())
    return max(files, key=lambda p: p.stat().st_mtime).name if files else ""
""",
        """\
import os
def newest(folder):
    names = sorted(os.listdir(folder))
    return max(names, key=lambda n: os.path.getmtime(os.path.join(folder, n))) if names else ""
""",
    ),
    "stale": (
        """\
from pathlib import Path

def stale(source: str, target: str) -> bool:
    \"\"\"Must target be built again: it is missing or older than source?\"\"\"
    made = Path(target)
    return not made.exists() or made.stat().st_mtime < Path(source).stat().st_mtime
""",
        """\
import os
def stale(source, target):
    if not os.path.exists(target):
        return True
    return os.path.getmtime(target) < os.path.getmtime(source)
""",
        """\
import os
def stale(source, target):
    if not os.path.exists(target):
        return True
    return os.path.getmtime(target) > os.path.getmtime(source)
""",
    ),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox()
    yield opened
    opened.close()


@pytest.mark.parametrize("name", CASES)
def test_a_right_program_passes_and_a_wrong_one_does_not(sandbox: Sandbox, name: str) -> None:
    """(spec, right program, wrong program), the spec strong enough to judge."""
    spec, right, wrong = CASES[name]
    verifier = SandboxVerifier(choose_oracle(spec, None, sandbox), sandbox)
    assert verifier.judge(right).success is True
    assert verifier.judge(wrong).success is False
