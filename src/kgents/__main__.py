"""The console scripts `kg` and `kgents`."""


def main() -> None:
    """Runs the command line; the exit code is the verdict's."""
    from kgents.cli import run

    run()


if __name__ == "__main__":
    main()
