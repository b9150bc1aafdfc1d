"""Calls in tags: <function=name><parameter=key>value</parameter></function>, <invoke name="…">, <arg_key>…</arg_key>."""

import json
import re
from typing import Any

from kgents.parsing.reading.constructors import Call

_FUNCTION = re.compile(r"<(?:function=|invoke\s+name=\"|function\s+name=\"|tool\s+name=\")([\w.-]+)\"?>"
                       r"(.*?)(?:</(?:function|invoke|tool)>|\Z)",
                       re.DOTALL)  # fmt: skip
_PARAMETER = re.compile(r"<(?:parameter=|parameter\s+name=\"|param\s+name=\"|arg\s+name=\")([\w.-]+)\"?[^>]*>"
                        r"(.*?)</(?:parameter|param|arg)>",
                        re.DOTALL)  # fmt: skip
_PAIR = re.compile(r"<arg_key>\s*([\w.-]+)\s*</arg_key>\s*<arg_value>(.*?)</arg_value>", re.DOTALL)
_GLM = re.compile(r"<tool_call>\s*([\w.-]+)\s*(?=<arg_key>)(.*?)(?:</tool_call>|\Z)", re.DOTALL)


def parameters(text: str) -> list[tuple[Call, int, int]]:
    """(a call as {"name": …, "arguments": {…}}, where it begins, where it ends) of all calls in a text."""
    if "<parameter" not in text and "<arg" not in text and "<param" not in text:
        return []
    calls = []
    for pattern, inner in ((_FUNCTION, _PARAMETER), (_GLM, _PAIR)):
        for match in pattern.finditer(text):
            members = {key: _value(value) for key, value in inner.findall(match.group(2))}
            if members:
                calls.append((Call({"name": match.group(1), "arguments": members}), match.start(), match.end()))
    return calls


def _value(text: str) -> Any:
    """What stands in a parameter: JSON where it is an object, a list, a number or a word of JSON; else the text."""
    body = text.strip("\n")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return body if isinstance(value, str) else value
