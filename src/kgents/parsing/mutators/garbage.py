"""Garbage: there is no answer in it, and to say so is the only right thing."""

from kgents.parsing.document import Draft
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

GARBAGE = Registry("garbage", 3)
TEXTS = {
    "apology": (
        "I'm sorry, but I can't help with that request.",
        "I apologize for the confusion. Could you tell me more about what you need?",
    ),
    "promise": ("Sure, I will prepare the JSON for you now.", "Let me think about this step by step:"),
    "advice": (
        "As an AI model I don't have access to real-time data; however, here are some tips: 1) try again, 2) wait.",
        "There are three things to consider: cost, quality and time. Each of them matters.",
    ),
    "time_out": ("The request timed out after 30 seconds.\nPlease retry.", "upstream request timeout"),
    "error_page": ("<html><body><h1>502 Bad Gateway</h1></body></html>",),
    "rate_limit": ("Error: rate limit exceeded (code=429)", "429 Too Many Requests"),
    "empty": ("",),
    "blank": (" \n", "\n\n\n", "\t"),
    "empty_fence": ("```json\n```", "```\n\n```"),
    "not_available": ("N/A", "(no output)", "None."),
    "unfinished_thought": ("<think>\nThe user wants an answer. First I should", "<tool_call>\n"),
    "trace": ("Traceback (most recent call last):\n  File \"main.py\", line 1, in <module>\nKeyError: 'name'",),
}  # fmt: skip


def _register(name: str, texts: tuple[str, ...]) -> None:
    @GARBAGE.add(Level.NONE, "nobody can find an answer in it", name=name)
    def garbage(draft: Draft, draw: Draw) -> bool:
        draft.text = draw.pick(texts)
        return True


for _name, _texts in TEXTS.items():
    _register(_name, _texts)
REGISTRIES = (GARBAGE,)
