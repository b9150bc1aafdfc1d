"""What tests/equivalent.txt names is in the sources: nothing stays there that has gone, or was never drawn."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from mutation import equivalent, places


def test_every_change_that_is_named_is_one_that_could_be_drawn() -> None:
    """A line that was changed or moved elsewhere takes its paragraph along, or loses it."""
    files = sorted({name.partition(":")[0] for name in equivalent()})
    assert equivalent() <= {each.name for each in places(files)}
