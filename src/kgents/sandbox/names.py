"""The names that a module binds, as far as its source shows."""

from kgents.sandbox.inside.facts import binds_unseen, bound_and_free
from kgents.sandbox.syntax import parse


def bound(source: str) -> set[str] | None:
    """The names that are bound at the top of a module, also below `if` and `try`.

    None where the source does not show them all: a star import, `__getattr__`, code that binds names as it runs, or one that
    puts another module in its place (sys.modules).
    SyntaxError or ValueError where it is no module.
    """
    names, _ = bound_and_free(source)
    return None if binds_unseen(parse(source)) or "__getattr__" in names else names
