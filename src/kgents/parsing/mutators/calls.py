"""Calls: the syntaxes in which models write calls, several calls in a row, and envelopes that nobody asked for.

Seen in reports of vllm (#16190), sglang (#31763), forge (#56), Qwen3.8 (#125), dspy (#8264, #8539, #8901), litellm (#20543,
#40582), llm (#1130) and pydantic-ai (#81, #5259).
"""

import re
from typing import Any

from kgents.parsing.document import Draft, dump, replaced
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry
from kgents.parsing.mutators.drift import rewrite_valid

ENVELOPES = Registry("calls", 0)
CALLS = Registry("calls", 3)
REGISTRIES = (ENVELOPES, CALLS)
EXACT = Level.EXACT
NAMES = ("find_route", "save_record", "submit_answer")
VALID_REASON = "the text is valid and is judged by what it says; taken out it is right, too"


def _call(draft: Draft, draw: Draw) -> tuple[str, dict[str, object]] | None:
    """(a name, the arguments) where the document is an object; the call as an object is right, too."""
    value = draft.document.value
    if not isinstance(value, dict) or not value:
        return None
    name = draw.pick(NAMES)
    draft.also.append({"name": name, "arguments": value})
    return name, value


@CALLS.add(EXACT, "the marker and the name say which call, the object says with what")
def call_marker(draft: Draft, draw: Draw) -> bool:
    call = _call(draft, draw)
    if call is None:
        return False
    draft.text = f"[TOOL_CALLS]{call[0]}{draft.text}"
    return True


def _unlike_json(text: str) -> bool:
    """Whether a text can stand without quotes: nobody would read a number, a word of JSON or a tag in it."""
    return bool(re.fullmatch(r"[^\W\d_][^<>&\"'{}\[\]\n]*[^\W\d_ ]", text)) and text.lower() not in (
        "true", "false", "null", "none", "nan", "infinity", "yes", "no", "on", "off")  # fmt: skip


@CALLS.add(EXACT, "each parameter is named, and what it holds is JSON or a text")
def xml_parameters(draft: Draft, draw: Draw) -> bool:
    call = _call(draft, draw)
    if call is None or draft.text != draft.document.text:
        return False
    name, value = call
    rows = []
    for key, item in value.items():
        if not re.fullmatch(r"\w+", key) or (isinstance(item, str) and not _unlike_json(item)):
            return False
        rows.append(f"<parameter={key}>{item if isinstance(item, str) else dump(item)}</parameter>\n")
    draft.text = f"<tool_call>\n<function={name}>\n{''.join(rows)}</function>\n</tool_call>"
    return True


@CALLS.add(EXACT, "the keywords of a call of Python are the keys, its literals the values")
def python_call(draft: Draft, draw: Draw) -> bool:
    call = _call(draft, draw)
    if call is None or draft.text != draft.document.text or not all(key.isidentifier() for key in call[1]):
        return False
    draft.text = f"{call[0]}({', '.join(f'{key}={item!r}' for key, item in call[1].items())})"
    return True


@CALLS.add(EXACT, "what follows `Action Input:` is the input of the action")
def react(draft: Draft, draw: Draw) -> bool:
    call = _call(draft, draw)
    if call is None:
        return False
    draft.text = f"Thought: I should call {call[0]} now.\nAction: {call[0]}\nAction Input: {draft.text}"
    return True


@CALLS.add(EXACT, "each marker names the field that stands below it; the answer is the one that is asked for")
def field_markers(draft: Draft, draw: Draw) -> bool:
    if not isinstance(draft.document.value, dict | list):
        return False
    thought = draw.pick(("The record is complete.", "I look at each row, then at the total."))
    before = draw.pick(("", f"[[ ## reasoning ## ]]\n{thought}\n\n"))
    draft.text = f"{before}[[ ## answer ## ]]\n{draft.text}\n\n[[ ## completed ## ]]"
    return True


@CALLS.add(EXACT, "both calls say the same")
def call_twice_without_space(draft: Draft, draw: Draw) -> bool:
    if not isinstance(draft.document.value, dict | list):
        return False
    draft.also.append([draft.document.value, draft.document.value])
    draft.text += draft.text
    return True


def _other(draft: Draft, draw: Draw) -> Any:
    """A value that differs from the document in one number or text; None where there is neither."""
    places = draft.places("sn", "v")
    if not places or not isinstance(draft.document.value, dict):
        return None
    piece = draft.pieces[draw.pick(places)]
    return replaced(draft.document.value, piece.path, 77 if piece.kind == "n" else "another")


def _several(draft: Draft, draw: Draw, between: str) -> bool:
    value, other = draft.document.value, _other(draft, draw)
    if other is None or other == value or draft.text != draft.document.text:
        return False
    draft.rewrite((), [value, other])
    draft.text = f"{dump(value)}{between}{dump(other)}"
    return True


@CALLS.add(EXACT, "one value a line: a list of values")
def json_lines(draft: Draft, draw: Draw) -> bool:
    return _several(draft, draw, "\n")


@CALLS.add(EXACT, "one value behind the other: a list of values")
def calls_concatenated(draft: Draft, draw: Draw) -> bool:
    return _several(draft, draw, "")


@CALLS.add(EXACT, "a closing tag behind the arguments is not part of them")
def closing_tag_glued(draft: Draft, draw: Draw) -> bool:
    draft.text += draw.pick(("</tool_call>", "</function>", "</parameter>\n</invoke>"))
    return True


@ENVELOPES.add(Level.VALID, VALID_REASON)
def made_up_call(draft: Draft, draw: Draw) -> bool:
    value = draft.document.value
    if not isinstance(value, dict):
        return False
    name = draw.pick(NAMES)
    envelope = draw.pick(({"name": name, "arguments": value}, {"_": value}, {"FinalAnswer": value}, {name: value}))
    return rewrite_valid(draft, envelope, True)


@ENVELOPES.add(Level.VALID, VALID_REASON)
def field_as_text_of_json(draft: Draft, draw: Draw) -> bool:
    paths = [draft.pieces[index].path for index in draft.places("{[", "v") if draft.pieces[index].path]
    if not paths:
        return False
    path = draw.pick(paths)
    inner = draft.document.value
    for step in path:
        inner = inner[step]
    return rewrite_valid(draft, replaced(draft.document.value, path, dump(inner)), True)
