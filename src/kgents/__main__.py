"""The console scripts `kg` and `kgents`."""

import gc
import sys

SELDOM = (1_000_000, 20, 20)  # thresholds while modules are imported: hundreds of thousands of objects that stay


def main() -> None:
    """Runs the command line; the exit code is the verdict's."""
    gc.set_threshold(*SELDOM)
    try:
        from kgents.cli import run

        run()
    except KeyboardInterrupt:  # while modules are loaded, or after the command
        sys.exit(130)
    finally:
        gc.freeze()  # the process ends: nothing is worth looking through any more


if __name__ == "__main__":
    main()
