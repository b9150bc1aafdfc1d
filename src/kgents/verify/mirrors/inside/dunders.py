"""The special methods that a class of the other end may have here."""

_ARITHMETIC = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift",
)  # fmt: skip
OPERATORS = frozenset({
    "__lt__", "__le__", "__gt__", "__ge__", "__int__", "__float__", "__index__", "__complex__", "__abs__", "__neg__",
    "__pos__", "__invert__", "__round__", "__trunc__", "__floor__", "__ceil__", "__divmod__", "__rdivmod__",
}) | {f"__{prefix}{name}__" for prefix in ("", "r", "i") for name in _ARITHMETIC}  # fmt: skip
DUNDERS = OPERATORS | {
    "__call__", "__len__", "__iter__", "__next__", "__reversed__", "__contains__", "__getitem__", "__setitem__",
    "__delitem__", "__bool__", "__str__", "__repr__", "__enter__", "__exit__", "__aenter__", "__aexit__", "__eq__",
    "__ne__", "__hash__", "__format__", "__fspath__", "__bytes__", "__anext__", "__aiter__", "__length_hint__",
    "__missing__",
}  # fmt: skip
OF_VALUES = OPERATORS | {  # what a value of a builtin base answers by that base
    "__len__", "__contains__", "__getitem__", "__iter__", "__reversed__", "__bool__", "__eq__", "__ne__", "__hash__",
    "__bytes__",
}  # fmt: skip
