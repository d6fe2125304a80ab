"""Where a table's extract goes on: the ranges that are left, the job that is under way and its next page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from tskit.sources.salesforce.live.ids import WHOLE, Range

__all__ = ["Mark"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What is left of a table: `ranges` of ids, the first of them under way in `job` from the page at `locator`.

    `began` is when Salesforce began the table's first job: whatever changed later is asked for next time. `rows` were
    received from the job. After a job is lost its range is asked for anew, and what is here already is left out.
    """

    fields: tuple[str, ...]
    ranges: tuple[Range, ...] = (WHOLE,)
    began: str = ""
    job: str = ""
    locator: str = ""
    rows: int = 0
    is_again: bool = False

    @property
    def text(self) -> str:
        """Return the mark as a delivery keeps it."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Mark | None:
        """Return the mark that a delivery kept; None for an empty one.

        >>> Mark.read(Mark(("Id",), job="750").text).job
        '750'
        """
        if not text:
            return None
        told = json.loads(text)
        ranges = tuple(Range(**one) for one in told.pop("ranges"))
        return cls(tuple(told.pop("fields")), ranges, **told)

    def begun(self, job: str, *, created: str) -> Mark:
        """Return the mark once a job for the first range is under way."""
        return replace(self, job=job, locator="", rows=0, began=self.began or created)

    def turned(self, locator: str, *, rows: int) -> Mark:
        """Return the mark after a page of so many rows, with the locator of the next one."""
        return replace(self, locator=locator, rows=self.rows + rows)

    def ranged(self) -> Mark:
        """Return the mark after the first range is received whole."""
        return replace(self, ranges=self.ranges[1:], job="", locator="", rows=0, is_again=False)

    def lost(self) -> Mark:
        """Return the mark after the job is lost: its range is asked for again."""
        return replace(self, job="", locator="", rows=0, is_again=True)
