"""Noise: random characters; a mutant that is still valid is judged by its own value."""

from kgents.parsing.document import Draft
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

NOISE = Registry("noise", 4)
REGISTRIES = (NOISE,)
add = NOISE.add
LEVEL = Level.NOISE
CHARACTERS = "{}[]\",:\\x0 \n'"


@add(LEVEL, "a character is lost, and nobody knows which")
def character_lost(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    index = draw.below(len(text))
    draft.text = text[:index] + text[index + 1 :]
    return len(text) > 1


@add(LEVEL, "a character came from nowhere")
def character_added(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    index = draw.below(len(text) + 1)
    draft.text = text[:index] + draw.pick(CHARACTERS) + text[index:]
    return True


@add(LEVEL, "a character took the place of another")
def character_replaced(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    index = draw.below(len(text))
    letter = draw.pick(CHARACTERS)
    draft.text = text[:index] + letter + text[index + 1 :]
    return text[index] != letter


@add(LEVEL, "two neighbours changed places")
def characters_swapped(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    if len(text) < 2:
        return False
    index = draw.below(len(text) - 1)
    draft.text = text[:index] + text[index + 1] + text[index] + text[index + 2 :]
    return text[index] != text[index + 1]


@add(LEVEL, "a mark of the structure is lost")
def mark_lost(draft: Draft, draw: Draw) -> bool:
    places = draft.places("{}[],:")
    if not places:
        return False
    draft.pieces[draw.pick(places)].text = ""
    return True


@add(LEVEL, "a mark of the structure came from nowhere")
def mark_added(draft: Draft, draw: Draw) -> bool:
    index = draw.pick(draft.solid())
    draft.pieces[index].text += draw.pick("{}[],:")
    return True


@add(LEVEL, "two neighbours of the structure changed places")
def pieces_swapped(draft: Draft, draw: Draw) -> bool:
    solid = draft.solid()
    if len(solid) < 2:
        return False
    first = draw.below(len(solid) - 1)
    one, other = draft.pieces[solid[first]], draft.pieces[solid[first + 1]]
    one.text, other.text = other.text, one.text
    return one.text != other.text


@add(LEVEL, "a stretch of the text is lost")
def stretch_lost(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    if len(text) < 12:
        return False
    length = draw.between(2, min(10, len(text) // 4))
    index = draw.below(len(text) - length)
    draft.text = text[:index] + text[index + length :]
    return True
