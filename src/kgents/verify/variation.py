"""More inputs from a few: small changes of plain values, as a careful tester would try them."""

import random
from typing import Any


def vary(seeds: list[Any], count: int, chance: random.Random, integers: list[int], strings: list[str]) -> list[Any]:
    """`count` variations of argument tuples, deterministic for a seeded source of chance."""
    pool = [tuple(seed) for seed in seeds]
    found: list[Any] = []
    while pool and len(found) < count:
        arguments = list(chance.choice(pool))
        for _ in range(chance.choice([1, 1, 2, 3])):
            if arguments:
                place = chance.randrange(len(arguments))
                arguments[place] = _changed(arguments[place], chance, integers, strings)
        found.append(tuple(arguments))
        if chance.random() < 0.5:
            pool.append(found[-1])
    return found


def _changed(value: Any, chance: random.Random, integers: list[int], strings: list[str]) -> Any:
    def again(inner: Any) -> Any:
        return _changed(inner, chance, integers, strings)

    match value:
        case bool():
            return not value
        case int():
            near = [value + 1, value - 1, -value, value * 2, 0, value // 2, chance.choice(integers or [1])]
            return chance.choice([*near, value + chance.randint(-10, 10)])
        case float():
            return chance.choice(
                [value + 1, value - 1, -value, value * 2, 0.0, round(value + chance.uniform(-1, 1), 3)]
            )
        case str():
            return _text(value, chance, strings)
        case list():
            return _list(value, chance, again)
        case tuple():
            return tuple(again(item) if chance.random() < 0.5 else item for item in value)
        case dict():
            return _dict(value, chance, again)
        case set():
            return {again(item) for item in value if chance.random() < 0.8}
        case _:
            return value


def _text(value: str, chance: random.Random, strings: list[str]) -> str:
    more = chance.choice(strings or ["a"])
    if not value:
        return more
    place, char = chance.randrange(len(value)), chance.choice(more or "a")
    cut, rest = value[:place], value[place:]
    forms = [cut + rest[1:], cut + char + rest, cut + char + rest[1:], value + value, value[::-1], cut, rest]
    return chance.choice([*forms, value.swapcase(), value + more, f"{value} {more}"])


def _list(value: list[Any], chance: random.Random, again: Any) -> list[Any]:
    if not value:
        return value
    new, place = list(value), chance.randrange(len(value))
    match chance.randrange(7):
        case 0:
            new.pop(place)
        case 1:
            new.insert(place, new[place])
        case 2:
            new[place] = again(new[place])
        case 3:
            new.insert(place, again(new[place]))
        case 4:
            new.reverse()
        case 5:
            chance.shuffle(new)
        case _:
            new = [again(item) for item in new]
    return new


def _dict(value: dict[Any, Any], chance: random.Random, again: Any) -> dict[Any, Any]:
    items = list(value.items())
    if not items:
        return value
    place = chance.randrange(len(items))
    match chance.randrange(3):
        case 0:
            items.pop(place)
        case 1:
            items[place] = (items[place][0], again(items[place][1]))
        case _:
            items.append((again(items[place][0]), items[place][1]))
    try:
        return dict(items)
    except TypeError:
        return value
