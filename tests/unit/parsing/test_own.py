"""The user's own parser: understood, or refused before it is asked anything."""

import asyncio
import json
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from kgents.errors import UsageError
from kgents.parsing.own import NoData, plain, understood
from kgents.parsing.parsed import Parsed, Rejected


class Model(BaseModel):
    a: int


@dataclass
class Record:
    a: int
    inner: Any = None


class OwnError(Exception):
    """An error that a parser defines to reject."""


Pair = namedtuple("Pair", "a b")
TEXT = '{"a": 1}'


def two(text, schema):
    return {"schema": schema, **json.loads(text)}


async def awaited(text):
    await asyncio.sleep(0)
    return Model.model_validate_json(text)


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (json.loads, {"a": 1}),
        (Model.model_validate_json, {"a": 1}),
        (lambda text: [Model.model_validate_json(text)], [{"a": 1}]),
        (lambda text: Record(1, Record(2)), {"a": 1, "inner": {"a": 2, "inner": None}}),
        (lambda text: Pair(1, {"x": Record(2)}), {"a": 1, "b": {"x": {"a": 2, "inner": None}}}),
        (two, {"schema": "S", "a": 1}),
        (lambda text, schema=None: schema, "S"),
        (lambda text, strict=True: strict, True),
        (awaited, {"a": 1}),
    ],
)
def test_parsers_as_people_write_them_are_understood(function, value):
    parse, _ = understood("p", function)
    assert parse(TEXT, "S") == value


def test_what_a_parsed_holds_is_made_plain_and_its_marks_are_kept():
    assert plain(Parsed(Record(1), False, ("x",))) == Parsed({"a": 1, "inner": None}, False, ("x",))
    whole = Parsed({"a": [1]}, True)
    assert plain(whole) is whole


@pytest.mark.parametrize(
    ("wrong", "rejected"),
    [(OwnError("no"), True), (ValueError("no"), True), (KeyError("a"), False), (AttributeError("a"), False),
     (RecursionError(), False), (json.JSONDecodeError("x", "", 0), True)],
)  # fmt: skip
def test_a_class_that_somebody_defined_rejects_and_one_of_pythons_own_crashes(wrong, rejected):
    def parse(text):
        raise wrong

    parser, rejects = understood("p", parse)
    with pytest.raises((Rejected, type(wrong))) as raised:
        parser("x", None)
    assert isinstance(raised.value, rejects) is rejected


def generator(text):
    yield text


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (3, "int cannot be called"),
        (generator, "yields"),
        (lambda a, b, c: a, "needs 3 arguments: a, b, c"),
        (lambda: 1, "takes no text"),
        (lambda text, *, model: 1, "needs 2 arguments"),
    ],
)
def test_what_cannot_be_called_with_a_text_is_refused(function, words):
    with pytest.raises(UsageError, match=words):
        understood("p", function)


def test_a_result_that_is_no_data_is_named():
    with pytest.raises(NoData, match=r"returns a .*Opaque, which is no data"):
        plain(Opaque())


class Opaque:
    """A result that nobody could compare."""
