"""python -m tskit.cli: the command line where the command `tskit` is not installed."""

from tskit.cli.main import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
