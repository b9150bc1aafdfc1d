"""codex, the real one, in the void."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from real import RealAgent


class TestCodex(RealAgent):
    name = "codex"
