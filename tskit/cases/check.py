"""A look at a source before anybody relies on it: what would be kept, what not, and what must be answered first."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.cases.activities import columns_told
from tskit.cases.build import Part, Read, build
from tskit.cases.cache import home, scratch
from tskit.cases.draft import Sketch, draft, draft_like, sketch
from tskit.cases.load import account_for, open_part, parts_of, with_seams
from tskit.cases.outputs import private
from tskit.cases.profile import Answers, Profile
from tskit.cases.questions import encoding_question, meanings, open_times
from tskit.cases.recognise import CANONICAL, bundled, canonical, find_profile, fitting
from tskit.cases.redact import take_key
from tskit.cases.salesforce import assemble, objects_at
from tskit.cases.sql import literal, name
from tskit.cases.trouble import told_plainly
from tskit.errors import ParameterError
from tskit.model import CASES, in_words
from tskit.sources import ReadOptions, connect, pseudonym_key, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.cases.cache import Account
    from tskit.cases.sql import Database
    from tskit.model import Casebook, TableAccount
    from tskit.sources import RawTable
    from tskit.sources.engine import Connection

__all__ = ["CheckReport", "check", "save_draft"]

_SAMPLE = 5_000
_UNSAID = Answers()


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

    @property
    def has_cases(self) -> bool:
        """Return whether at least one row of the source can be kept as a case."""
        return self.account is not None and self.account.quality.cases > 0

    def as_json(self) -> dict[str, object]:
        """Return read, kept, rejected, flagged, tables, reasons, profile, columns, questions and more as plain values.

        Counts are sums over all tables; `tables` has them by table.
        """
        account: dict[str, object] = dict(_NO_ACCOUNT)
        if self.account is not None:
            account = self.account.quality.as_json()
        return {
            **account,
            "source": self.source,
            "profile": self.profile,
            "read": self.read,
            "columns": list(self.columns),
            "questions": list(self.questions),
        }

    def lines(self) -> tuple[str, ...]:
        """Return the report as lines of plain text: the cases first, then what else was read."""
        profile = f"profile {self.profile}" if self.profile else "no profile"
        asked = tuple(f"? {question}" for question in self.questions)
        if self.account is None:
            head = f"{self.source}: {self.read:,} rows read, {profile}."
            return (head, "Not loaded: the questions below come first.", *asked)
        q = self.account.quality
        found = [_table_line(self.source, q.tables["cases"], "case", f"{q.cases:,} cases, {profile}")]
        found += [_table_line("  and", part, table) for table, part in q.tables.items() if table != "cases"]
        found += [f"  kept apart, {in_words(reason)}: {count:,}" for reason, count in q.reasons.items()]
        found += [f"  doubtful, {in_words(flag)}: {count:,}" for flag, count in q.flags.items()]
        found += [f"  {column}: {share:.1%} blank" for column, share in q.blank.items() if share > 0]
        found += [f"  {note}" for note in q.notes]
        return (*found, *asked)


_NO_ACCOUNT: Mapping[str, object] = {
    **dict.fromkeys(("kept", "rejected", "flagged", "cases")),
    **{name: {} for name in ("tables", "reasons", "flags", "blank")},
    **{name: [] for name in ("missing", "notes")},
}
"""What stands in the report's JSON while nothing is known but how many rows were read."""


def _table_line(label: str, part: TableAccount, rows: str, more: str = "") -> str:
    counts = f"{part.read:,} {rows.removesuffix('s')} rows read, {part.kept:,} kept, {part.rejected:,} kept apart"
    told = f"{label}: {counts}, {part.flagged:,} doubtful"
    return f"{told} ({more})." if more else f"{told}."


def check(
    source: str,
    *,
    casebook: Casebook,
    profile: str = "",
    answers: Answers = _UNSAID,
    rejects: Path | None = None,
) -> CheckReport:
    """Return the data-quality report of a source: a name of the casebook, or a file, folder or pattern.

    Args:
        source: what to look at; empty for the casebook's first source.
        casebook: where profiles and the zone come from.
        profile: the profile to use instead of the one that fits.
        answers: the order of dates, their zone and the file's encoding, where the profile does not say them.
        rejects: a file to write the rows to that are kept apart, with their reason and the record as found; only its
            owner may read it.

    Raises:
        SourceError: the source cannot be read.
        DataError: two profiles fit, or a profile has a fault.
    """
    parts = parts_of(source, casebook)
    # Beside the loads: what a killed check leaves behind holds case text, and goes with the next load or check.
    with scratch(home(casebook.root, ())) as folder:
        connection = connect(folder / "spill")
        try:
            objects = objects_at(parts[0].location, root=casebook.root, connection=connection)
            first = replace(parts[0], profile=profile or parts[0].profile)
            raw, chosen = _first(first, answers, objects.get("Case"), root=casebook.root, connection=connection)
            seen = _look(source or parts[0].location, raw, chosen, answers)
            if chosen is None or seen.is_blocked:
                return seen.report
            found = Read(parts[0], raw, chosen.answering(answers))
            reads = _joined(found, objects, root=casebook.root, connection=connection)
            reads += _others(parts[1:], answers, root=casebook.root, connection=connection)
            take_key(pseudonym_key(casebook.name), connection=connection.con)
            with told_plainly(folder):
                return _counted(seen.report, reads, folder=folder, rejects=rejects, connection=connection)
        finally:
            connection.disconnect()


def _counted(
    report: CheckReport, reads: Sequence[Read], *, folder: Path, rejects: Path | None, connection: Connection
) -> CheckReport:
    """Return the report with the account of a trial load in `folder`."""
    build(reads, folder=folder, connection=connection)
    account = account_for(reads, (), folder=folder, connection=connection.con)
    if rejects is not None:
        _write_rejects(folder, rejects, connection=connection.con)
    asked = (*report.questions, *encoding_question(account.quality.reasons))
    columns = _columns(reads[0].profile, reads[0].raw.header)
    known = {"profile": account.profile, "read": account.quality.read, "columns": columns}
    return replace(report, **known, questions=asked, account=account)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look at the first rows tells: the report so far, and whether a question stops the load."""

    report: CheckReport
    is_blocked: bool


def _look(label: str, raw: RawTable, chosen: Profile | None, answers: Answers) -> _Seen:
    values = _values(raw, chosen.only if chosen else {})
    found = sketch(raw.header, values, answers)
    if chosen is None:
        question = f"No profile recognises these columns. Fill in a draft: tskit check {label} --draft-profile"
        drafted = draft(_slug(label), raw.header, found)
        return _Seen(CheckReport(label, "", raw.read, (), (question,), drafted), is_blocked=True)
    blocking = open_times(chosen.answering(answers), values, raw.header)
    drafted = _draft(label, raw, chosen, found)
    questions = (*blocking, *meanings(chosen, values, raw.header))
    report = CheckReport(label, chosen.name, raw.read, _columns(chosen, raw.header), questions, drafted)
    return _Seen(report, is_blocked=bool(blocking))


def _draft(label: str, raw: RawTable, chosen: Profile, found: Sketch) -> str:
    if chosen.name not in {profile.name for profile in bundled()}:
        return draft(_slug(label), raw.header, found)
    words = {*CASES["status"].vocabulary, *(key.lower() for key in chosen.values.get("status", {}))}
    return draft_like(_slug(label), raw.header, found, pattern=chosen.name, known=words)


def save_draft(report: CheckReport, *, casebook: Casebook) -> Path:
    """Write the draft profile of a report into the casebook's `profiles` and return its path.

    A profile that is there already and gives the same answers is left as it is: somebody may have edited it since.

    Raises:
        ParameterError: a profile of that name is there already, and does not give these answers.
    """
    folder = casebook.root / "profiles"
    folder.mkdir(exist_ok=True)
    path = folder / f"{_slug(report.source)}.toml"
    if not path.exists():
        path.write_text(report.draft, encoding="utf-8", newline="\n")
    elif not _answers_in(report.draft) or not _answers_in(report.draft).items() <= _answers_in(_text(path)).items():
        raise ParameterError(f"{path} is there already and does not say so. Edit it, or delete it to draft it anew.")
    return path


def _answers_in(profile: str) -> dict[str, str]:
    try:
        said = tomllib.loads(profile)
    except tomllib.TOMLDecodeError:
        return {}
    return {key: str(said[key]) for key in ("dates", "zone", "read") if key in said}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _first(
    part: Part, answers: Answers, cases: RawTable | None, *, root: Path, connection: Connection
) -> tuple[RawTable, Profile | None]:
    """Return the rows of a part and its profile, or None where no profile recognises its header.

    `cases` are its rows where they were opened already, as one of several objects.
    """
    wanted = part.profile
    if wanted and wanted != CANONICAL:
        profile = find_profile(wanted, root=root)
        return cases or _rows(part, profile.answering(answers), root=root, connection=connection), profile
    raw = cases or _rows(part, Profile("").answering(answers), root=root, connection=connection)
    if wanted == CANONICAL:
        return raw, canonical(raw.header, table=part.table)
    chosen = fitting(raw.header, table=part.table, root=root, source=part.location)
    if chosen is not None and chosen.read and cases is None:
        raw = _rows(part, chosen.answering(answers), root=root, connection=connection)
    return raw, chosen


def _joined(found: Read, objects: Mapping[str, RawTable], *, root: Path, connection: Connection) -> list[Read]:
    """Return what was found, put together with the other objects where there are any."""
    if not objects:
        return [with_seams(found, connection)]
    return assemble(objects, part=found.part, root=root, connection=connection, profile=found.profile)


def _rows(part: Part, profile: Profile, *, root: Path, connection: Connection) -> RawTable:
    return read(part.location, root=root, options=ReadOptions(**profile.read), connection=connection)


def _others(parts: Sequence[Part], answers: Answers, *, root: Path, connection: Connection) -> list[Read]:
    opened = [open_part(part, root=root, connection=connection) for part in parts]
    # The encoding is that of the file that was looked at; the others say their own in a profile.
    clock = replace(answers, encoding="")
    return [replace(found, profile=found.profile.answering(clock)) for found in opened]


def _slug(text: str) -> str:
    stem = Path(text).stem or "source"
    return "".join(letter if letter.isalnum() else "_" for letter in stem.lower()).strip("_") or "source"


def _values(raw: RawTable, only: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the non-blank values of each column in the first rows, of those that are `only` asked for.

    They stay in this process.
    """
    asked = [raw.table[column] == said for column, said in only.items() if column in raw.header]
    rows = (
        (raw.table.filter(*asked) if asked else raw.table).select(*raw.header).limit(_SAMPLE).to_pyarrow().to_pydict()
    )
    return {label: [text for text in found if text and text.strip()] for label, found in rows.items()}


def _columns(profile: Profile, header: Sequence[str]) -> tuple[str, ...]:
    has = {*profile.fills(header), *columns_told(profile)}
    if has & {"status", "closed_at"}:
        has.add("is_closed")
    return tuple(column for column in CASES.names if column in has)


def _write_rejects(folder: Path, path: Path, *, connection: Database) -> None:
    private(path)
    found = f"SELECT * FROM read_parquet({literal(str(folder / 'rejected.parquet'))}) ORDER BY {name('table')}, _source, _source_row"
    connection.execute(f"COPY ({found}) TO {literal(str(path))} (FORMAT csv, HEADER, USE_TMP_FILE false)")
