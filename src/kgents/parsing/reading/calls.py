"""A call of Python that is a text as a whole, or a list of calls: its arguments are the value."""

import re

from kgents.parsing.parsed import Rejected
from kgents.parsing.reading.reader import Reader, Reading

CALL = re.compile(r"\s*+\[?\s*+([A-Za-z_][\w.]*+)\(.*\)\s*+\]?\s*+;?\s*+\Z", re.DOTALL)
KEYWORDS = re.compile(r"\s*+\[?\s*+[A-Za-z_][\w.]*+\(\s*+[A-Za-z_]\w*+\s*+=(?!=)")  # one that names its arguments


def called(text: str) -> Reading | None:
    """What a text that is a call says; None where it is none, or more than one."""
    if not CALL.match(text):
        return None
    reader = Reader(text.strip().removesuffix(";"), 0)
    try:
        value = reader.container() if reader.text[0] == "[" else reader.value_alone()
    except (Rejected, RecursionError):
        return None
    if reader.at != len(reader.text) or not reader.complete:
        return None
    return Reading(value, 0, len(text), True, tuple(dict.fromkeys(reader.repairs)), tuple(reader.doubts))
