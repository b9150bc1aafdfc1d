"""Scripts of steps for classes: their values come again, blocks are balanced, broken objects end them, a few show much."""

import ast
import random

from kgents.verify.reference.inside.covering import covering
from kgents.verify.reference.inside.facts import facts_of
from kgents.verify.reference.inside.observing import Program
from kgents.verify.reference.inside.searching import Origin
from kgents.verify.reference.inside.selectors import selectors

BLOCK = """
class Block:
    def __init__(self, *, size: int):
        self.size = size

    def __enter__(self):
        self.size += 1
        return self

    def __exit__(self, kind, error, trace):
        return kind is RuntimeError

    def __add__(self, other: "Block") -> "Block":
        return Block(size=self.size + other.size)

    def put(self, key: str) -> None:
        self.size -= 1
        raise_none = {}[key]
"""


def scripts(source: str, target: str, count: int = 200) -> list:
    tree = ast.parse(source)
    origin = Origin(tree, target, facts_of(tree), random.Random(1))
    return [origin.fresh() for _ in range(count)]


def test_values_come_again() -> None:
    """Most keys of the longer scripts were used before in the same script."""
    long = [steps for _, steps in scripts(BLOCK, "Block()") if sum(name == "put" for name, _ in steps) > 4]
    keys = [[arguments[0] for name, arguments in steps if name == "put"] for steps in long]
    again = sum(len(used) - len(set(used)) for used in keys)
    assert again > 0.5 * sum(map(len, keys))


def test_blocks_are_balanced() -> None:
    """No end of a block without its beginning, and no block in a block."""
    for _, steps in scripts(BLOCK, "Block()"):
        inside = 0
        for name, _ in steps:
            inside += {"__enter__": 1, "__exit__": -1}.get(name, 0)
            assert inside in (0, 1)


def test_blocks_operators_and_keywords_are_played() -> None:
    """What a block keeps back is an answer; an operator's new object is gone on with; keywords reach the constructor."""
    program = Program(BLOCK, "Block()")
    (made, _), *_ = scripts(BLOCK, "Block()")
    seen = program.call((made, (("__enter__", ()), ("__exit__", (True,)), ("__exit__", (False,)))), 1.0)
    assert seen.returned
    assert seen.answer[2::2] == (("itself",), ("T",), ("F",)) or seen.answer[2:7:2] == (("itself",), ("T",), ("F",))


def test_a_script_ends_where_an_accident_broke_its_object() -> None:
    """After an exception that merely happened and left the object otherwise nothing more is asked."""
    program = Program(BLOCK, "Block()")
    made = scripts(BLOCK, "Block()", 1)[0][0]
    arguments = (made, (("__enter__", ()), ("put", ("a",)), ("put", ("a",))))
    cut = program.cut(arguments, program.call(arguments, 1.0))
    assert cut == (made, arguments[1][:2])


def test_a_few_scripts_show_all_that_many_show() -> None:
    """Of equal scripts two are kept, and those that show something new."""
    one = ((), (("a", ()), ("b", ()))), ("script", 0, 1, 0, None, 0)
    other = ((), (("b", ()), ("a", ()))), ("script", 0, None, 0, 1, 0)
    assert sorted(covering([one, one, one, other, one], 10)) == [0, 1, 3]


def test_selectors_are_programs_with_one_mistake_that_people_make() -> None:
    """Guards in another order, the other end, overwriting, the first kept, moved to the end, and for or."""
    source = """
def f(q, d, k, n):
    if n > 3:
        return 1
    if n > 2 and k:
        return 2
    n += 1
    d[k] = n
    return q.pop()
"""
    told = dict(selectors(source, "f"))
    assert {"guards swapped", "and for or", "overwrites", "keeps the first", "moves to the end", "other end"} == set(
        told
    )
    assert "q.pop(0)" in told["other end"]
    anew = dict(selectors("def f(d, k):\n    d.setdefault(k, []).append(d.get(k))\n    return d\n", "f"))
    assert "(d.update({k: []}) or d).__getitem__(k).append" in anew["begins anew"]
    assert "d.pop(k)" in anew["takes out"]
    assert told["guards swapped"].index("return 2") < told["guards swapped"].index("return 1")
