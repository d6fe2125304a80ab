"""A scope becomes a case set."""

from __future__ import annotations

import shutil
import weakref
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

from tskit.cases.build import HISTORY, Part, Read, build, notes_of
from tskit.cases.cache import Account, claim, code_digest, digests, home, making
from tskit.cases.history import histories
from tskit.cases.periods import filtered, settled
from tskit.cases.quality import account_of, as_of, capitals_note
from tskit.cases.recognise import CANONICAL, bundled, canonical, choose, find_profile, own
from tskit.cases.redact import take_key
from tskit.cases.salesforce import assemble, objects_at
from tskit.cases.snapshots import at_snapshot, snapshot_of
from tskit.cases.sql import literal
from tskit.cases.trouble import told_plainly
from tskit.cases.withheld import withhold
from tskit.errors import ParameterError, SourceError
from tskit.model import CaseSet
from tskit.sources import READERS, ReadOptions, connect, pseudonym_key, read, release
from tskit.sources.places import find
from tskit.sources.seams import stitched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from tskit.cases.sql import Database
    from tskit.model import Casebook, Scope
    from tskit.sources import RawTable
    from tskit.sources.engine import Connection

__all__ = ["account_for", "load", "open_part", "open_parts", "parts_of", "with_seams"]


def load(scope: Scope, *, casebook: Casebook, user_cache: Path | None = None, key: bytes = b"") -> CaseSet:
    """Return the cases that `scope` asks for.

    Ids become pseudonyms with `key`, else with the user's own one.

    Raises:
        SourceError: a file cannot be read.
        DataError: its rows do not hold up as cases, or its profile does not fit.
        NoDataError: no case falls into the period.
        ParameterError: a filter names no column or value of the data.
    """
    named, when = casebook.asked(scope.source)
    if named is not None and named.mode == "in_place" and not when:
        from tskit.cases.place import load_in_place  # noqa: PLC0415  # most sources are copied, and need none of it

        return load_in_place(scope, named, casebook=casebook, key=key)
    parts = parts_of(scope.source, casebook)
    paths = [path for part in parts for path in find(part.location, root=casebook.root, kinds=(*READERS, ".zip"))]
    place = home(casebook.root, paths, user_cache=user_cache)
    key = key or pseudonym_key(casebook.name)
    content = digests(paths, memory=place)
    folder = place / _name(content, parts, casebook=casebook, key=key)
    found = claim(folder)
    if found is None:
        hashes = dict(zip(paths, content, strict=True))
        _make(parts, hashes, folder=folder, casebook=casebook, key=key)
        found = claim(folder)
    if found is None:
        raise SourceError(f"{folder} was removed while it was made. Load the source again.")
    connection = connect()
    # Other processes keep their hands off the load for as long as its tables can be asked.
    weakref.finalize(connection, found[1].close)
    return _open(folder, found[0], scope=scope, casebook=casebook, content=content, connection=connection)


def parts_of(source: str, casebook: Casebook) -> tuple[Part, ...]:
    """Return what a source consists of: a named one of the casebook, at a snapshot of its store, else the location itself.

    Raises:
        SourceError: the source was never synced, or has no such snapshot.
        ParameterError: the casebook names no source and none was given.
    """
    named, when = casebook.asked(source)
    if named is None:
        if not source:
            raise ParameterError(
                "The casebook names no source. Add one under [sources] in casebook.toml, or pass a file."
            )
        return (Part("cases", source),)
    number = snapshot_of(named, when, casebook)
    named = named if number is None else at_snapshot(named, number, casebook)
    parts = [Part("cases", named.cases, named.profile)]
    if named.events:
        parts.append(Part("events", named.events, named.events_profile))
    if named.reviews:
        parts.append(Part("reviews", named.reviews, named.reviews_profile))
    parts += [Part("sheet", sheet.get("path", ""), sheet.get("profile", "")) for sheet in named.sheets]
    return tuple(parts)


def _name(content: Sequence[str], parts: Sequence[Part], *, casebook: Casebook, key: bytes) -> str:
    """Return the folder name of a load: whatever changes the rows changes it."""
    shelves = [profile.digest for profile in (*own(casebook.root), *bundled())]
    named = [find_profile(part.profile, root=casebook.root).digest for part in parts if part.profile.endswith(".toml")]
    # The key itself must not be found from the name.
    known = sha256(b"tskit cache " + sha256(key).digest()).hexdigest()
    rules = [(sorted(rule.where.items()), rule.route) for rule in casebook.withheld]
    return sha256(repr((content, parts, shelves, named, known, rules, code_digest())).encode()).hexdigest()[:32]


def _make(parts: Sequence[Part], hashes: Mapping[Path, str], *, folder: Path, casebook: Casebook, key: bytes) -> None:
    with making(folder) as own_folder, told_plainly(own_folder):
        connection = connect(own_folder / "spill")
        try:
            take_key(key, connection=connection.con)
            reads = open_parts(parts, root=casebook.root, connection=connection, hashes=hashes)
            build(reads, folder=own_folder, connection=connection)
            notes = withhold(casebook.withheld, folder=own_folder, connection=connection.con)
            account = account_for(reads, tuple(hashes), folder=own_folder, connection=connection.con).noting(notes)
        finally:
            connection.disconnect()
        _drop_spill(own_folder)
        account.write(own_folder)


def _drop_spill(folder: Path) -> None:
    shutil.rmtree(folder / "spill", ignore_errors=True)


def open_parts(
    parts: Sequence[Part], *, root: Path, connection: Connection, hashes: Mapping[Path, str] = MappingProxyType({})
) -> list[Read]:
    """Return all parts opened; a location of Salesforce objects is put together and gives cases and events."""
    found: list[Read] = []
    for part in parts:
        known = (
            objects_at(part.location, root=root, connection=connection, digests=hashes) if part.table == "cases" else {}
        )
        if known:
            found += assemble(known, part=part, root=root, connection=connection)
        else:
            found.append(with_seams(open_part(part, root=root, connection=connection, hashes=hashes), connection))
    return found


def with_seams(read: Read, connection: Connection) -> Read:
    """Return a part that says of each of its files that was cut off at a cap whether another one goes on from there."""
    key = read.profile.columns_in(read.raw.header).get("case_id", "")
    return replace(read, raw=stitched(read.raw, key=key, connection=connection))


def open_part(
    part: Part, *, root: Path, connection: Connection, hashes: Mapping[Path, str] = MappingProxyType({})
) -> Read:
    """Return a part opened, with the profile that was asked for or that recognises its header.

    `hashes` holds the SHA-256 of files whose bytes need not be read once more for it.
    """

    def opened(options: ReadOptions) -> RawTable:
        return read(part.location, root=root, options=options, connection=connection, digests=hashes)

    if part.profile and part.profile != CANONICAL:
        profile = find_profile(part.profile, root=root)
        return Read(part, opened(ReadOptions(**profile.read)), profile)
    raw = opened(ReadOptions())
    if part.profile == CANONICAL:
        return Read(part, raw, canonical(raw.header, table=part.table))
    profile = choose(raw.header, table=part.table, root=root, source=part.location)
    if profile.read:
        release(raw, connection=connection)
        raw = opened(ReadOptions(**profile.read))
    return Read(part, raw, profile)


def account_for(reads: Sequence[Read], paths: Sequence[Path], *, folder: Path, connection: Database) -> Account:
    """Return the account of a build in `folder`; undated data takes the day of its files as its last one."""
    notes = [note for found in reads for note in notes_of(found)]
    latest = as_of(folder, connection=connection)
    if latest is None:
        days = (datetime.fromtimestamp(path.stat().st_mtime, tz=UTC) for path in paths)
        latest = max(days, default=datetime(1970, 1, 1, tzinfo=UTC))
        notes.append("The data holds no time at all; the file's own date stands for the day of the export.")
    if any(found.profile.salesforce_ids for found in reads):
        notes += capitals_note(folder, connection=connection)
    read_by_table = Counter[str]()
    for found in reads:
        read_by_table[found.profile.table] += found.raw.read
    quality = account_of(folder, read=read_by_table, notes=notes, connection=connection)
    profile = ", ".join(dict.fromkeys(found.profile.name for found in reads))
    shape = sha256("".join(found.profile.digest for found in reads).encode()).hexdigest()
    return Account(quality, profile, shape, latest, tuple(file for found in reads for file in found.raw.inputs))


def _open(
    folder: Path, account: Account, *, scope: Scope, casebook: Casebook, content: Sequence[str], connection: Connection
) -> CaseSet:
    def table(name: str) -> ir.Table:
        path = folder / f"{name}.parquet"
        return connection.read_parquet(path, table_name=name) if path.exists() else None

    cases = filtered(table("cases"), scope, known={"market": casebook.markets})
    events = table("events")
    if scope.filters and events is not None:
        events = events.semi_join(cases, "case_id")
    scope = settled(scope, cases, as_of=account.as_of, zone=casebook.zone)
    text, withheld = folder / "text.parquet", folder / "withheld.parquet"
    found = CaseSet(
        scope=scope,
        casebook=casebook,
        cases=cases,
        events=events,
        reviews=table("reviews"),
        milestones=table("milestones"),
        # The record as found may hold names and case text; it stays in the file.
        rejected=table("rejected").drop("raw"),
        quality=account.quality,
        profile=account.profile,
        fingerprint=sha256(repr((content, account.shape)).encode()).hexdigest()[:32],
        as_of=account.as_of,
        inputs=account.inputs,
        text_path=text if text.exists() else None,
        withheld_path=withheld if withheld.exists() else None,
    )
    history = folder / HISTORY
    if events is not None and history.exists():
        histories(found)[""] = f"SELECT * FROM read_parquet({literal(str(history))})"
    return found
