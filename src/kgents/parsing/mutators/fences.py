"""Fences: one inside of a string, and others after the answer.

Seen in reports of langchain (#5428, #9535, #9654, #19646), langchainjs (#6734, #8339) and MemberJunction (#4137).
"""

from kgents.parsing.document import Draft, Piece
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry
from kgents.parsing.mutators.quotation import rewritten

FENCES = Registry("fences", 1)
AROUND = Registry("fences", 3)
REGISTRIES = (FENCES, AROUND)
EXACT = Level.EXACT
_CODE = ("```python\nprint(1)\n```", "```c\nvoid g() {\n}\n```\nNote: fine", "```json\n[]\n```")


def _with_fence(draft: Draft, draw: Draw) -> Piece | None:
    """A string with a fence in it."""
    return rewritten(draft, draw, lambda text: f"{text}\n{draw.pick(_CODE)}\n")


@FENCES.add(EXACT, "what is between the quotes is part of the string, fences and line ends included")
def fence_with_line_ends_in_string(draft: Draft, draw: Draw) -> bool:
    piece = _with_fence(draft, draw)
    if piece is None:
        return False
    piece.text = piece.text.replace("\\n", "\n")
    return True


@FENCES.add(EXACT, "a fence inside quotes ends no fence around them")
def fence_in_string_in_fence(draft: Draft, draw: Draw) -> bool:
    if _with_fence(draft, draw) is None:
        return False
    draft.text = f"```json\n{draft.text}\n```"
    return True


_COMMANDS = (
    "Save it, then run:\n```bash\nkg run answer.json\n```",
    "Install first:\n```sh\npip install jsonlib\n```\n",
)


@AROUND.add(EXACT, "a fence of commands holds no answer")
def answer_then_commands(draft: Draft, draw: Draw) -> bool:
    draft.text = f"```json\n{draft.text}\n```\n{draw.pick(_COMMANDS)}"
    return True


@AROUND.add(EXACT, "the second fence is an example by its own words")
def answer_then_example(draft: Draft, draw: Draw) -> bool:
    if not draft.document.value or not isinstance(draft.document.value, dict | list):
        return False
    other = draw.pick(('{"limit": 5}', '{"name": "example"}'))
    draft.text = f"```json\n{draft.text}\n```\nFor example, you may later send this instead:\n```json\n{other}\n```"
    return True
