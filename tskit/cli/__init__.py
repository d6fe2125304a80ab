"""The command line: arguments in, one call of the package, lines out. One module a verb."""

from tskit.cli.main import main

__all__ = ["main"]
