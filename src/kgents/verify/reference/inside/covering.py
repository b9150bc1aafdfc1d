"""Which scripts are kept of those that were tried: a few that together show most of what can follow upon what.

A feature of a script is a step with the kind of its answer, alone and together with the step before it, and with the last
step that took one of its arguments.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

_TWICE = 2  # so often a feature is wanted
_MANY = 3


def covering(scripts: Sequence[tuple[tuple[Any, ...], Any]], most: int) -> list[int]:
    """Places of scripts (arguments, tree of what was answered), those first that show the most that is new."""
    features = [frozenset(_features(arguments[1], answer[1:])) for arguments, answer in scripts]
    met: Counter[Any] = Counter()
    heap = [(-len(shown), index) for index, shown in enumerate(features)]
    heapq.heapify(heap)
    chosen: list[int] = []
    while heap and len(chosen) < most:
        gain, index = heapq.heappop(heap)
        now = sum(met[feature] < _TWICE for feature in features[index])
        if -gain != now:
            if now:
                heapq.heappush(heap, (-now, index))
            continue
        if not now:
            break
        chosen.append(index)
        met.update(features[index])
    return chosen


def _features(steps: Sequence[Any], answers: Sequence[Any]) -> Iterator[Any]:
    last: dict[str, tuple[int, Any]] = {}
    times: Counter[str] = Counter()
    before: list[Any] = [None, None]
    for at, (name, arguments) in enumerate(steps):
        here = (name, _outcome(answers[1 + 2 * at]))
        yield here
        yield before[-1], here
        yield before[-2][0] if before[-2] else None, before[-1], here
        for index, argument in enumerate(arguments):
            key = repr(argument)
            if key in last:
                when, step = last[key]
                yield index, step, min(at - when, _MANY), here
            yield index, min(times[key], _MANY), here
            times[key] += 1
        last.update((repr(argument), (at, here)) for argument in arguments)
        before.append(here)


def _outcome(told: Any) -> Any:
    """What kind of answer it is."""
    if isinstance(told, tuple) and told:
        if told[0] == "raised":
            return told[:3]
        content = told[1:]
        return told[0], min(len(content), _MANY) if told[0] in ("l", "t", "d", "s") else content[:1] == (0.0,)
    if isinstance(told, int):
        return "int", (told > 0) - (told < 0)
    return type(told).__name__, not told
