"""How one source is mapped: a TOML file, read strictly."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tskit.errors import DataError, ParameterError, nearest
from tskit.model import CASES, EVENTS, TABLES, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tskit.model import Table

__all__ = ["DATES", "Answers", "BooleanWords", "ChangeLog", "Profile", "read_profile"]

DATES = ("iso", "dmy", "mdy", "ymd")
"""Orders of day, month and year; `iso` is year-month-day with `-`."""

SHEET = "sheet"
"""The table of a sheet that joins by case id: its columns are columns of cases."""

ROW_NUMBER = "row number"

_READ_OPTIONS = ("encoding", "delimiter", "quote", "sheet", "header_row", "footer")


@dataclass(frozen=True, slots=True)
class BooleanWords:
    """The words of one yes-or-no column; `blank` says what an empty cell means (unknown unless it is said)."""

    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    blank: Literal["unknown", "false", "true"] = "unknown"


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """What a row of a log stands for under `grain = "event"`.

    `at`, `seq` and `actor` are source columns: when the row was written, its number within the case, and who wrote it.
    `changes` are the case columns whose changes from row to row become events. `activity` is the source column that
    says what happened, where the log has one; [activities] says which kind of event each is. `transition` is the column
    of a step in an activity's life, as in `start` or `complete`.
    """

    at: str
    seq: str = ""
    actor: str = ""
    changes: tuple[str, ...] = ()
    activity: str = ""
    transition: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a file does not tell of itself: the order of its dates (as in `dmy`), their zone, its encoding; "" is unsaid."""

    dates: str = ""
    zone: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One source's mapping; docs/how-to/write-a-profile.md explains every key."""

    name: str
    table: str = "cases"
    about: str = ""
    recognise: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    partial: bool = False
    constants: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, "Mapping[str, str]"])
    null: tuple[str, ...] = ()
    nulls: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    dates: str = ""
    formats: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    zone: str = ""
    absent: tuple[str, ...] = ()
    case_id: str | tuple[str, ...] = ""
    same: Mapping[str, str] = field(default_factory=dict[str, str])
    usual: tuple[str, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict[str, str])
    count: str = ""
    joined: tuple[str, ...] = ()
    from_name: Mapping[str, str] = field(default_factory=dict[str, str])
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    grain: str = "case"
    log: ChangeLog | None = None
    activities: Mapping[str, str] = field(default_factory=dict[str, str])
    closed: tuple[str, ...] = ("resolved", "closed", "cancelled")
    booleans: Mapping[str, BooleanWords] = field(default_factory=dict[str, BooleanWords])
    split: str = ";"
    salesforce_ids: bool = False
    owner_or_queue: bool = False
    read: Mapping[str, Any] = field(default_factory=dict[str, Any])
    changes: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def canonical(self) -> Table:
        """Return the canonical table that the source fills."""
        return CASES if self.table == SHEET else TABLES[self.table]

    @property
    def digest(self) -> str:
        """Return a hash of everything that shapes the result."""
        return sha256(repr(self).encode()).hexdigest()

    def columns_in(self, header: Iterable[str]) -> dict[str, str]:
        """Return the source column of each canonical one: the first of its names that the header holds."""
        found = set(header)
        first = {name: next((c for c in names if c in found), "") for name, names in self.columns.items()}
        return {name: column for name, column in first.items() if column}

    def fills(self, header: Iterable[str]) -> frozenset[str]:
        """Return the canonical columns that rows under the header would have a value for."""
        key = {self.canonical.key} if self.case_id else set[str]()
        return frozenset({*self.columns_in(header), *self.same, *self.from_name, *self.fields, *self.constants, *key})

    def fits(self, header: Iterable[str]) -> bool:
        """Return whether the header holds every column that identifies this source, and none that rules it out."""
        found = set(header)
        return bool(self.recognise) and set(self.recognise) <= found and not found & set(self.unless)

    def answering(self, answers: Answers) -> Profile:
        """Return the profile with what the user said about the file; what was not said changes nothing."""
        if answers.dates and answers.dates not in DATES:
            raise ParameterError.unknown(answers.dates, DATES, what="order of dates")
        said = {"encoding": answers.encoding} if answers.encoding else {}
        return replace(
            self, dates=answers.dates or self.dates, zone=answers.zone or self.zone, read={**self.read, **said}
        )


def read_profile(path: Path) -> Profile:
    """Return the profile in the file `path`.

    Raises:
        DataError: it is not TOML, holds an unknown key or column, or maps a column twice.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"There is no profile {path.name} in {path.parent}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        twice = "Cannot overwrite" in str(error)
        fix = "A key stands there twice; keep one of the two." if twice else "Correct it there."
        raise DataError(f"The profile {path.name} is not a TOML file in UTF-8 ({error}). {fix}") from None
    return parse_profile(_with_pattern({"name": path.stem, **raw}, where=path.name), where=path.name)


def _with_pattern(raw: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Return the keys of a profile over those of the bundled one that it is `like`; tables are joined key by key."""
    pattern = raw.get("like", "")
    if not pattern:
        return dict(raw)
    shelf = Path(str(files("tskit.cases") / "profiles"))
    known = sorted(path.stem for path in shelf.glob("*.toml"))
    if pattern not in known:
        raise DataError(f"{where}: {ParameterError.unknown(str(pattern), known, what='bundled profile')}")
    below = tomllib.loads((shelf / f"{pattern}.toml").read_text(encoding="utf-8"))
    return _joined(below, {key: value for key, value in raw.items() if key != "like"})


def _joined(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    tables = {key for key in above if isinstance(above[key], dict) and isinstance(below.get(key), dict)}
    return {**below, **above, **{key: _joined(below[key], above[key]) for key in tables}}


def parse_profile(raw: Mapping[str, Any], *, where: str) -> Profile:
    """Return the profile for parsed TOML; `where` names the file in messages."""
    known = [f.name for f in fields(Profile)]
    _refuse_unknown(raw, known, what="key", where=where)
    parts: dict[str, Any] = {key: _frozen(value) for key, value in raw.items()}
    columns: Mapping[str, Any] = raw.get("columns", {})
    parts["columns"] = {name: (said,) if isinstance(said, str) else tuple(said) for name, said in columns.items()}
    booleans: Mapping[str, Any] = raw.get("booleans", {})
    parts["booleans"] = {name: _boolean(name, words, where=where) for name, words in booleans.items()}
    if "log" in raw:
        _refuse_unknown(raw["log"], [f.name for f in fields(ChangeLog)], what="key of [log]", where=where)
        parts["log"] = ChangeLog(**_frozen(raw["log"]))
    profile = Profile(**parts)
    _validate(profile, where=where)
    return profile


def _validate(profile: Profile, *, where: str) -> None:
    if profile.table not in (*TABLES, SHEET):
        raise DataError(f"{where}: {ParameterError.unknown(profile.table, (*TABLES, SHEET), what='table')}")
    if profile.dates and profile.dates not in DATES:
        raise DataError(f"{where}: {ParameterError.unknown(profile.dates, DATES, what='order of dates')}")
    if profile.grain not in ("case", "event") or (profile.grain == "event") is not bool(profile.log):
        raise DataError(f'{where}: grain is "case" or "event", and [log] stands exactly where it is "event".')
    if isinstance(profile.case_id, str) and profile.case_id not in ("", ROW_NUMBER):
        raise DataError(
            f'{where}: case_id can only be "{ROW_NUMBER}" or a list of columns that tell a case together; map a single '
            "column in [columns]."
        )
    if profile.count and (profile.table != "cases" or profile.log):
        raise DataError(f"{where}: count is for tables of cases; each row then stands for so many of them.")
    _refuse_unknown(profile.read, _READ_OPTIONS, what="key of [read]", where=where)
    if profile.activities and not (profile.log and profile.log.activity):
        raise DataError(f"{where}: [activities] needs the column of the activity; name it in [log], as activity = ...")
    kinds = EVENTS["event_type"].vocabulary
    _refuse_unknown(profile.activities.values(), kinds, what="kind of event (in [activities])", where=where)
    _validate_columns(profile, where=where)


def _validate_columns(profile: Profile, *, where: str) -> None:
    names = profile.canonical.names
    sections = ("columns", "constants", "values", "nulls", "formats", "booleans", "same", "from_name", "fields")
    for section in sections:
        _refuse_unknown(getattr(profile, section), names, what=f"canonical column (in [{section}])", where=where)
    _refuse_unknown(profile.absent, names, what="canonical column (in absent)", where=where)
    _refuse_unknown(profile.joined, profile.columns, what="mapped column (in joined)", where=where)
    if bool(profile.fields) is not ({*profile.changes} == {"field", "value"}):
        raise DataError(f"{where}: [fields] needs [changes], which names the columns of the `field` and its `value`.")
    seen: dict[str, str] = {}
    for canonical, source in ((name, source) for name, listed in profile.columns.items() for source in listed):
        if source in seen:
            raise DataError(
                f"{where}: the column {source!r} is mapped twice, to {seen[source]!r} and {canonical!r}. Keep one of them."
            )
        seen[source] = canonical
    _refuse_unknown(profile.same.values(), profile.columns, what="mapped column (in [same])", where=where)
    for name in (*profile.absent, *profile.constants, *profile.same):
        if name in profile.columns:
            raise DataError(f"{where}: {name!r} is mapped in [columns] and also absent or constant. Keep one of them.")


def _refuse_unknown(given: Iterable[str], known: Iterable[str], *, what: str, where: str) -> None:
    names = list(known)
    for name in given:
        if name not in names:
            raise DataError(f"{where} has an unknown {what}: {name!r}. {nearest(name, names)}")


def _frozen(value: Any) -> Any:  # noqa: ANN401  # TOML holds anything
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _boolean(name: str, words: Mapping[str, Any], *, where: str) -> BooleanWords:
    if name in CASES and CASES[name].kind is not Kind.BOOLEAN:
        raise DataError(f"{where}: {name!r} stands in [booleans] but is no yes-or-no column. Use [values.{name}].")
    _refuse_unknown(words, [f.name for f in fields(BooleanWords)], what=f"key of [booleans.{name}]", where=where)
    return BooleanWords(**_frozen(words))
