"""Loads this folder as a package of its own name in any interpreter, and serves: `python -P boot.py FD PATH…`."""

import importlib.util
import os
import sys

NAME = "_kgents_mirrors"


def main() -> None:
    """Reads the descriptor of the line, and what is put before sys.path, from the command line."""
    folder = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        NAME, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    importlib.import_module(f"{NAME}.serving").main(int(sys.argv[1]), sys.argv[2:])


if __name__ == "__main__":
    main()
