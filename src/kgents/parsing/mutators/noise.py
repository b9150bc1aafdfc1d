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
    place = draw.below(len(text))
    draft.text = text[:place] + text[place + 1 :]
    return len(text) > 1


@add(LEVEL, "a character came from nowhere")
def character_added(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    place = draw.below(len(text) + 1)
    draft.text = text[:place] + draw.pick(CHARACTERS) + text[place:]
    return True


@add(LEVEL, "a character took the place of another")
def character_replaced(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    place = draw.below(len(text))
    letter = draw.pick(CHARACTERS)
    draft.text = text[:place] + letter + text[place + 1 :]
    return text[place] != letter


@add(LEVEL, "two neighbours changed places")
def characters_swapped(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    if len(text) < 2:
        return False
    place = draw.below(len(text) - 1)
    draft.text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[place] != text[place + 1]


@add(LEVEL, "a mark of the structure is lost")
def mark_lost(draft: Draft, draw: Draw) -> bool:
    places = draft.places("{}[],:")
    if not places:
        return False
    draft.pieces[draw.pick(places)].text = ""
    return True


@add(LEVEL, "a mark of the structure came from nowhere")
def mark_added(draft: Draft, draw: Draw) -> bool:
    place = draw.pick(draft.solid())
    draft.pieces[place].text += draw.pick("{}[],:")
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
    place = draw.below(len(text) - length)
    draft.text = text[:place] + text[place + length :]
    return True
