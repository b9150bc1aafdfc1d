"""`eval` for tests: values and what makes them, nothing that reaches further."""

import datetime  # noqa: ICN001  by the name that expressions use
import fractions  # noqa: F401  as an expression names it
import operator

import pytest

from kgents.verify.mirrors.inside.expressions import evaluated

OPERATORS = {"add": operator.add}
LIMIT = 4


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * -3", -5),
        ("[1, 2.5, 'a', None][-1:]", [None]),
        ("{'a': (1, {2})}", {"a": (1, {2})}),
        ("datetime.date(2024, 1, LIMIT)", datetime.date(2024, 1, 4)),
        ("sorted({3, 1}) == [1, 3] and max(1, 2) > 1", True),
        (" 'x' if LIMIT > 3 else 'y'", "x"),
        ("2 ** 10", 1024),
    ],
)
def test_expressions_of_values_are_worked_out(text: str, value: object) -> None:
    """Names of the caller among them."""
    assert evaluated(text) == value
    assert evaluated("n + LIMIT", {"n": 1, "LIMIT": 2}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "open('/etc/passwd')",
        "().__class__.__base__.__subclasses__()",
        "'{0.__class__}'.format(1)",
        "sorted([1], key=__builtins__['exec'])",
        "sorted([1], key=OPERATORS['add'])",
        "sorted([1], **{'key': print})",
        "OPERATORS['add'](1, 2)",
        "(lambda: 1)()",
        "[x for x in (1, 2)]",
        "f'{1}'",
        "operator.add(1, 2)",
        "fractions.sys",
        "eval('1')",
        "9 ** 999999",
        "__name__",
    ],
)
def test_nothing_else_is(text: str) -> None:
    """No attribute of a value, no function that could reach further, no loop."""
    with pytest.raises(ValueError, match="kgents evaluates expressions of values"):
        evaluated(text)


def test_what_is_no_expression_is_none() -> None:
    """As the builtin says it."""
    with pytest.raises(SyntaxError):
        evaluated("1 +")
    with pytest.raises(SyntaxError):
        evaluated("import os")
    with pytest.raises(NameError):
        evaluated("nowhere")
    with pytest.raises(TypeError):
        evaluated(3)
