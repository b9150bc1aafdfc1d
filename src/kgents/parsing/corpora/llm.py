"""JSON in the shapes in which models answer: tool calls, extractions, judgements, edits of files, plans."""

import json
from collections.abc import Callable
from typing import Any

from kgents.parsing.draw import Draw

WORDS = ("apple", "banana", "cherry", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet")
CODE = (
    'def add(a, b):\n    """Return the "sum" of a and b."""\n    return a + b\n',
    'class P:\n\tdef __init__(self, x: dict = {}):\n\t\tself.x = x  # note: {"k": [1, 2]}\n',
    "const f = (x) => { return `${x}: ${JSON.stringify({a: 1})}`; };\n",
    'if (s.match(/^\\d{3}-\\w+$/)) { console.log("ok", s); }\n',
    '#include <stdio.h>\nint main(void){ printf("hi, \\"%s\\"\\n", "x"); }\n',
    "SELECT id, name FROM t WHERE name = 'O''Brien' AND note LIKE '%\"%';",
    "```python\nprint({'a': 1})\n```\n",
)
PROSE = (
    'The essay uses vocabulary such as "offside" and "penalty". To improve, be more precise.',
    "It's a test: yes, no, maybe - see https://example.org/a?b=1&c=[2]#frag.",
    "Line one\nLine two, with a comma\n\n- bullet {x}\n- bullet [y]",
    "他说：“你好，世界”，然后离开了。",
    "Ela é um cajuzinho pra mim; coração.",
    "",
    "N/A",
    "true",
    "null",
    "42",
    "Use C:\\Users\\new\\table.txt or \\\\server\\share",
    "\\frac{a}{b} + \\sqrt{x}",
    "5' 11\" tall",
    "a // not a comment",
    "/* nor this */ # nor that",
    "…and so on…",
    "key: value, other: [1, 2]",
    "price < 10 && qty > 3",
    '<div class="test">hello</div>',
    "emoji 🙂🚀",
    "The first quarter was better than expected.",
    "Please call back after 5 pm",
)


def answer(draw: Draw) -> tuple[str, Any]:
    """A model's answer, with the name of its shape."""
    name = draw.pick(tuple(SHAPES))
    return name, SHAPES[name](draw)


def _share(draw: Draw, digits: int = 2) -> float:
    whole = int(10**digits)
    return draw.between(0, whole) / whole


def _tool_call(draw: Draw) -> Any:
    arguments = {"path": draw.pick(("tmp/a.py", "C:\\new\\a.py")), "content": draw.pick(CODE)}
    name = draw.pick(("get_weather", "search", "write_file", "run_sql"))
    call = {"name": name, "arguments": json.dumps(arguments)}
    return {"id": f"call_{draw.below(16**8):08x}", "type": "function", "function": call}


def _edit(draw: Draw) -> Any:
    start = draw.below(50)
    return {
        "command": "str_replace",
        "path": f"/workspace/src/mod_{draw.below(99)}.py",
        "old_str": draw.pick(CODE),
        "new_str": draw.pick(CODE),
        "view_range": [start, start + draw.between(1, 50)],
    }


def _file(draw: Draw) -> Any:
    content = draw.pick(CODE) + draw.pick(CODE)
    return {
        "file_path": f"src/{draw.pick(WORDS)}.ts",
        "content": content,
        "overwrite": draw.chance(1, 2),
        "mode": "0644",
    }


def _entity(draw: Draw) -> Any:
    start = draw.below(90)
    return {
        "name": draw.pick(WORDS).title(),
        "type": draw.pick(("PERSON", "ORG", "LOC")),
        "confidence": _share(draw, 3),
        "span": [start, start + draw.between(2, 30)],
    }


def _extraction(draw: Draw) -> Any:
    entities = [_entity(draw) for _ in range(draw.between(1, 5))]
    return {"entities": entities, "language": draw.pick(("en", "zh", "pt")), "truncated": False}


def _judgement(draw: Draw) -> Any:
    return {
        "reasoning": draw.pick(PROSE),
        "score": draw.between(0, 10),
        "verdict": draw.pick(("pass", "fail")),
        "issues": [draw.pick(PROSE) for _ in range(draw.below(4))],
    }


def _action(draw: Draw) -> Any:
    wanted = {"query": draw.pick(PROSE), "top_k": draw.between(1, 19)}
    return {"thought": draw.pick(PROSE), "action": draw.pick(("search", "finish")), "action_input": wanted}


def _hypothesis(draw: Draw) -> Any:
    return {
        "statement": draw.pick(PROSE),
        "falsifiable": draw.chance(1, 2),
        "prior": _share(draw),
        "tests": [draw.pick(WORDS), draw.pick(WORDS)],
    }


def _schema(draw: Draw) -> Any:
    properties = {draw.pick(WORDS): {"type": "string", "pattern": "^\\d+$"}, "n": {"type": "integer", "minimum": 0}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": ["n"],
        "additionalProperties": False,
    }


def _item(draw: Draw) -> Any:
    return {"sku": f"SKU-{draw.below(999)}", "qty": draw.between(1, 8), "price": draw.between(0, 9999) / 100}


def _order(draw: Draw) -> Any:
    return {
        "order_id": f"{draw.below(10**6):08d}",
        "zip": "02134",
        "items": [_item(draw) for _ in range(draw.between(1, 4))],
        "total": draw.between(0, 50000) / 100,
        "paid": draw.pick((None, True, False)),
        "date": f"2024-03-0{draw.between(1, 9)}",
    }


def _chart(draw: Draw) -> Any:
    def points() -> list[Any]:
        return [{"name": str(2010 + 5 * year), "value": draw.between(0, 9999) / 100} for year in range(3)]

    return {"data": [{"name": f"市场{k}", "value": points()} for k in range(draw.between(1, 3))], "单位": "万"}


def _settings(draw: Draw) -> Any:
    return {
        "model": f"m-{draw.between(1, 9)}",
        "temperature": _share(draw, 1),
        "max_tokens": draw.pick((256, 4096, 100000)),
        "stop": ["\n\n", "###"],
        "top_p": 1.0,
        "logit_bias": {"50256": -100},
        "stream": draw.chance(1, 2),
        "seed": None,
    }


def _section(draw: Draw) -> Any:
    return {"heading": draw.pick(PROSE)[:20], "body": f"{draw.pick(PROSE)}\n\n{draw.pick(CODE)}"}


def _sections(draw: Draw) -> Any:
    return {"title": draw.pick(WORDS), "sections": [_section(draw) for _ in range(draw.between(1, 3))]}


def _nested(draw: Draw) -> Any:
    value: Any = {"leaf": draw.pick(PROSE)}
    for level in range(draw.between(3, 8)):
        value = {draw.pick(WORDS): value} if level % 2 else [value, level]
    return value


def _flat(draw: Draw) -> Any:
    names = draw.some(WORDS, draw.between(3, 8))
    return {name: draw.pick((1, 2.5, True, None, "x", draw.pick(PROSE))) for name in names}


SHAPES: dict[str, Callable[[Draw], Any]] = {
    "tool call": _tool_call,
    "edit": _edit,
    "file": _file,
    "extraction": _extraction,
    "judgement": _judgement,
    "action": _action,
    "hypotheses": lambda draw: [_hypothesis(draw) for _ in range(draw.between(1, 3))],
    "schema": _schema,
    "order": _order,
    "chart": _chart,
    "settings": _settings,
    "sections": _sections,
    "nested": _nested,
    "flat": _flat,
}
