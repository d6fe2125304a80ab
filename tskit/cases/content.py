"""The one door to case text: what may be shown of a case, and where to go for what may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tskit.cases.copied import require_copy
from tskit.cases.sql import literal
from tskit.sources import in_memory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tskit.model import CaseSet

__all__ = ["Content", "all_contents", "contents", "withheld_routes"]

_COLUMNS = ("case_id", "subject", "description")


@dataclass(frozen=True, slots=True)
class Content:
    """What a report says. A withheld case has no text here, and a `route` that says where to work on it."""

    subject: str = field(default="", repr=False)
    description: str = field(default="", repr=False)
    route: str = ""

    @property
    def is_withheld(self) -> bool:
        """Return whether the content may not be handled here."""
        return bool(self.route)


def contents(case_set: CaseSet, case_ids: Sequence[str]) -> dict[str, Content]:
    """Return the content of each of these cases; one without text, or that nobody knows, has an empty one."""
    require_copy(case_set)
    routes = withheld_routes(case_set, case_ids)
    rows = _rows(case_set.text_path, _COLUMNS, case_ids)
    found = {str(key): Content(_text(subject), _text(body)) for key, subject, body in rows if key not in routes}
    empty = Content()
    return {key: Content(route=routes[key]) if key in routes else found.get(key, empty) for key in case_ids}


def all_contents(case_set: CaseSet) -> pd.DataFrame:
    """Return `case_id`, `subject` and `description` of all cases with text; withheld ones are not among them."""
    require_copy(case_set)
    rows = _rows(case_set.text_path, _COLUMNS, None)
    routes = withheld_routes(case_set, None)
    kept = [(str(key), _text(subject), _text(body)) for key, subject, body in rows if key not in routes]
    return pd.DataFrame(kept, columns=list(_COLUMNS)).astype("str")


def withheld_routes(case_set: CaseSet, case_ids: Sequence[str] | None) -> dict[str, str]:
    """Return the route of each of these cases (all cases for None) whose content may not be handled here."""
    return {str(key): str(route) for key, route in _rows(case_set.withheld_path, ("case_id", "route"), case_ids)}


def _rows(path: Path | None, columns: Sequence[str], case_ids: Sequence[str] | None) -> list[tuple[object, ...]]:
    """Return rows of a private file, for these ids or for all; a column that the file lacks is empty."""
    if path is None or (case_ids is not None and not case_ids):
        return []
    with in_memory() as database:
        table = f"read_parquet({literal(str(path))})"
        held = {row[0] for row in database.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()}
        listed = ", ".join(column if column in held else f"NULL AS {column}" for column in columns)
        if case_ids is None:
            return database.execute(f"SELECT {listed} FROM {table} ORDER BY case_id").fetchall()
        query = f"SELECT {listed} FROM {table} WHERE case_id IN (SELECT unnest(?))"
        return database.execute(query, [list(case_ids)]).fetchall()


def _text(value: object) -> str:
    return "" if value is None else str(value)
