"""Leftovers: what is glued to the end of an answer, what follows it, and what came instead of it.

Seen in reports of inspect_ai (#4822), vllm (#4093, #18791, #48975), mastra (#13826), outlines (#916), omlx (#2990) and ollama
(#2605).
"""

from kgents.parsing.document import Draft, Piece
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

LEFTOVERS = Registry("leftovers", 3)
SPACE = Registry("leftovers", 2)
REGISTRIES = (LEFTOVERS, SPACE)
add = LEFTOVERS.add
EXACT = Level.EXACT


def _behind(draft: Draft, text: str) -> bool:
    if not isinstance(draft.document.value, dict | list):
        return False
    draft.text += text
    return True


@add(EXACT, "a control token is not part of the answer")
def control_token(draft: Draft, draw: Draw) -> bool:
    return _behind(draft, draw.pick(("<|im_end|>", "</s>", "<|eot_id|>", "<|endoftext|>", "<end_of_turn>")))


@add(EXACT, "two quotes with nothing between them behind the end add nothing")
def empty_quotes_behind(draft: Draft, draw: Draw) -> bool:
    return _behind(draft, '""')


@add(EXACT, "the document is complete before the words that are glued to it")
def prose_glued(draft: Draft, draw: Draw) -> bool:
    return _behind(draft, draw.pick(("Let me know if that helps.", "This matches the schema.", "Done")))


@add(EXACT, "the answer is complete before the turns that were made up")
def invented_turns(draft: Draft, draw: Draw) -> bool:
    turn = draw.pick(("\nUser: thanks, and now in French?\nAssistant: ", "\n\nHuman: Another one.\n\nAssistant: "))
    return _behind(draft, f"{turn}{draw.pick(('Bien sûr.', 'Here you are.'))}")


@add(EXACT, "prose is not part of the answer, and nothing stands between the comma and the bracket")
def prose_around_almost_json(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    if not isinstance(draft.document.value, dict | list) or not draft.document.value or text[-1] not in "}]":
        return False
    inner = text[:-1].rstrip()
    draft.text = f"Here is the result:\n{inner},{text[len(inner) :]}\nI hope that is what you need."
    return True


@SPACE.add(Level.PREFIX, "white space without end adds nothing; the end was never written")
def endless_space(draft: Draft, draw: Draw) -> bool:
    places = draft.places(",{[")
    if not places:
        return False
    index = draw.pick(places)
    draft.whole = draft.leaves(index + 1)
    draft.pieces[index + 1 :] = [Piece(" ", draw.pick(("\n", " \n", "\t")) * draw.pick((200, 2000)))]
    return True


_ERRORS = (
    'Error 429 - {"error": {"message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}}',
    'data: {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}\n\n[stream closed]',
    'HTTP/1.1 503 Service Unavailable\n\n{"detail": "upstream connect error"}',
)


@add(Level.NONE, "an error of the API is no answer, though it is written in JSON")
def api_error(draft: Draft, draw: Draw) -> bool:
    draft.text = draw.pick(_ERRORS)
    return True
