"""Does my parser survive what models really write? It is given malformed texts whose truth is known."""

import json
from typing import Any

import kgents as kg


def mine(text: str) -> Any:
    """Takes what stands between the first and the last brace."""
    return json.loads(text[text.find("{") : text.rfind("}") + 1])


if __name__ == "__main__":
    result = kg.parse(mine, adaptive=True, target=0.9, max_trials=200, seed=1)
    print(result.sentence)
