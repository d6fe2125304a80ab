"""Sheets that join by case id: QA results and appeals that are kept elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.cases.sql import name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.cases.sql import Database
    from tskit.cases.staging import Staged

__all__ = ["joined"]

_KEY = "case_id"


def joined(
    cases: Staged, rows: str, sheets: Sequence[tuple[Staged, str]], *, connection: Database
) -> tuple[Staged, str]:
    """Return the cases with the columns of the sheets; what a sheet says stands before what the cases say.

    Sheet rows without a case go to `rejects` under `no_such_case`.
    """
    for sheet, found in sheets:
        connection.execute(
            "INSERT INTO rejects SELECT 'sheet', _source, _source_row, 'case_id', 'no_such_case', NULL "
            f"FROM ({found}) AS sheet ANTI JOIN ({rows}) AS cases USING ({_KEY})"
        )
        rows = _join(cases, rows, sheet, found)
        cases = _widened(cases, sheet)
    return cases, rows


def _join(cases: Staged, rows: str, sheet: Staged, found: str) -> str:
    told = [column for column in sheet.columns if column != _KEY]
    both = [column for column in told if column in cases.columns]
    merged = [f"coalesce(sheet.{name(c)}, cases.{name(c)}) AS {name(c)}" for c in both]
    new = [f"sheet.{name(c)}" for c in told if c not in both]
    flags = "list_distinct(list_concat(cases.dq_flags, coalesce(sheet.dq_flags, []))) AS dq_flags"
    kept = f"cases.* EXCLUDE ({', '.join(name(c) for c in [*both, 'dq_flags'])})"
    return (
        f"SELECT {', '.join([kept, flags, *merged, *new])} FROM ({rows}) AS cases "
        f"LEFT JOIN ({found}) AS sheet USING ({_KEY})"
    )


def _widened(cases: Staged, sheet: Staged) -> Staged:
    """Return the cases as having the sheet's columns, too, in canonical order."""
    known = {column.name: column for column in (*cases.mapping.columns, *sheet.mapping.columns)}
    every = {*cases.columns, *sheet.columns}
    order = [column for column in (*cases.mapping.table.names, *cases.columns) if column in every]
    mapping = replace(cases.mapping, columns=tuple(known.values()))
    return replace(cases, mapping=mapping, columns=tuple(dict.fromkeys(order)))
