"""Thoughts: blocks of reasoning whose beginning or end is missing, and channels.

Seen in reports of DeepSeek-R1 (#352), open-webui (#9808) and vllm (#13125).
"""

from kgents.parsing.document import Draft
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

THOUGHTS = Registry("thoughts", 3)
REGISTRIES = (THOUGHTS,)
add = THOUGHTS.add
EXACT = Level.EXACT
_THOUGHTS = ("The user wants JSON. Keep it short.", "I need every field; let me check them one by one.")


@add(EXACT, "what stands before the end of a thought is not the answer")
def thought_without_beginning(draft: Draft, draw: Draw) -> bool:
    thought = draw.pick((*_THOUGHTS, 'Maybe {"draft": true}? No, all fields are needed.'))
    draft.text = f"{thought}\n</think>\n\n{draft.text}"
    return True


@add(EXACT, "the one JSON value in it is the answer, though the thought never ends")
def thought_without_end(draft: Draft, draw: Draw) -> bool:
    if not isinstance(draft.document.value, dict | list):
        return False
    draft.text = f"<think>\n{draw.pick(_THOUGHTS)}\n\n{draft.text}"
    return True


@add(EXACT, "the channel named final holds the answer")
def channels(draft: Draft, draw: Draw) -> bool:
    thought = draw.pick((*_THOUGHTS, 'Could be {"draft": true}.'))
    final = "<|start|>assistant<|channel|>final<|message|>"
    draft.text = f"<|channel|>analysis<|message|>{thought}<|end|>{final}{draft.text}<|return|>"
    return True
