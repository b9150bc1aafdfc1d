"""Small Python programs, as models write them: an import, a helper, a class or two, a call."""

from kgents.parsing.draw import Draw

NAMES = ("total", "result", "items", "count", "value", "index", "current", "best")
VERBS = ("compute", "find", "merge", "parse", "update", "collect")


def program(draw: Draw) -> tuple[str, str]:
    """A program that compiles, with the number of its parts as name."""
    parts = [draw.pick(IMPORTS)] if draw.chance(1, 2) else []
    parts += [draw.pick(PARTS)(draw) for _ in range(draw.between(1, 3))]
    if draw.chance(1, 3):
        parts.append(f'if __name__ == "__main__":\n    print({draw.pick(VERBS)}_{draw.pick(NAMES)}([1, 2, 3]))\n')
    return f"{len(parts)} parts", "\n\n".join(parts)


IMPORTS = (
    "import json\nimport re\n",
    "from collections import defaultdict\n",
    "import math\nfrom dataclasses import dataclass\n",
)


def _loop(draw: Draw) -> str:
    verb, name, item = draw.pick(VERBS), draw.pick(NAMES), draw.pick(("x", "entry", "row"))
    return (
        f"def {verb}_{name}({name}s, limit={draw.between(1, 99)}):\n"
        f'    """Return what is below the limit."""\n'
        f"    found = []\n"
        f"    for {item} in {name}s:\n"
        f"        if {item} < limit:\n"
        f"            found.append({item} * {draw.between(2, 9)})\n"
        f"    return found\n"
    )


def _text(draw: Draw) -> str:
    name = draw.pick(NAMES)
    return (
        f"def show_{name}({name}):\n"
        f"    label = '{draw.pick(NAMES)}: '\n"
        f"    return label + str({name}) + {draw.pick(('chr(10)', repr('!'), repr(', done')))}\n"
    )


def _class(draw: Draw) -> str:
    name = draw.pick(NAMES).title()
    return (
        f"class {name}:\n"
        f"    def __init__(self, size: int = {draw.between(0, 9)}) -> None:\n"
        f"        self.size = size\n"
        f"        self.data: dict[str, list[int]] = {{}}\n"
        f"\n"
        f"    def add(self, key: str, number: int) -> None:\n"
        f"        self.data.setdefault(key, []).append(number % {draw.between(2, 9)})\n"
    )


def _documented(draw: Draw) -> str:
    name = draw.pick(NAMES)
    return (
        f"def example_{name}():\n"
        f"    # usage:\n"
        f"    # ```\n"
        f"    # example_{name}()\n"
        f"    # ```\n"
        f"    return {{'{name}': [{draw.between(1, 9)}, ({draw.between(1, 9)}, 'a')]}}\n"
    )


def _guard(draw: Draw) -> str:
    name = draw.pick(NAMES)
    return (
        f"def check_{name}({name}):\n"
        f"    try:\n"
        f"        return int({name}) > {draw.between(0, 50)}\n"
        f"    except ValueError as wrong:\n"
        f'        raise SystemExit(f"no number: {{wrong}}") from wrong\n'
        f"    else:\n"
        f"        return None\n"
    )


def _recursion(draw: Draw) -> str:
    name = draw.pick(NAMES)
    return (
        f"def fold_{name}(tree):\n"
        f"    if not tree:\n"
        f"        return {draw.between(0, 9)}\n"
        f"    left, right = tree[0], tree[1:]\n"
        f"    return left + fold_{name}(right)\n"
    )


PARTS = (_loop, _text, _class, _documented, _guard, _recursion)
