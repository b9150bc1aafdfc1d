"""kill -9 at random moments: nothing lost, nothing completed repeated, the verdict of an uninterrupted run."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from campaign import TRIALS, campaign

KILLS = 7  # on each database; `campaign.py 300` does more


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_killed_again_and_again(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    database = request.getfixturevalue("postgres") if kind == "postgres" else None
    account = campaign(KILLS, tmp_path, database)
    assert account.problems == []
    assert account.kills >= KILLS
    assert account.runs >= 2
    assert account.trials == account.runs * TRIALS
