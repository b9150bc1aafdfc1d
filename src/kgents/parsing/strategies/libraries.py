"""Strategies of other people's libraries; each is an extra, imported when it is first used.

Those that can tell a complete text from a cut one mark what they return; the others claim that all is well.
"""

import ast
import json
from typing import Any

from kgents.parsing.strategy import Parsed, Strategy


def _json_repair(text: str, schema: Any) -> Any:
    import json_repair

    return json_repair.loads(text)


def _json_repair_strict(text: str, schema: Any) -> Any:
    import json_repair

    return json_repair.loads(text, strict=True)


def _fast_json_repair(text: str, schema: Any) -> Any:
    import fast_json_repair

    return fast_json_repair.loads(text)


def _jiter(text: str, schema: Any) -> Any:
    """jiter, the parser of pydantic, with trailing strings; what needed its leniency is marked as incomplete."""
    import jiter

    content = text.encode("utf-8", "surrogatepass")
    try:
        return jiter.from_json(content)
    except ValueError:
        return Parsed(jiter.from_json(content, partial_mode="trailing-strings"), False, ("partial",))


def _pydantic(text: str, schema: Any) -> Any:
    """As people call it: nothing is marked."""
    import pydantic_core

    return pydantic_core.from_json(text, allow_partial="trailing-strings")


def _partial_json_parser(text: str, schema: Any) -> Any:
    import partial_json_parser

    return partial_json_parser.loads(text)


def _json5(text: str, schema: Any) -> Any:
    import json5

    return json5.loads(text)


def _dirtyjson(text: str, schema: Any) -> Any:
    import dirtyjson

    return dirtyjson.loads(text)


def _hjson(text: str, schema: Any) -> Any:
    import hjson

    return hjson.loads(text)


def _yaml(text: str, schema: Any) -> Any:
    import yaml

    try:
        return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as wrong:
        raise ValueError(str(wrong)) from None


def _literal(text: str, schema: Any) -> Any:
    return ast.literal_eval(text)


def _lax(text: str, schema: Any) -> Any:
    return json.loads(text, strict=False)


STRATEGIES = (
    Strategy("lax", "json.loads with strict=False", _lax),
    Strategy("repair", "json_repair.loads", _json_repair, needs="json_repair", package="json_repair"),
    Strategy("repair_strict", "json_repair.loads, strict", _json_repair_strict, needs="json_repair", package="json_repair"),
    Strategy("fast_repair", "fast_json_repair.loads", _fast_json_repair, needs="fast_json_repair", package="fast_json_repair"),
    Strategy("partial", "jiter, trailing strings, marked as incomplete", _jiter, needs="jiter", package="jiter"),
    Strategy("pydantic_partial", "pydantic_core.from_json, trailing strings", _pydantic, needs="pydantic_core",
             package="pydantic"),
    Strategy("partial_json_parser", "partial_json_parser.loads", _partial_json_parser, needs="partial_json_parser",
             package="partial-json-parser"),
    Strategy("yaml", "yaml.safe_load", _yaml, needs="yaml", package="PyYAML"),
    Strategy("literal", "ast.literal_eval", _literal, rejects=(ValueError, SyntaxError, TypeError)),
    Strategy("json5", "json5.loads", _json5, needs="json5", package="json5"),
    Strategy("dirtyjson", "dirtyjson.loads", _dirtyjson, needs="dirtyjson", package="dirtyjson"),
    Strategy("hjson", "hjson.loads", _hjson, needs="hjson", package="hjson"),
)  # fmt: skip
