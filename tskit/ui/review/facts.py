"""What is known of a case, fetched for the next cases at once, never for the whole queue."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from tskit.cases import withheld_routes
from tskit.ui.review.sheet import COLUMNS, sheet
from tskit.ui.review.wording import Row, Speaker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import CaseSet

__all__ = ["FactBook"]

_KEPT = 400
_HOP = ("case_id", "occurred_at", "seq", "from_queue", "to_queue")


@dataclass(slots=True)
class FactBook:
    """Facts by case id: asked of the engine for many cases at once, kept while they are near, put into words one by one.

    The columns asked for are open ones and keys of the record; no case text is among them. The facts of the next cases
    are fetched beside the work, so that nobody waits for them: `case_set` has to be one that nothing else reads, since
    a connection to the engine does one thing at a time.
    """

    case_set: CaseSet
    places: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Why a case stands where it does in the queue, by case id; it is told first."""
    _known: dict[str, tuple[Row, list[str] | None, str]] = field(
        default_factory=dict[str, "tuple[Row, list[str] | None, str]"], repr=False
    )
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _ahead: threading.Thread | None = field(default=None, repr=False)

    def lacks(self, case_ids: Sequence[str]) -> list[str]:
        """Return those of the cases whose facts have not been fetched."""
        return [case_id for case_id in case_ids if case_id not in self._known]

    def fetch(self, case_ids: Sequence[str]) -> None:
        """Fetch the facts of these cases at once, and let go of those that were fetched longest ago."""
        with self._turn:
            wanted = self.lacks(case_ids)
            if wanted:
                self._fetch(wanted)

    def fetch_beside(self, case_ids: Sequence[str]) -> None:
        """Fetch the facts of these cases while the person goes on, unless that is being done already."""
        if self._ahead is None or not self._ahead.is_alive():
            self._ahead = threading.Thread(target=self._try, args=[list(case_ids)], daemon=True)
            self._ahead.start()

    def wait(self, seconds: float) -> bool:
        """Wait until what is being fetched beside the work is there, and return whether that is over."""
        if self._ahead is not None:
            self._ahead.join(seconds)
        return self._ahead is None or not self._ahead.is_alive()

    def _try(self, case_ids: Sequence[str]) -> None:
        # A failure here is met again, and told, when its case is asked for.
        with suppress(Exception):
            self.fetch(case_ids)

    def _fetch(self, wanted: Sequence[str]) -> None:
        rows, paths = self._rows(wanted), self._paths(wanted)
        routes = withheld_routes(self.case_set, wanted)
        for case_id in wanted:
            row = rows.get(case_id, {"case_id": case_id})
            self._known[case_id] = (row, paths.get(case_id), routes.get(case_id, ""))
        for old in list(self._known)[: max(0, len(self._known) - _KEPT)]:
            del self._known[old]

    def of(self, case_id: str, *, ahead: Sequence[str] = ()) -> dict[str, Any]:
        """Return what is known of one case in words; those `ahead` of it are fetched in the same query."""
        known = self._known.get(case_id)
        if known is None:
            self.fetch([case_id, *ahead])
            known = self._known[case_id]
        row, path, route = known
        book = self.case_set.casebook
        speaker = Speaker(self.case_set.scope.zone, self.case_set.as_of, book.labels)
        found = sheet(row, path, speaker=speaker, record_url=book.record_url) | {"route": route}
        if case_id in self.places:
            found["facts"] = [{"label": "Place", "text": self.places[case_id], "tone": ""}, *found["facts"]]
        return found

    def _rows(self, case_ids: Sequence[str]) -> dict[str, Row]:
        cases = self.case_set.cases
        held = [name for name in COLUMNS if name in cases.columns]
        found = cases.filter(cases.case_id.isin(list(case_ids))).select(*held)
        return {str(row["case_id"]): row for row in _listed(found)}

    def _paths(self, case_ids: Sequence[str]) -> dict[str, list[str]]:
        """Return the queues that each case went through in order; nothing where the source tells no moves."""
        events = self.case_set.events
        if events is None or any(name not in events.columns for name in _HOP):
            return {}
        moves = events.filter(events.case_id.isin(list(case_ids)) & events.to_queue.notnull())
        if "is_paired_id_row" in events.columns:
            moves = moves.filter(~moves.is_paired_id_row)
        paths: dict[str, list[str]] = {case_id: [] for case_id in case_ids}
        for row in _listed(moves.select(*_HOP).order_by(["case_id", "occurred_at", "seq"])):
            _step(paths[str(row["case_id"])], row)
        return paths


def _step(path: list[str], row: Row) -> None:
    if not path and row["from_queue"] is not None:
        path.append(str(row["from_queue"]))
    if not path or path[-1] != str(row["to_queue"]):
        path.append(str(row["to_queue"]))


def _listed(table: Any) -> list[Row]:  # noqa: ANN401  # an Ibis table
    # Arrow's None is the one sign for a missing value; a pandas frame would bring NaN, NaT and NA.
    return cast("list[Row]", table.to_pyarrow().to_pylist())
