"""A source in place becomes a case set whose tables are expressions on its engine."""

from __future__ import annotations

import hmac
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import ibis
from ibis.expr import operations as ops

from tskit.cases.history import histories, reopened
from tskit.cases.periods import filtered, settled
from tskit.cases.place.account import JUDGED, PROMISES, taken
from tskit.cases.place.dialects import digest
from tskit.cases.place.notes import notes_of
from tskit.cases.place.rows import FLAG, map_table
from tskit.cases.place.standing import flags_of
from tskit.cases.profile import Answers
from tskit.cases.recognise import CANONICAL, canonical, choose, find_profile
from tskit.cases.sql import all_of
from tskit.errors import DataError, SourceError
from tskit.model import CASES, TABLES, CaseSet, InputFile, Quality, Sensitivity, TableAccount
from tskit.sources import pseudonym_key, secret_of
from tskit.sources.answers import told_plainly
from tskit.sources.backends import open_backend, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import ibis.expr.types as ir

    from tskit.cases.place.account import Tally
    from tskit.cases.place.rows import Mapped
    from tskit.cases.profile import Profile
    from tskit.model import Casebook, Scope, Source

    Opened = Mapping[str, tuple[Mapped, Tally]]

__all__ = ["inputs_in_place", "load_in_place"]

_PSEUDONYM = 20
_HISTORY = "tskit_reopened"
_TABLES = ("cases", "events", "reviews")
_NEAR = "tskit_near_"
_KEPT_NEAR = 5_000_000
"""Rows of a table that are kept in the embedded engine's own form, at most."""


def load_in_place(scope: Scope, source: Source, *, casebook: Casebook, key: bytes = b"") -> CaseSet:
    """Return the cases that `scope` asks for as questions to the engine that holds them; no row of them is fetched.

    The account is counted by the engine: the figures are those of the file loader on the same rows.

    Raises:
        SourceError: the engine cannot be reached, a table cannot be read, or the profile asks for what only a copy can
            give.
        DataError: the tables do not hold up as cases, or their profile does not fit.
        NoDataError: no case falls into the period.
        ParameterError: a filter names no column or value of the data.
    """
    with told_plainly(source):
        opened = _opened(source, casebook=casebook, key=key)
        tables = {table: _near(table, _shown(mapped, tally), tally.read) for table, (mapped, tally) in opened.items()}
        known = _as_of(source, opened)
        cases = filtered(tables["cases"], scope)
        events = tables.get("events")
        if scope.filters and events is not None:
            events = events.semi_join(cases, "case_id")
        found = CaseSet(
            scope=settled(scope, cases, as_of=known, zone=casebook.zone),
            casebook=casebook,
            cases=cases,
            events=events,
            reviews=tables.get("reviews"),
            rejected=_rejected(opened),
            quality=_quality(source, opened),
            profile=", ".join(dict.fromkeys(mapped.profile.name for mapped, _ in opened.values())),
            fingerprint=_fingerprint(opened, tables),
            as_of=known,
            inputs=_inputs(source, opened),
        )
        _keep_history(found)
        _forget_judged(tables)
        return found


def inputs_in_place(source: Source, *, casebook: Casebook) -> tuple[InputFile, ...]:
    """Return the tables that a load would ask, each with a hash of what is known of it: shape, rows and last instants.

    Raises:
        SourceError: as `load_in_place`.
        DataError: as `load_in_place`.
    """
    with told_plainly(source):
        return _inputs(source, _opened(source, casebook=casebook, key=b""))


def _opened(source: Source, *, casebook: Casebook, key: bytes) -> Opened:
    if source.sheets:
        raise SourceError(
            f'Sheets that join by case id cannot be joined in place. Remove them from {source.name}, or use mode = "extract".'
        )
    backend = open_backend(
        source, root=casebook.root, secret=lambda kind: secret_of(source.name, kind, casebook=casebook.name)
    )
    whole = key or pseudonym_key(casebook.name)
    # The salt stands in the questions, which an engine may log: the key itself must not be found from it.
    salt = hmac.new(whole, f"in place:{source.name}".encode(), sha256).hexdigest()
    found: dict[str, tuple[Mapped, Tally]] = {}
    for table in _TABLES:
        name: str = getattr(source, table)
        if not name:
            continue
        raw = table_of(backend, source, name, root=casebook.root)
        profile = _profile(source, raw, table=table, casebook=casebook)
        mapped = map_table(raw, profile, source=name, engine=backend.name, salt=salt)
        cases = found["cases"][1].rows if table == "events" else None
        found[table] = mapped, taken(mapped, cases=cases)
    return found


def _profile(source: Source, raw: ir.Table, *, table: str, casebook: Casebook) -> Profile:
    asked = {"cases": source.profile, "events": source.events_profile, "reviews": source.reviews_profile}[table]
    header, root = raw.columns, casebook.root
    if asked == CANONICAL:
        found = canonical(header, table=table)
    elif asked:
        found = find_profile(asked, root=root)
    else:
        found = choose(header, table=table, root=root, source=f"{source.name} ({getattr(source, table)})")
    said = {name: str(source.settings[name]) for name in ("dates", "zone") if name in source.settings}
    return found.answering(Answers(**said))


def _shown(mapped: Mapped, tally: Tally) -> ir.Table:
    """Return the canonical columns: people under pseudonyms, no case text, and the flags that any row carries."""
    rows, people = tally.rows, mapped.table.with_sensitivity(Sensitivity.PERSON)
    names = [name for name in mapped.table.names if name in tally.filled]
    values = {name: _pseudonym(rows[name], mapped) if name in people else rows[name] for name in names}
    carried = [flag for flag in flags_of(rows) if flag in tally.flags]
    marks = [ibis.ifelse(rows[f"{FLAG}{flag}"], flag, ibis.null("string")) for flag in carried]
    # PostgreSQL knows no type of an empty list: one that is emptied has one.
    flags = ibis.array(marks or [ibis.null("string")]).filter(_is_there)
    return rows.select(**values, dq_flags=flags)


def _near(name: str, table: ir.Table, rows: int) -> ir.Table:
    """Return the table, judged and settled once for all questions where the embedded engine may keep it.

    Each question would do so anew otherwise, a hundred times a report. Beyond a few million rows the copy would cost
    more than it saves, and any other engine is only read.
    """
    backend: Any = table.get_backend()
    if backend.name != "duckdb" or rows > _KEPT_NEAR:
        return table
    return backend.create_table(f"{_NEAR}{name}", table, temp=True)


def _forget_judged(tables: Mapping[str, ir.Table]) -> None:
    """Give back the room of the judged rows that the account was counted from, once what stands of them is kept."""
    for name, table in tables.items():
        kept = table.op()
        if isinstance(kept, ops.DatabaseTable) and kept.name == f"{_NEAR}{name}":
            backend: Any = table.get_backend()
            backend.drop_table(f"{JUDGED}{name}", database=("temp", "main"), force=True)


def _keep_history(case_set: CaseSet) -> None:
    """Keep the closings of reopened cases in the embedded engine: a small part of a log that each question would search.

    Any other engine is only read, and searches its log.
    """
    backend: Any = case_set.cases.get_backend()
    if case_set.events is not None and backend.name == "duckdb":
        backend.create_table(_HISTORY, reopened(case_set.events), temp=True)
        histories(case_set)[""] = all_of(_HISTORY)


def _is_there(flag: ir.Value) -> ir.Value:
    return flag.notnull()


def _pseudonym(person: ir.Value, mapped: Mapped) -> ir.Value:
    salted = ibis.literal(mapped.salt) + person
    return ibis.literal("p") + digest(salted, engine=mapped.engine).left(_PSEUDONYM)


def _as_of(source: Source, opened: Opened) -> datetime:
    """Return the last instant that the tables know of."""
    told = (opened[table][1].latest for table in ("cases", "events") if table in opened)
    known = [at for latest in told for name, at in latest.items() if name not in PROMISES]
    if not known:
        raise DataError(f"The tables of the source {source.name} hold no time at all, so no period can be asked for.")
    return max(known)


def _quality(source: Source, opened: Opened) -> Quality:
    tallies = {table: tally for table, (_, tally) in opened.items()}
    reasons, flags = Counter[str](), Counter[str]()
    for tally in tallies.values():
        reasons.update(tally.reasons)
        flags.update(tally.flags)
    mapped, cases = opened["cases"]
    kept = _kept(cases)
    parts = {
        table: TableAccount(tally.read, _kept(tally), tally.read - _kept(tally), tally.flagged)
        for table, tally in tallies.items()
    }
    blank = {name: 1 - cases.filled[name] / kept if kept else 1.0 for name in CASES.names if name in cases.filled}
    return Quality(
        sum(part.read for part in parts.values()),
        sum(part.kept for part in parts.values()),
        sum(part.rejected for part in parts.values()),
        sum(part.flagged for part in parts.values()),
        kept,
        dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        dict(flags.most_common()),
        tuple(name for name in CASES.names if name not in blank and name not in mapped.hidden),
        blank,
        notes_of(source, opened),
        parts,
    )


def _kept(tally: Tally) -> int:
    return tally.read - sum(tally.reasons.values())


def _rejected(opened: Opened) -> ir.Table:
    """Return how many rows of each table are kept apart, by reason: the rows themselves stay where they are."""
    rows = [
        {"table": table, "reason": reason, "rows": number}
        for table, (_, tally) in opened.items()
        for reason, number in tally.reasons.items()
    ]
    return ibis.memtable(rows, schema={"table": "string", "reason": "string", "rows": "int64"})


def _inputs(source: Source, opened: Opened) -> tuple[InputFile, ...]:
    """Return one input a table: nobody hashes a hundred million rows, so what is known of them stands for them."""
    return tuple(
        InputFile(str(getattr(source, table)), _known(mapped, tally), 0, tally.read)
        for table, (mapped, tally) in opened.items()
    )


def _known(mapped: Mapped, tally: Tally) -> str:
    told: list[Any] = [sorted(tally.latest.items()), sorted(tally.filled.items()), tally.reasons, tally.flags]
    return sha256(repr((mapped.raw.schema(), tally.read, told)).encode()).hexdigest()


def _fingerprint(opened: Opened, tables: Mapping[str, ir.Table]) -> str:
    """Return a hash of the questions, the shape of the tables, their rows and their last instants."""
    known = [(table, mapped.profile.digest, _known(mapped, tally)) for table, (mapped, tally) in opened.items()]
    shapes = [(name, tuple(table.schema().items()), TABLES[name].key) for name, table in tables.items()]
    return sha256(repr((known, shapes)).encode()).hexdigest()[:32]
