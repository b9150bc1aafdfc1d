"""The names that a module binds."""

import pytest

from kgents.sandbox.names import bound


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(): x = 1\nclass C:\n    y = 2\n", {"f", "C"}),
        ("import a.b, c as d\nfrom e import g as h\n", {"a", "d", "h"}),
        ("x, (y, *z) = 1, (2, 3)\nw: int = 4\nfor i in []: pass\n", {"x", "y", "z", "w", "i"}),
        (
            "try:\n    from fast import f\nexcept ImportError:\n    def f(): pass\nif 1:\n    class K: pass\n",
            {"f", "K"},
        ),
        ("(n := 3)\n", {"n"}),
        ("", set()),
        ("from m import *\n", None),
        ("def __getattr__(name): return 1\n", None),
        ("globals()['x'] = 1\n", None),
        ("exec('x = 1')\n", None),
        ("import sys\nsys.modules[__name__] = object()\n", None),
        ("setattr(__import__(__name__), 'x', 1)\n", None),
    ],
)
def test_names_are_read_from_the_source_where_it_shows_them_all(source, names):
    assert bound(source) == names
