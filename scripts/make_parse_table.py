"""Measures the public libraries and writes the table of docs/parse.md: `scripts/make_parse_table.py [N]`.

The inputs are fixed by the seed, so the counts are the same everywhere, but for the versions of the libraries, which are
printed with them. Takes a few minutes.
"""

import json
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "parse.md"
SEED, INPUTS = 20240607, 2000
STRATEGIES = (
    "strict", "extract", "lenient", "repair", "repair_strict", "fast_repair", "partial", "pydantic_partial",
    "partial_json_parser", "json5", "dirtyjson", "hjson", "yaml", "literal", "schema_guided",
)  # fmt: skip
PACKAGES = {
    "repair": "json_repair", "repair_strict": "json_repair", "fast_repair": "fast_json_repair", "partial": "jiter",
    "pydantic_partial": "pydantic_core", "partial_json_parser": "partial-json-parser", "json5": "json5",
    "dirtyjson": "dirtyjson", "hjson": "hjson", "yaml": "PyYAML",
}  # fmt: skip
COLUMNS = ("recovered", "partial", "rejected", "corrupted", "crashed", "hung")


def measure(inputs: int) -> dict:
    """The experiment's JSON document."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "kgents", "experiment", "parse", "--strategy", ",".join(STRATEGIES), "--n", str(inputs),
            "--seed", str(SEED), "--examples", "0", "--controls", "20", "--limit", "5", "--json", "-q",
            "--database", f"sqlite:///{folder}/record.db",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    return json.loads(done.stdout)


def table(said: dict, inputs: int) -> str:
    """The table in Markdown, with the command that made it."""
    evidence = said["evidence"]
    lines = [
        f"`scripts/make_parse_table.py {inputs}`: {inputs} inputs of `llm-json`, severity 1, all classes alike, seed {SEED}.",
        "",
        "| strategy | version | " + " | ".join(COLUMNS) + " | recovery | silent corruption | µs |",
        "|---|---|" + "--:|" * (len(COLUMNS) + 3),
    ]
    for strategy in evidence["strategies"]:
        name = strategy["name"]
        counts = " | ".join(str(strategy["outcomes"][column]) for column in COLUMNS)
        release = version(PACKAGES[name]) if name in PACKAGES else ""
        lines.append(f"| `{name}` | {release} | {counts} | {_rate(strategy['recovery_rate'])} "
                     f"| {_rate(strategy['corruption_rate'])} | {strategy['microseconds_per_input']:.0f} |")  # fmt: skip
    lines += ["", "Recovered / silently corrupted, in % of the inputs of a class:", ""]
    shown = [
        strategy
        for strategy in evidence["strategies"]
        if strategy["name"] not in ("repair_strict", "dirtyjson", "literal")
    ]
    lines += [
        "| class | " + " | ".join(f"`{strategy['name']}`" for strategy in shown) + " |",
        "|---|" + "--:|" * len(shown),
    ]
    for family in sorted(shown[0]["by_class"]):
        cells = [_cell(strategy["by_class"][family]) for strategy in shown]
        lines.append(f"| {family} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _rate(rate: dict) -> str:
    return f"{100 * rate['estimate']:.1f} ({100 * rate['low']:.1f}–{100 * rate['high']:.1f}) %"


def _cell(row: dict) -> str:
    return f"{100 * row['recovery_rate']['estimate']:.0f} / {100 * row['corruption_rate']['estimate']:.0f}"


def main() -> None:
    """Writes the page."""
    inputs = int(sys.argv[1]) if len(sys.argv) > 1 else INPUTS
    text = PAGE.read_text(encoding="utf-8")
    made = f"<!-- table -->\n{table(measure(inputs), inputs)}\n<!-- end -->"
    PAGE.write_text(re.sub(r"<!-- table -->.*<!-- end -->", lambda _: made, text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
