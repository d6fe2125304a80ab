"""A look at a source before anybody relies on it: what would be kept, what not, and what must be answered first."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.cases.build import Part, Read, build
from tskit.cases.dates import read_clockwork
from tskit.cases.draft import Sketch, draft, draft_like, sketch
from tskit.cases.load import account_for, open_part, parts_of
from tskit.cases.outputs import private
from tskit.cases.recognise import bundled, choose
from tskit.cases.redact import take_key
from tskit.cases.sql import literal, name
from tskit.errors import DataError, ParameterError
from tskit.model import CASES, Kind
from tskit.sources import ReadOptions, connect, pseudonym_key, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.cases.cache import Account
    from tskit.cases.profile import Profile
    from tskit.cases.sql import Database
    from tskit.model import Casebook
    from tskit.sources import RawTable
    from tskit.sources.engine import Connection

__all__ = ["CheckReport", "check", "save_draft"]

_SAMPLE = 5_000
_FEW = 30


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The data-quality report of a source.

    `questions` are what only a person can answer; while one of them stops the load, `account` is None, and nothing is
    known but how many records were read. `columns` are the case columns that the source would have, from which the
    answerable metrics follow. `draft` is the text of a first profile.
    """

    source: str
    profile: str
    read: int
    columns: tuple[str, ...]
    questions: tuple[str, ...]
    draft: str = field(repr=False)
    account: Account | None = None

    @property
    def is_loadable(self) -> bool:
        """Return whether the source can be loaded as it stands."""
        return self.account is not None

    def as_json(self) -> dict[str, object]:
        """Return read, kept, rejected, flagged, reasons, flags, profile, columns, questions and notes as plain values."""
        quality = self.account.quality if self.account else None
        return {
            "source": self.source,
            "profile": self.profile,
            "read": self.read,
            "kept": quality.kept if quality else None,
            "rejected": quality.rejected if quality else None,
            "flagged": quality.flagged if quality else None,
            "cases": quality.cases if quality else None,
            "reasons": dict(quality.reasons) if quality else {},
            "flags": dict(quality.flags) if quality else {},
            "blank": dict(quality.blank) if quality else {},
            "columns": list(self.columns),
            "questions": list(self.questions),
            "notes": list(quality.notes) if quality else [],
        }

    def lines(self) -> tuple[str, ...]:
        """Return the report as lines of plain text."""
        head = [f"{self.source}: {self.read:,} records read, profile {self.profile or 'none'}."]
        if self.account is None:
            head.append("Not loaded: the questions below come first.")
        else:
            q = self.account.quality
            head.append(f"{q.kept:,} kept ({q.cases:,} cases), {q.rejected:,} kept apart, {q.flagged:,} flagged.")
            head += [f"  kept apart, {reason}: {count:,}" for reason, count in q.reasons.items()]
            head += [f"  flagged, {flag}: {count:,}" for flag, count in q.flags.items()]
            head += [f"  {column}: {share:.1%} blank" for column, share in q.blank.items() if share > 0]
            head += [f"  {note}" for note in q.notes]
        return (*head, *(f"? {question}" for question in self.questions))


def check(
    source: str,
    *,
    casebook: Casebook,
    profile: str = "",
    dates: str = "",
    zone: str = "",
    rejects: Path | None = None,
) -> CheckReport:
    """Return the data-quality report of a source: a name of the casebook, or a file, folder or pattern.

    Args:
        source: what to look at; empty for the casebook's first source.
        casebook: where profiles and the zone come from.
        profile: the profile to use instead of the one that fits.
        dates: the order of day and month, as in `dmy`, where the profile does not say it.
        zone: the zone in which times were written, where neither they nor the profile say it.
        rejects: a file to write the rows to that are kept apart, with their reason and the record as found; only its
            owner may read it.

    Raises:
        SourceError: the source cannot be read.
        DataError: two profiles fit, or a profile has a fault.
    """
    parts = parts_of(source, casebook)
    folder = Path(tempfile.mkdtemp(prefix="tskit-check-"))
    connection = connect(folder / "spill")
    try:
        raw, chosen = _first(parts[0], profile, casebook=casebook, connection=connection)
        seen = _look(source or parts[0].location, raw, chosen, dates=dates, zone=zone)
        if chosen is None or seen.is_blocked:
            return seen.report
        first = Read(parts[0], raw, chosen.answering(dates=dates, zone=zone))
        reads = [first, *_others(parts[1:], dates, zone, casebook=casebook, connection=connection)]
        take_key(pseudonym_key(casebook.name), connection=connection.con)
        return _counted(seen.report, reads, folder=folder, rejects=rejects, connection=connection)
    finally:
        connection.disconnect()
        shutil.rmtree(folder, ignore_errors=True)


def _counted(
    report: CheckReport, reads: Sequence[Read], *, folder: Path, rejects: Path | None, connection: Connection
) -> CheckReport:
    """Return the report with the account of a trial load in `folder`."""
    build(reads, folder=folder, connection=connection)
    account = account_for(reads, (), folder=folder, connection=connection.con)
    if rejects is not None:
        _write_rejects(folder, rejects, connection=connection.con)
    total = sum(found.raw.read for found in reads)
    return replace(report, profile=account.profile, read=total, account=account)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look at the first rows tells: the report so far, and whether a question stops the load."""

    report: CheckReport
    is_blocked: bool


def _look(label: str, raw: RawTable, chosen: Profile | None, *, dates: str, zone: str) -> _Seen:
    values = _values(raw)
    found = sketch(raw.header, values, dates=dates, zone=zone)
    if chosen is None:
        question = f"No profile recognises these columns. Fill in a draft: tskit check {label} --draft-profile"
        drafted = draft(_slug(label), raw.header, found)
        return _Seen(CheckReport(label, "", raw.read, (), (question,), drafted), is_blocked=True)
    blocking = _open_times(chosen.answering(dates=dates, zone=zone), values, raw.header)
    drafted = _draft(label, raw, chosen, found)
    questions = (*blocking, *_meanings(chosen, values, raw.header))
    report = CheckReport(label, chosen.name, raw.read, _columns(chosen, raw.header), questions, drafted)
    return _Seen(report, is_blocked=bool(blocking))


def _draft(label: str, raw: RawTable, chosen: Profile, found: Sketch) -> str:
    if chosen.name not in {profile.name for profile in bundled()}:
        return draft(_slug(label), raw.header, found)
    words = {*CASES["status"].vocabulary, *(key.lower() for key in chosen.values.get("status", {}))}
    return draft_like(_slug(label), raw.header, found, pattern=chosen.name, known=words)


def save_draft(report: CheckReport, *, casebook: Casebook) -> Path:
    """Write the draft profile of a report into the casebook's `profiles` and return its path.

    Raises:
        ParameterError: a profile of that name is there already.
    """
    folder = casebook.root / "profiles"
    folder.mkdir(exist_ok=True)
    path = folder / f"{_slug(report.source)}.toml"
    if path.exists():
        raise ParameterError(f"{path} is there already. Move it away, or edit it instead of drafting it again.")
    path.write_text(report.draft, encoding="utf-8")
    return path


def _first(
    part: Part,
    named: str,
    *,
    casebook: Casebook,
    connection: Connection,
) -> tuple[RawTable, Profile | None]:
    wanted = named or part.profile
    if wanted:
        opened = open_part(replace(part, profile=wanted), root=casebook.root, connection=connection)
        return opened.raw, opened.profile
    raw = read(part.location, root=casebook.root, options=ReadOptions(), connection=connection)
    try:
        chosen = choose(raw.header, table=part.table, root=casebook.root, source=part.location)
    except DataError as error:
        if "more than one" in str(error):
            raise
        return raw, None
    return (open_part(part, root=casebook.root, connection=connection).raw if chosen.read else raw), chosen


def _others(
    parts: Sequence[Part],
    dates: str,
    zone: str,
    *,
    casebook: Casebook,
    connection: Connection,
) -> list[Read]:
    opened = [open_part(part, root=casebook.root, connection=connection) for part in parts]
    return [replace(found, profile=found.profile.answering(dates=dates, zone=zone)) for found in opened]


def _slug(text: str) -> str:
    stem = Path(text).stem or "source"
    return "".join(letter if letter.isalnum() else "_" for letter in stem.lower()).strip("_") or "source"


def _values(raw: RawTable) -> dict[str, list[str]]:
    """Return the non-blank values of each column in the first rows; they stay in this process."""
    rows = raw.table.select(*raw.header).limit(_SAMPLE).to_pyarrow().to_pydict()
    return {label: [text for text in found if text and text.strip()] for label, found in rows.items()}


def _columns(profile: Profile, header: Sequence[str]) -> tuple[str, ...]:
    has = {*profile.columns_in(header), *profile.constants, *(["case_id"] if profile.case_id else [])}
    if has & {"status", "closed_at"}:
        has.add("is_closed")
    return tuple(column for column in CASES.names if column in has)


def _open_times(profile: Profile, values: Mapping[str, Sequence[str]], header: Sequence[str]) -> tuple[str, ...]:
    """Return the questions that stop a load: the order of dates, or the zone, cannot be known."""
    found = profile.columns_in(header)
    times = {c: s for c, s in found.items() if c in profile.canonical and profile.canonical[c].kind is Kind.TIME}
    if profile.log:
        times["occurred_at"] = profile.log.at
    asked: list[str] = []
    for canonical, label in times.items():
        formats = profile.formats.get(canonical, ())
        dated = [value for value in values[label] if value not in profile.null]
        for zone in dict.fromkeys((profile.zone, profile.zone or "UTC")):
            try:
                read_clockwork(repr(label), dated, dates=profile.dates, zone=zone, formats=formats)
            except DataError as error:
                asked.append(str(error))
    # One answer holds for all columns, so one question of each kind is enough.
    kinds = {"--tz" in question: question for question in reversed(asked)}
    return tuple(kinds.values())


def _meanings(profile: Profile, values: Mapping[str, Sequence[str]], header: Sequence[str]) -> tuple[str, ...]:
    """Return a question for each column of fixed words that has words without a meaning yet."""
    asked: list[str] = []
    for canonical, label in profile.columns_in(header).items():
        column = profile.canonical[canonical]
        if not column.vocabulary:
            continue
        mapped = {key.lower() for key in profile.values.get(canonical, {})}
        known = {*(w.lower() for w in column.vocabulary), *(w.lower().replace("_", " ") for w in column.vocabulary)}
        blank = {*profile.null, *profile.nulls.get(canonical, ())}
        words = {value.strip() for value in values[label]} - blank
        unknown = sorted(word for word in words if word.lower() not in mapped | known)
        if unknown and len(unknown) <= _FEW:
            said = ", ".join(repr(word) for word in unknown)
            asked.append(f"What do these values of {label!r} mean? Add them under [values.{canonical}]: {said}.")
        elif unknown:
            asked.append(
                f"{label!r} has {len(unknown)} values that [values.{canonical}] does not name. Is it the right column?"
            )
    return tuple(asked)


def _write_rejects(folder: Path, path: Path, *, connection: Database) -> None:
    private(path)
    found = f"SELECT * FROM read_parquet({literal(str(folder / 'rejected.parquet'))}) ORDER BY {name('table')}, _source, _source_row"
    connection.execute(f"COPY ({found}) TO {literal(str(path))} (FORMAT csv, HEADER, USE_TMP_FILE false)")
