"""The front door: what a notebook needs, and nothing that is slow to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.model import CaseSet, Finding, Pattern, Run, Scope, Tag

if TYPE_CHECKING:
    import os

__version__ = "0.1.0"

__all__ = ["CaseSet", "Finding", "Pattern", "Run", "Scope", "Tag", "__version__", "load"]


def load(scope: Scope, *, casebook: str | os.PathLike[str] = "") -> CaseSet:
    """Return the cases that `scope` asks for, mapped, validated and redacted.

    The casebook is the one named, else the one in `TSKIT_CASEBOOK`, else the working folder, else the synthetic
    sample, which is made once in the user's cache folder and marks every write-up as SAMPLE DATA.

    Args:
        scope: the question; its dates may be open, and are then the last four complete weeks of the data.
        casebook: the folder that holds `casebook.toml`.

    Raises:
        SourceError: the source cannot be read; the message names the file and the fix.
        DataError: the source was read but does not hold cases.
    """
    from tskit.cases import load as load_cases
    from tskit.cases import open_casebook

    return load_cases(scope, casebook=open_casebook(casebook))
