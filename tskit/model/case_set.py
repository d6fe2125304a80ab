"""Cases on the engine that holds them, with the account of what was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    import ibis.expr.types as ir

    from tskit.model.casebook import Casebook
    from tskit.model.scope import Scope

__all__ = ["INPUTS_MIME", "CaseSet", "InputFile", "Quality", "TableAccount"]

INPUTS_MIME = "application/vnd.tskit.inputs+json"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read: its name (never its whole path), SHA-256, size in bytes and number of records."""

    name: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class TableAccount:
    """The account of one table's records. It adds up: read = kept + rejected; `flagged` are among the kept."""

    read: int
    kept: int
    rejected: int
    flagged: int = 0

    def __post_init__(self) -> None:
        """Refuse an account that loses a row."""
        if self.read != self.kept + self.rejected:
            raise ValueError(f"{self.read} records read, but {self.kept} kept and {self.rejected} rejected.")


@dataclass(frozen=True, slots=True)
class Quality:
    """The account of a load. It always adds up: read = kept + rejected, in each table and over all.

    `read`, `kept`, `rejected` and `flagged` are sums over all tables; `tables` has the same figures by table (`cases`
    first, then `events`, `reviews` and `sheets`), and may be left out where there is nothing but cases.

    `reasons` counts rejected records by reason code, `flags` kept ones by flag (a record may carry several), `missing`
    names the columns that the source lacks, `blank` the share of kept cases without a value by column, and `notes`
    holds sentences for the reader. `kept` counts rows; under `grain = "event"` these are events, and `cases` is smaller.
    """

    read: int
    kept: int
    rejected: int
    flagged: int
    cases: int
    reasons: Mapping[str, int] = field(default_factory=dict[str, int])
    flags: Mapping[str, int] = field(default_factory=dict[str, int])
    missing: tuple[str, ...] = ()
    blank: Mapping[str, float] = field(default_factory=dict[str, float])
    notes: tuple[str, ...] = ()
    tables: Mapping[str, TableAccount] = field(default_factory=dict[str, TableAccount])

    def __post_init__(self) -> None:
        """Refuse an account that loses a row, and sums that are none."""
        whole = TableAccount(self.read, self.kept, self.rejected, self.flagged)
        if not self.tables:
            object.__setattr__(self, "tables", {"cases": whole})
        parts = self.tables.values()
        if (self.read, self.kept, self.flagged) != tuple(
            sum(getattr(part, name) for part in parts) for name in ("read", "kept", "flagged")
        ):
            raise ValueError("The accounts of the tables do not add up to the whole.")

    def as_json(self) -> dict[str, object]:
        """Return the account as plain JSON values."""
        counts = ("read", "kept", "rejected", "flagged")
        return {
            **{name: getattr(self, name) for name in counts},
            "cases": self.cases,
            "tables": {table: {name: getattr(part, name) for name in counts} for table, part in self.tables.items()},
            "reasons": dict(self.reasons),
            "flags": dict(self.flags),
            "missing": list(self.missing),
            "blank": dict(self.blank),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class CaseSet:
    """The cases of a scope as lazy tables; nothing is computed before a metric asks.

    `cases` holds the canonical columns that the source has, filtered by the scope's filters but not by its dates,
    since metrics compare with earlier periods. Ids of people are pseudonyms, and case text is not among the columns:
    it lies in `text_path`, a file of its own. `as_of` is the last instant that the data knows of: cases without a
    closing time are open at that moment.
    """

    scope: Scope
    casebook: Casebook
    cases: ir.Table = field(repr=False)
    events: ir.Table | None = field(repr=False)
    reviews: ir.Table | None = field(repr=False)
    rejected: ir.Table = field(repr=False)
    quality: Quality
    profile: str
    fingerprint: str
    as_of: datetime
    inputs: tuple[InputFile, ...]
    text_path: Path | None = field(default=None, repr=False)
    withheld_path: Path | None = field(default=None, repr=False)
    """Lists the cases whose content may not be handled here, with the route to take; their text is nowhere."""
    milestones: ir.Table | None = field(default=None, repr=False)
    """What each case is held to, one row a milestone, where the source tells of them."""
    held: dict[object, object] = field(default_factory=dict[object, object], repr=False, compare=False)
    """What was read of these tables already, so that the next question need not read it again; copies share it, so each
    key names all that its entry was made of."""

    def has(self, *columns: str) -> bool:
        """Return whether the source has all these case columns."""
        return not self.lacks(*columns)

    def lacks(self, *columns: str) -> tuple[str, ...]:
        """Return those of the case columns that the source does not have."""
        return tuple(column for column in columns if column not in self.cases.columns)

    def as_json(self) -> dict[str, object]:
        """Return the inputs, the account and the scope as plain JSON values."""
        return {
            "source": self.scope.source,
            "profile": self.profile,
            "fingerprint": self.fingerprint,
            "zone": self.scope.zone,
            "start": str(self.scope.start),
            "last_day": str(self.scope.last_day),
            "filters": {name: list(values) for name, values in self.scope.filters},
            "as_of": self.as_of.isoformat(),
            "inputs": [{"name": f.name, "sha256": f.sha256, "bytes": f.bytes, "rows": f.rows} for f in self.inputs],
            "quality": self.quality.as_json(),
            "casebook": {
                "name": self.casebook.name,
                "band": self.casebook.band,
                "is_sample": self.casebook.is_sample,
                "smallest_cell": self.casebook.smallest_cell,
            },
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        q = self.quality
        whole = q.tables["cases"]
        text = (
            f"{q.cases:,} cases from {self.scope.source or 'the sample'}, {self.scope.start} to {self.scope.last_day} "
            f"({self.scope.zone}); {whole.read:,} case rows read, {whole.kept:,} kept, {whole.rejected:,} kept apart."
        )
        return {INPUTS_MIME: self.as_json(), "text/plain": text}
