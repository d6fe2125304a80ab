"""A source in place becomes a case set whose tables are expressions on its engine."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import ibis

from tskit.cases.periods import filtered, settled
from tskit.cases.place.account import account_of, as_of
from tskit.cases.place.rows import rows_of
from tskit.errors import SourceError
from tskit.model import CaseSet
from tskit.sources.backends import open_backend, table_of
from tskit.sources.credentials import secret as find_secret

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import Casebook, Scope, Source

__all__ = ["load_in_place"]


def load_in_place(scope: Scope, source: Source, *, casebook: Casebook) -> CaseSet:
    """Return the cases that `scope` asks for as questions to the engine that holds them; no row is fetched.

    Raises:
        SourceError: the engine cannot be reached, or a table cannot be read.
        DataError: the tables do not hold up as cases, or their profile does not fit.
        NoDataError: no case falls into the period.
    """
    backend = open_backend(source, root=casebook.root, secret=_secret_of(source))
    named = {"cases": source.cases, "events": source.events, "reviews": source.reviews}
    tables = {
        table: rows_of(table_of(backend, source, name, root=casebook.root), table=table)
        for table, name in named.items()
        if name
    }
    quality = account_of(tables)
    known = as_of(tables)
    if known is None:
        raise SourceError(f"The source {source.name} holds no time at all, so no period can be asked for.")
    cases = filtered(tables["cases"], scope)
    events = tables.get("events")
    if scope.filters and events is not None:
        events = events.semi_join(cases, "case_id")
    shape = repr([(name, table.schema()) for name, table in tables.items()])
    return CaseSet(
        scope=settled(scope, cases, as_of=known, zone=casebook.zone),
        casebook=casebook,
        cases=cases,
        events=events,
        reviews=tables.get("reviews"),
        rejected=_nothing(),
        quality=quality,
        profile="canonical",
        fingerprint=sha256(repr((source, shape, quality, known)).encode()).hexdigest()[:32],
        as_of=known,
        inputs=(),
    )


def _secret_of(source: Source):
    def secret(kind: str) -> str:
        name = source.name.upper().replace("-", "_").replace(".", "_")
        return find_secret(f"source:{source.name}:{kind}", variable=f"TSKIT_SOURCE_{name}_{kind.upper()}")

    return secret


def _nothing() -> ir.Table:
    return ibis.memtable([], schema={"table": "string", "column": "string", "reason": "string"})
