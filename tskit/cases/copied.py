"""What only a copied source can give, asked for in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.errors import SourceError

if TYPE_CHECKING:
    from tskit.model import CaseSet

__all__ = ["require_copy"]


def require_copy(case_set: CaseSet) -> None:
    """Refuse a case set in place where single cases or their text are asked for.

    Raises:
        SourceError: the source stays where it lies; the message says how to copy it.
    """
    named, when = case_set.casebook.asked(case_set.scope.source)
    if named is not None and named.mode == "in_place" and not when:
        copy = f" and copy it: tskit sync {named.name}" if named.url else "."
        raise SourceError(
            f"The source {named.name} is asked in place, where single cases and their text stay. To see them, set "
            f'mode = "extract" in casebook.toml{copy}'
        )
