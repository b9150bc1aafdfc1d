"""Wrapping: the answer is intact, there is something around it."""

from kgents.parsing.document import Draft
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

WRAPPING = Registry("wrapping", 3)
REGISTRIES = (WRAPPING,)
add = WRAPPING.add
EXACT = Level.EXACT
BEFORE = ("Sure! Here is the JSON you asked for:\n\n", "Here's the result: ", "Of course.\n", "Answer:\n")
AFTER = (
    "\n\nLet me know if you need anything else!",
    "\n\nNote: all values are estimates (see docs).",
    " Hope this helps.",
)


@add(EXACT, "a fence is not part of the answer", stacks=True)
def fence_json(draft: Draft, draw: Draw) -> bool:
    draft.text = f"```json\n{draft.text}\n```"
    return True


@add(EXACT, "a fence is not part of the answer", stacks=True)
def fence_bare(draft: Draft, draw: Draw) -> bool:
    draft.text = f"```\n{draft.text}\n```"
    return True


@add(EXACT, "a fence is not part of the answer", stacks=True)
def fence_tilde(draft: Draft, draw: Draw) -> bool:
    draft.text = f"~~~json\n{draft.text}\n~~~"
    return True


@add(EXACT, "only the end of the fence is missing", stacks=True)
def fence_unclosed(draft: Draft, draw: Draw) -> bool:
    draft.text = f"```json\n{draft.text}"
    return True


@add(EXACT, "only the beginning of the fence is missing", stacks=True)
def fence_unopened(draft: Draft, draw: Draw) -> bool:
    draft.text = f"{draft.text}\n```"
    return True


@add(EXACT, "the language tag of a fence is not part of the answer", stacks=True)
def fence_on_one_line(draft: Draft, draw: Draw) -> bool:
    if "\n" in draft.text:
        return False
    draft.text = f"```json {draft.text}```"
    return True


@add(EXACT, "an introduction is not part of the answer", stacks=True)
def prose_before(draft: Draft, draw: Draw) -> bool:
    draft.text = draw.pick(BEFORE) + draft.text
    return True


@add(EXACT, "a closing remark is not part of the answer", stacks=True)
def prose_after(draft: Draft, draw: Draw) -> bool:
    draft.text += draw.pick(AFTER)
    return True


@add(EXACT, "remarks on both sides are not part of the answer", stacks=True)
def prose_around(draft: Draft, draw: Draw) -> bool:
    draft.text = draw.pick(BEFORE) + draft.text + draw.pick(AFTER)
    return True


@add(EXACT, "the brackets in the introduction hold no JSON")
def prose_with_brackets(draft: Draft, draw: Draw) -> bool:
    introduction = draw.pick(
        ("I used the template {project} and list [draft]:\n", "As in [RFC 8259], the object {…} follows.\n\n")
    )
    draft.text = introduction + draft.text
    return True


@add(EXACT, "what is thought is not the answer; the answer follows the block")
def think_block(draft: Draft, draw: Draw) -> bool:
    thought = draw.pick(('I should return {"draft": [1, 2]} or maybe {}.', "The user wants JSON. Keep it short."))
    draft.text = f"<think>\n{thought}\n</think>\n\n{draft.text}"
    return True


@add(EXACT, "the tag of a tool call is not part of its arguments", stacks=True)
def tool_tag(draft: Draft, draw: Draw) -> bool:
    tag = draw.pick(("tool_call", "json", "answer", "output"))
    draft.text = f"<{tag}>\n{draft.text}\n</{tag}>"
    return True


@add(EXACT, "the page around a block of text is not part of it", stacks=True)
def html_pre(draft: Draft, draw: Draw) -> bool:
    draft.text = f"<pre><code>{draft.text}</code></pre>"
    return True


@add(EXACT, "the name of a variable is not part of its value", stacks=True)
def assignment(draft: Draft, draw: Draw) -> bool:
    name = draw.pick(("const result = ", "result = ", "let data = ", "export default "))
    draft.text = f"{name}{draft.text}{';' if name.startswith(('const', 'let', 'export')) else ''}"
    return True


@add(EXACT, "the name of a function is not part of its argument", stacks=True)
def call(draft: Draft, draw: Draw) -> bool:
    draft.text = f"{draw.pick(('submit', 'callback', 'json.loads', 'final_answer'))}({draft.text})"
    return True


@add(EXACT, "a heading is not part of the answer", stacks=True)
def heading(draft: Draft, draw: Draw) -> bool:
    draft.text = f"### {draw.pick(('Output', 'Final answer', 'JSON'))}\n\n{draft.text}\n"
    return True


@add(EXACT, "each line carries the mark of a quotation", stacks=True)
def block_quote(draft: Draft, draw: Draw) -> bool:
    draft.text = "".join(f"> {line}" for line in draft.text.splitlines(keepends=True))
    return True


@add(EXACT, "the frame of an event stream is not part of the data")
def event_stream(draft: Draft, draw: Draw) -> bool:
    if "\n" in draft.text:
        return False
    draft.text = f"data: {draft.text}\n\ndata: [DONE]\n"
    return True
