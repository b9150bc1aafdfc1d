"""`--list`: strategies, corpora and mutators by name."""

import json
from typing import Any

from kgents.parsing.corpora import BUILT_IN
from kgents.parsing.mutator import families, mutators
from kgents.parsing.strategy import available, built_in


def catalogue(as_json: bool) -> str:
    """All of it, as text or as one JSON document."""
    data: dict[str, object] = {
        "strategies": [
            {
                "name": strategy.name,
                "language": strategy.language,
                "summary": strategy.summary,
                "available": strategy.name in available(strategy.language),
                "package": strategy.package,
            }
            for strategy in built_in().values()
        ],
        "corpora": [{"name": name, "language": corpus.language} for name, corpus in BUILT_IN.items()],
        "mutators": [
            {"name": mutator.name, "class": mutator.family, "language": language, "level": mutator.level.value,
             "reason": mutator.reason}
            for language in ("json", "python")
            for mutator in mutators(language)
        ],
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, indent=2) if as_json else _text(data)


def _text(data: dict[str, Any]) -> str:
    lines = ["strategies"]
    for strategy in data["strategies"]:
        missing = "" if strategy["available"] else f"   (pip install {strategy['package']})"
        lines.append(f"  {strategy['name']:<20} {strategy['language']:<7} {strategy['summary']}{missing}")
    lines += ["", "corpora", *(f"  {corpus['name']:<20} {corpus['language']}" for corpus in data["corpora"])]
    for language in ("json", "python"):
        lines += ["", f"mutators of {language}, by class"]
        for family in families(language):
            names = [
                f"{mutator['name']} ({mutator['level']})"
                for mutator in data["mutators"]
                if mutator["class"] == family and mutator["language"] == language
            ]
            lines.append(f"  {family:<12} {', '.join(names)}")
    return "\n".join(lines)
