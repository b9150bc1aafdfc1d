"""Writes the corpus of malformed answers into the package: scripts/make_malformed.py. A published version stays as it is."""

import json
from pathlib import Path

from kgents.parsing.malformed import VERSION, made


def main() -> None:
    """Writes the lines, each as JSON in ASCII."""
    folder = Path(__file__).parent.parent / "src/kgents/parsing/data"
    folder.mkdir(exist_ok=True)
    text = "".join(f"{json.dumps(line)}\n" for line in made())
    (folder / f"{VERSION}.jsonl").write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
