"""Readers of what others wrote refuse nonsense as they document, and let in only records that verify."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from record_fuzz import run


def test_no_reader_is_surprised() -> None:
    """The first 300 rounds of the campaign (scripts/fuzz runs more)."""
    campaign = run(300, 7)
    assert campaign.breaches == []
    assert {"answer read", "answer refused", "mark refused", "import refused"} <= set(campaign.outcomes)
