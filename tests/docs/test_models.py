"""Every example of docs/models.md works as it is printed; those of agents are tried where the agents are (tests/agents)."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from examples import MODELS, examples, run_example

from kgents.harness.choice import AGENTS
from kgents.harness.registry import names

PAGES = (MODELS, MODELS.with_name("how-local-model.md"))
LINES = [line for page in PAGES for line in examples(page) if not any(f"--harness {name}" in line for name in AGENTS)]


@pytest.mark.parametrize("line", LINES)
def test_an_example_works(line: str, tmp_path: Path) -> None:
    done, server = run_example(line, tmp_path)
    assert done.returncode == 0, done.stderr
    if "simulated" not in line:
        assert done.stdout.startswith("estimate: the rate of correct candidates was 2 of 2"), done.stdout
    assert len(server.calls) == (0 if any(word in line for word in ("simulated", "replay", "command")) else 2)


def test_every_way_has_an_example() -> None:
    page = MODELS.read_text()
    assert len(LINES) == 9
    for name in names():
        assert f"--harness {name}" in page or name in ("api", "simulated"), name
