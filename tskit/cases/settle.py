"""Which of several rows with one key stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.sql import name
from tskit.model import Kind

if TYPE_CHECKING:
    from tskit.cases.sql import Database
    from tskit.cases.staging import Staged

__all__ = ["settle"]


def settle(staged: Staged, *, key: tuple[str, ...], into: str, connection: Database) -> None:
    """Make the table `into` of rows whose key stands more than once: `_source`, `_source_row`, `_verdict`.

    The verdict is `exact_duplicate` (the same record again) or `superseded` (an older state of it) for rows that do
    not stand, and `duplicate_key` for the one that does where others differ from it. Which row stands depends on the
    rows' content alone: the latest change, then the latest time in the row, then its hash. Of rows of a store that were
    changed at the same moment the one that was delivered last stands.
    """
    listed = ", ".join(name(column) for column in key)
    usable = f"SELECT * FROM {staged.scan} WHERE _reason IS NULL"
    # Hashes of keys need a tenth of the memory of keys; a chance clash only sends two rows more to the exact check.
    repeated = f"SELECT hash({listed}) FROM ({usable}) GROUP BY 1 HAVING count(*) > 1"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE repeated AS {repeated}")
    times = [name(c.name) for c in staged.mapping.columns if c.kind is Kind.TIME]
    order = [*(f"{text} DESC NULLS LAST" for text in _order(times)), "_hash", "_source", "_source_row"]
    ranked = (
        f"SELECT _source, _source_row, _hash, row_number() OVER w AS place, "
        f"row_number() OVER (PARTITION BY {listed}, _hash ORDER BY _source, _source_row) AS copy, "
        f"count(DISTINCT _hash) OVER (PARTITION BY {listed}) AS states "
        f"FROM ({usable}) WHERE hash({listed}) IN (SELECT * FROM repeated) "
        f"WINDOW w AS (PARTITION BY {listed} ORDER BY {', '.join(order)})"
    )
    verdict = "CASE WHEN copy > 1 THEN 'exact_duplicate' WHEN place > 1 THEN 'superseded' WHEN states > 1 THEN 'duplicate_key' END"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT _source, _source_row, _verdict FROM "
        f"(SELECT _source, _source_row, {verdict} AS _verdict FROM ({ranked})) WHERE _verdict IS NOT NULL"
    )


def _order(times: list[str]) -> list[str]:
    stamp = name("source_modified_at")
    first = [stamp] if stamp in times else []
    # In a store `_source` begins with the number of a delivery and a slash; elsewhere none but a member of a zip has one.
    first.append("try_cast(regexp_extract(_source, '^(\\d{4,})/', 1) AS INTEGER)")
    return [*first, f"greatest({', '.join(times)})"] if times else first
