"""With which status a program ends."""


def exit_status(code: object) -> int:
    """The status of a program that is left with a code: none is 0, a text is 1, of a number its last eight bits."""
    return 0 if code is None else code & 0xFF if isinstance(code, int) else 1
