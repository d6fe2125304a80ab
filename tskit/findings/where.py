"""What people ask for by a column and its values is held against what the source has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.errors import ParameterError
from tskit.model import CASES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tskit.model import CaseSet, Column

__all__ = ["check_values"]

_COLUMNS = {column.name: column for column in CASES.columns}


def check_values(
    case_set: CaseSet,
    column: str,
    values: Sequence[str],
    *,
    what: str,
    may: Callable[[Column], bool],
    besides: Sequence[str] = (),
) -> None:
    """Refuse a column that the source lacks or that one may not ask by, and a value that no case has in it.

    `may` says of each of the columns of cases whether one may ask by it; `besides` are words that the caller itself
    understands, and `what` says in the error what was asked for.

    Raises:
        ParameterError: there is no such column to ask by, or no case of one of the values.
    """
    cases = case_set.cases
    known = [name for name in cases.columns if name in _COLUMNS and may(_COLUMNS[name])]
    if column not in known:
        raise ParameterError.unknown(column, [*known, *besides], what=what)
    texts = cases.select(value=cases[column].cast("string"))
    there = set(texts.filter(texts.value.isin(list(values))).distinct().to_pyarrow()["value"].to_pylist())
    for value in values:
        if value not in there:  # the value is what the person typed, and may be named to them
            raise ParameterError(f"No case has {value!r} in {column}. Values are written as the source writes them.")
