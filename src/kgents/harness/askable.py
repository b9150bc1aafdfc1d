"""What keeps a coder from ever being asked, found out without making one: nothing that asks is loaded."""

from kgents.harness.choice import AGENTS
from kgents.harness.model_of import model_of
from kgents.harness.registry import argv_of, make, names
from kgents.harness.settings import Settings
from kgents.harness.simulated import parse_simulation


def check_askable(name: str, settings: Settings) -> None:
    """Raises what making the coder of this name would, as far as names, keys and the machine show it."""
    if name == "api":
        model_of(settings)
    elif name == "simulated":
        parse_simulation(settings.model or name)
    elif name == "command":
        argv_of(settings)
    elif name not in names() or (name in AGENTS and name not in settings.executables):
        make(name, settings)
