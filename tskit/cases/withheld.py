"""Content that may not be handled here: found by rules, and dropped before anybody could read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.outputs import copy, private
from tskit.cases.sql import literal, name
from tskit.errors import ParameterError
from tskit.model import CASES, Kind, Sensitivity, Withheld

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tskit.cases.sql import Database

__all__ = ["ALWAYS", "withhold"]

_ROUTE = "Work on this case in the authorised child-safety workflow. Its content is not handled here."

ALWAYS = tuple(
    Withheld({"dsa_keywords": keyword}, _ROUTE)
    for keyword in ("KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL", "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE")
)
"""Holds in every casebook, wherever the source has the column."""

_TEXTS = ("text.parquet", "event_text.parquet")


def withhold(rules: Sequence[Withheld], *, folder: Path, connection: Database) -> tuple[str, ...]:
    """Drop the text of cases that a rule names from the load in `folder`, list them, and return notes for the reader.

    Rows that were kept apart lose their record as found: it may be that of such a case.

    Where the source lacks a column that a rule of the casebook asks for, nobody can tell which cases it means, and no
    text of the source is kept at all.

    Raises:
        ParameterError: a rule names a column that cases do not have, or no condition.
    """
    for rule in rules:
        _require_columns(rule)
    cases = f"read_parquet({literal(str(folder / 'cases.parquet'))})"
    held = {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {cases}").fetchall()}
    blind = [rule for rule in rules if not held.keys() >= rule.where.keys()]
    usable = [rule for rule in (*rules, *ALWAYS) if held.keys() >= rule.where.keys()]
    parts = [
        f"SELECT case_id, {literal(rule.route)} AS route, {order} AS place FROM {cases} WHERE {_condition(rule)}"
        for order, rule in enumerate(usable)
    ] + [f"SELECT case_id, {literal(rule.route)} AS route, {len(usable)} AS place FROM {cases}" for rule in blind]
    if not parts:
        return ()
    _drop_records(folder / "rejected.parquet", connection=connection)
    listed = f"SELECT case_id, arg_min(route, place) AS route FROM ({' UNION ALL '.join(parts)}) GROUP BY case_id"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE withheld AS {listed}")
    count = connection.execute("SELECT count(*) FROM withheld").fetchall()[0][0]
    if not count:
        return ()
    for text in _TEXTS:
        _drop_text(folder / text, connection=connection)
    copy("SELECT * FROM withheld", folder / "withheld.parquet", connection=connection)
    return _notes(count, blind, held)


def _require_columns(rule: Withheld) -> None:
    if not rule.where or not rule.route:
        raise ParameterError('casebook.toml: each [[withheld]] needs where = { column = "value" } and a route.')
    # People are pseudonyms by now, so that a rule about one would hold for nobody.
    known = {c.name for c in CASES.columns if c.kind is not Kind.TIME and c.sensitivity is not Sensitivity.PERSON}
    for column in rule.where:
        if column not in known:
            raise ParameterError.unknown(column, sorted(known), what="column in [[withheld]] of casebook.toml")


def _condition(rule: Withheld) -> str:
    return " AND ".join(_equals(column, value) for column, value in rule.where.items())


def _equals(column: str, value: str) -> str:
    if next(found for found in CASES.columns if found.name == column).kind is Kind.LIST:
        return f"list_contains({name(column)}, {literal(value)})"
    return f"CAST({name(column)} AS VARCHAR) = {literal(value)}"


def _drop_records(path: Path, *, connection: Database) -> None:
    """Take the records as found out of the rows that were kept apart: nobody can tell which of them a rule means."""
    _rewrite("SELECT * REPLACE (CAST(NULL AS VARCHAR) AS raw) FROM {}", path, connection=connection)


def _drop_text(path: Path, *, connection: Database) -> None:
    _rewrite("SELECT * FROM {} ANTI JOIN withheld USING (case_id)", path, connection=connection)


def _rewrite(query: str, path: Path, *, connection: Database) -> None:
    if not path.exists():
        return
    fresh = path.with_suffix(".kept")
    private(fresh)
    copy(query.format(f"read_parquet({literal(str(path))})"), fresh, connection=connection)
    fresh.replace(path)


def _notes(count: int, blind: Sequence[Withheld], held: dict[str, str]) -> tuple[str, ...]:
    lacking = sorted({column for rule in blind for column in rule.where if column not in held})
    if not lacking:
        return (f"The content of {count:,} cases may not be handled here and was not kept; each row says where it is.",)
    nobody = "so nobody can tell which cases [[withheld]] in casebook.toml means. Map the column in the profile."
    return (f"No case text was kept: the source lacks {', '.join(lacking)}, {nobody}",)
