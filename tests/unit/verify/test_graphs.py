"""Graphs and numbers of things: what follows on a node is a node, and what is counted is no more than there is."""

import ast

import pytest

from kgents.verify.reference.inside.meaning import meaning_of
from kgents.verify.reference.inside.taking import domains_of

WALKS = """
def walk(graph: dict[str, list[str]], start: str, goal: str) -> bool:
    seen, todo = set(), [start]
    while todo:
        here = todo.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            todo += NEAR
    return False
"""
EDGES = {  # how a function uses numbers of things, and whether they are within how many there are
    "counts = [0] * n\n    for a, b in edges: counts[b] += 1": True,
    "near = {i: [] for i in range(n)}\n    for a, b in edges: near[a].append(b)": True,
    "near = [set() for _ in range(n)]\n    for a, b in edges: near[a].add(b)": True,
    "cells = [[0] * n for _ in range(n)]\n    for a, b in edges: cells[a][b] = 1": True,
    "up = list(range(n))\n    def root(i): return up[i]\n    for a, b in edges: up[root(a)] = root(b)": True,
    "counts = [0] * n\n    for a, b in edges:\n        if 0 <= a < n and 0 <= b < n: counts[a] += 1": False,
    "counts = {}\n    for a, b in edges: counts[a] = b + n": False,
}


def _function(text: str) -> ast.FunctionDef:
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


def test_what_follows_on_a_node_is_a_node_where_nothing_asks_whether_it_is() -> None:
    """Also where a walk begins and ends; the same stands for the same."""
    fitted = meaning_of(ast.parse(WALKS.replace("NEAR", "graph[here]")), "walk").fitted
    graph, start, goal = fitted(({"a": ["x", "b", "x"], "b": []}, "y", "b"))
    assert {start, goal, *graph["a"]} <= {"a", "b"}
    assert graph["a"][0] == graph["a"][2]
    assert fitted(({}, "y", "b")) == ({"y": []}, "y", "y")
    assert fitted((graph, start, goal)) == (graph, start, goal)


def test_nodes_that_are_not_there_are_asked_for_where_the_function_asks() -> None:
    """By `get`, by `in`, or as an exception that it catches; some of them, the others are nodes."""
    names = [f"x{n}" for n in range(60)]
    fitted = meaning_of(ast.parse(WALKS.replace("NEAR", "graph.get(here, [])")), "walk").fitted
    follows = fitted(({"a": names, "b": []}, "a", "b"))[0]["a"]
    assert {"a", "b"} < set(follows)
    assert fitted(({}, "y", "b")) == ({}, "y", "b")


def test_what_a_step_costs_is_not_below_zero_unless_that_is_asked() -> None:
    """In dicts of costs, and in pairs."""
    walk = "def f(roads: dict[str, dict[str, int]], here: str) -> int:\n    cost = 0\n    while roads[here]:\n"
    walk += "        here, price = min(roads[here].items())\n        cost += price\n    return cost\n"
    assert meaning_of(ast.parse(walk), "f").fitted(({"a": {"b": -3}, "b": {}}, "a"))[0] == {"a": {"b": 3}, "b": {}}
    asks = walk.replace("        cost += price\n", "        if price < 0: raise ValueError\n        cost += price\n")
    assert meaning_of(ast.parse(asks), "f").fitted(({"a": {"b": -3}, "b": {}}, "a"))[0] == {"a": {"b": -3}, "b": {}}


@pytest.mark.parametrize(
    "text",
    [
        "def f(index: dict[str, list[str]], word: str) -> list[str]:\n    return index.get(word, [])\n",
        "def f(needs: dict[str, list[str]]) -> int:\n    return sum(len(needs[name]) for name in needs)\n",
    ],
)
def test_a_table_that_is_looked_up_is_no_graph(text: str) -> None:
    """Its values are never looked up in it."""
    given = ({"a": ["x"]}, "q")[: text.partition("->")[0].count(":")]
    assert meaning_of(ast.parse(text), "f").fitted(given) == given
    assert domains_of(_function(text), {})[0][0][0] == "dict"


def test_graphs_are_drawn_as_such() -> None:
    """And so are the nodes among the parameters."""
    drawn = [domain[0] for domain, *_ in domains_of(_function(WALKS.replace("NEAR", "graph[here]").lstrip()), {})]
    assert drawn == ["graph", "choice", "choice"]


@pytest.mark.parametrize("body", EDGES)
def test_numbers_of_things_are_within_how_many_there_are(body: str) -> None:
    """Both ends of an edge; of nothing there are none. What compares them with bounds is asked for any."""
    fitted = meaning_of(ast.parse(f"def f(n: int, edges: list[tuple[int, int]]):\n    {body}\n"), "f").fitted
    given = (3, [(-1, 7), (2, 0)])
    assert fitted(given) == ((3, [(2, 1), (2, 0)]) if EDGES[body] else given)
    assert fitted((0, [(1, 1)]))[1] == ([] if EDGES[body] else [(1, 1)])


def test_things_are_numbered_from_one_where_there_is_one_more_of_them() -> None:
    """`[0] * (n + 1)`."""
    text = "def f(n: int, edges: list[tuple[int, int]]):\n    counts = [0] * (n + 1)\n    for a, b in edges: counts[a] += b\n"
    assert meaning_of(ast.parse(text), "f").fitted((3, [(0, 4), (3, 1)])) == (3, [(1, 2), (3, 1)])


def test_a_list_that_is_followed_holds_places_in_itself() -> None:
    """And -1 where the function speaks of it."""
    text = (
        "def f(parents: list[int], node: int):\n    while node != END:\n        node = parents[node]\n    return node\n"
    )
    assert meaning_of(ast.parse(text.replace("END", "-1")), "f").fitted(([-1, -2, 5, 1], 0))[0] == [-1, 2, 1, 1]
    assert meaning_of(ast.parse(text.replace("END", "0")), "f").fitted(([-1, 9, 2], 0))[0] == [2, 0, 2]
    assert meaning_of(ast.parse("def f(xs: list[int], n: int):\n    n = xs[n + 1]\n    return n\n"), "f").fitted(
        ([-1], 0)
    ) == ([-1], 0)


def test_what_a_step_takes_is_not_below_zero_wherever_it_stands_in_a_graph() -> None:
    """Beside a list of what follows as well."""
    text = "def f(tasks: dict[str, tuple[int, list[str]]], name: str) -> int:\n    hours, needs = tasks[name]\n"
    text += "    return hours + max((f(tasks, need) for need in needs), default=0)\n"
    assert meaning_of(ast.parse(text), "f").fitted(({"a": (-2, ["a"])}, "a"))[0] == {"a": (2, ["a"])}


def test_a_table_of_names_that_other_texts_look_up_is_no_graph() -> None:
    """Nor is a text that is searched for such names a node."""
    text = "import re\ndef f(text: str, values: dict[str, str]) -> str:\n    def put(found):\n        name = found[1]\n"
    text += "        return values[name]\n    return re.sub('<(.)>', put, text)\n"
    given = ("<a><b>", {"a": "x", "b": "y"})
    assert meaning_of(ast.parse(text), "f").fitted(given) == given
    many = text.replace("dict[str, str]", "dict[str, list[str]]")
    assert meaning_of(ast.parse(many), "f").fitted(("<a>", {"a": ["x"]}))[0] == "<a>"
